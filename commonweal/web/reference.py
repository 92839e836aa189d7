"""The generated pages of docs/reference: permissions, states, tables and promises, written from the code itself."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps

from commonweal.base.access import ROLES, rules
from commonweal.base.invariants import invariants
from commonweal.base.walls import own_models

_MADE = "<!-- Written by `make docs` from the code; edit the code, not this page. -->\n"


def permissions_page() -> str:
    """This will write the permission table: who may call which address, and the sentence a refused person reads."""
    lines = [_MADE, "# Who may do what", "", "Every address is refused unless a row here allows it.", ""]
    lines += ["| address | methods | for whom | roles | when | rule |", "|---|---|---|---|---|---|"]
    seen = set()
    for rule in sorted(rules().values(), key=lambda rule: (rule.route, rule.methods)):
        if rule in seen:
            continue
        seen.add(rule)
        roles = ", ".join(ROLES[role] for role in rule.roles) or "–"
        lines.append(
            f"| `{rule.route}` | {', '.join(rule.methods)} | {rule.audience} | {roles} | {rule.when or '–'} | {rule.sentence} |"
        )
    return "\n".join(lines) + "\n"


def states_page() -> str:
    """This will draw each room's tables of states."""
    lines = [
        _MADE,
        "# States",
        "",
        "Each thing's states, and which may follow which, from its room's `policies.py`.",
        "",
    ]
    for app in apps.get_app_configs():
        module = f"{app.name}.policies"
        if not app.name.startswith("commonweal.") or find_spec(module) is None:
            continue
        for name, table in sorted(vars(import_module(module)).items()):
            if not (name.endswith("_STATES") or name == "STATES") or not isinstance(table, dict):
                continue
            thing = name.removesuffix("_STATES").lower().replace("_", " ") if name != "STATES" else app.label
            lines += [f"## {app.label}: {thing}", "", "```mermaid", "stateDiagram-v2"]
            first = next(iter(table))
            lines.append(f"  [*] --> {first.replace('-', '_')}")
            for state, following in table.items():
                lines += [f"  {state.replace('-', '_')} --> {each.replace('-', '_')}" for each in following]
                if not following:
                    lines.append(f"  {state.replace('-', '_')} --> [*]")
            lines += ["```", ""]
    return "\n".join(lines)


def tables_page() -> str:
    """This will list every table: whose it is, what may change in it, and how sensitive its fields are."""
    lines = [
        _MADE,
        "# Tables",
        "",
        "Whose each table is, what the application may change, and each field's sensitivity.",
        "",
    ]
    for model in sorted(own_models(), key=lambda model: model._meta.label):
        lines += [f"## {model._meta.label}", "", (model.__doc__ or "").strip().splitlines()[0], ""]
        changes = model.changes.value  # type: ignore[attr-defined]
        only = getattr(model, "changing_fields", ())
        if only:
            changes += f" (only {', '.join(only)})"
        lines += [f"Belongs to: {model.wall.value}. May be: {changes}.", ""]  # type: ignore[attr-defined]
        by_level: dict[str, list[str]] = {}
        for field, level in model.sensitivity.items():  # type: ignore[attr-defined]
            by_level.setdefault(level.value, []).append(field)
        lines += [f"* {level}: {', '.join(fields)}" for level, fields in by_level.items()] + [""]
    return "\n".join(lines)


def invariants_page() -> str:
    """This will list the rules that `commonweal check` holds every stored row to."""
    lines = [
        _MADE,
        "# Invariants",
        "",
        "`commonweal check` runs each; none may return a row.",
        "",
        "| rule | always true |",
        "|---|---|",
    ]
    lines += [f"| `{rule.id}` | {rule.sentence} |" for rule in sorted(invariants(), key=lambda rule: rule.id)]
    return "\n".join(lines) + "\n"


PAGES = {
    "permissions.md": permissions_page,
    "states.md": states_page,
    "tables.md": tables_page,
    "invariants.md": invariants_page,
}


def write_pages(folder: Path) -> list[Path]:
    """This will write every generated page into docs/reference; answers the files written."""
    from commonweal.frameworks.reference import write_pages as write_measures

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, page in PAGES.items():
        (folder / name).write_text(page())
        written.append(folder / name)
    write_measures(folder / "measures")
    return written
