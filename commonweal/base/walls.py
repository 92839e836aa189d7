"""Row-level security: what each table is, and the SQL that builds its wall.

Every model says what it is (`wall`), what may change in it (`changes`) and how sensitive each field is
(`sensitivity`). From those three, `raise_walls` writes the policies, the grants and the composite keys, as the
owner role, after every migration. It can be run any number of times. The house tests hold every model to it.

Three settings open a transaction's view (`commonweal.base.scope`): body, party and person. Unset means no row.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import connection, models


class Wall(enum.Enum):
    """Who a table belongs to."""

    OWNED = "owned"  # one body's rows
    TWO_SIDED = "two-sided"  # a body's rows that one party (a provider or a community organisation) shares
    PARTY = "party's"  # one party's own rows, which no body sees
    MEMBERSHIP = "membership"  # a body's or a party's rows, and a person's own
    PUBLISHED = "published"  # written by a body, read by everyone
    SHARED = "shared"  # the same for all: places, editions, bodies' names
    SEALED = "sealed"  # read only by their own room
    PLATFORM = "platform"  # sign-in, sessions and jobs: no body content


class Changes(enum.Enum):
    """What the runtime role may do to a table besides reading it."""

    NOTHING = "nothing"  # loaded by the owner role
    ADDED = "added to"  # INSERT only: history
    EDITED = "edited"  # INSERT and UPDATE
    REMOVED = "edited and removed"  # INSERT, UPDATE and DELETE
    BY_FUNCTION = "written by a database function"  # SELECT only, the function is the door


class Sensitivity(enum.Enum):
    """How careful to be with a field."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SPECIAL = "special"
    SEALED = "sealed"


def tagged(**fields: str) -> dict[str, Sensitivity]:
    """This will turn `public="title code", personal="name"` into a tag for each field."""
    return {name: Sensitivity(level) for level, names in fields.items() for name in names.split()}


#: Tables of the libraries we use: what they are and how sensitive their fields are, as a whole.
LIBRARY_TABLES: Final[dict[str, tuple[Wall, Sensitivity]]] = {
    "contenttypes": (Wall.PLATFORM, Sensitivity.INTERNAL),
    "auth": (Wall.PLATFORM, Sensitivity.INTERNAL),
    "sessions": (Wall.PLATFORM, Sensitivity.PERSONAL),
    "account": (Wall.PLATFORM, Sensitivity.PERSONAL),
    "socialaccount": (Wall.PLATFORM, Sensitivity.PERSONAL),
    "mfa": (Wall.PLATFORM, Sensitivity.PERSONAL),
    "procrastinate": (Wall.PLATFORM, Sensitivity.INTERNAL),
}

OWN_PREFIX = "commonweal."


def own_models() -> list[type[models.Model]]:
    """This will list every concrete model of ours, the join tables of many-to-many fields included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith(OWN_PREFIX) and not model._meta.proxy and model._meta.managed
    ]


def wall_of(model: type[models.Model]) -> Wall:
    """This will say what a model's table is; raises AttributeError when the model does not say."""
    return model.wall  # type: ignore[attr-defined]


_BODY = "NULLIF(current_setting('commonweal.body', true), '')::bigint"
_PARTY = "NULLIF(current_setting('commonweal.party', true), '')::bigint"
_PERSON = "NULLIF(current_setting('commonweal.person', true), '')::bigint"
#: What a person whom their party limits may see, and change: keys of the limited table. Unset means no limit.
_MAY_SEE = "NULLIF(current_setting('commonweal.may_see', true), '')::bigint[]"
_MAY_CHANGE = "NULLIF(current_setting('commonweal.may_change', true), '')::bigint[]"

_READS: Final[dict[Wall, str]] = {
    Wall.OWNED: f"body_id = {_BODY}",
    Wall.SEALED: f"body_id = {_BODY}",
    Wall.TWO_SIDED: f"body_id = {_BODY} OR party_id = {_PARTY}",
    Wall.PARTY: f"party_id = {_PARTY}",
    Wall.MEMBERSHIP: f"body_id = {_BODY} OR party_id = {_PARTY} OR person_id = {_PERSON}",
    Wall.PUBLISHED: "true",
    Wall.SHARED: "true",
}
_WRITES: Final[dict[Wall, str]] = _READS | {
    Wall.MEMBERSHIP: f"body_id = {_BODY} OR party_id = {_PARTY}",
    Wall.PUBLISHED: f"body_id = {_BODY}",
}

_GRANTS: Final[dict[Changes, str]] = {
    Changes.NOTHING: "SELECT",
    Changes.BY_FUNCTION: "SELECT",
    Changes.ADDED: "SELECT, INSERT",
    Changes.EDITED: "SELECT, INSERT, UPDATE",
    Changes.REMOVED: "SELECT, INSERT, UPDATE, DELETE",
}

# The one way an event enters the record: it locks the body's chain, numbers the event with the database clock and
# hashes it over the one before. The runtime role cannot write the table itself.
_APPEND_EVENT = """
CREATE OR REPLACE FUNCTION commonweal_append_event(
    p_body bigint, p_actor text, p_action text, p_subject text, p_details text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_body bigint := NULLIF(current_setting('commonweal.body', true), '')::bigint;
    v_party bigint := NULLIF(current_setting('commonweal.party', true), '')::bigint;
    v_seq bigint; v_prev text; v_hash text; v_at timestamptz := clock_timestamp(); v_id bigint;
BEGIN
    IF p_body IS NOT NULL AND p_body IS DISTINCT FROM v_body AND v_party IS NULL THEN
        RAISE EXCEPTION 'no scope is open on the body this event belongs to';
    END IF;
    IF position(E'\\n' in concat(p_actor, p_action, p_subject, p_details)) > 0 THEN
        RAISE EXCEPTION 'an event is one line of text per field';
    END IF;
    PERFORM pg_advisory_xact_lock(7305803, COALESCE(p_body, 0)::int);
    SELECT seq, hash INTO v_seq, v_prev FROM base_event
        WHERE body_id IS NOT DISTINCT FROM p_body ORDER BY seq DESC LIMIT 1;
    v_seq := COALESCE(v_seq, 0) + 1;
    v_prev := COALESCE(v_prev, repeat('0', 64));
    v_hash := encode(sha256(convert_to(concat_ws(E'\\n', v_prev, v_seq::text,
        to_char(v_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        p_actor, p_action, p_subject, p_details), 'UTF8')), 'hex');
    INSERT INTO base_event (body_id, seq, at, actor, action, subject, details, previous_hash, hash)
        VALUES (p_body, v_seq, v_at, p_actor, p_action, p_subject, p_details, v_prev, v_hash) RETURNING id INTO v_id;
    RETURN v_id;
END $$;
"""

# Whether the open scope sees a row, asked row by row and only where a person is limited, so that nobody else's
# queries are planned around it.
_SEES = """
CREATE OR REPLACE FUNCTION commonweal_sees(p_table text, p_id bigint) RETURNS boolean
LANGUAGE plpgsql STABLE COST 1 AS $$
DECLARE v_found boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE id = $1)', p_table) INTO v_found USING p_id;
    RETURN v_found;
END $$;
"""

# The keys that a person of a party is limited to, with at least a rank of right; nothing where they are not limited.
_LIMITS = """
CREATE OR REPLACE FUNCTION commonweal_limits(p_party bigint, p_person bigint, p_least integer) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ({limits});
END $$;
"""


def _run(cursor: Any, statements: Iterable[str]) -> None:
    for statement in statements:
        cursor.execute(statement)


def _policies(model: type[models.Model], owner: str, runtime: str) -> list[str]:
    table, wall = model._meta.db_table, wall_of(model)
    changes: Changes = model.changes  # type: ignore[attr-defined]
    statements = [f'REVOKE ALL ON "{table}" FROM "{runtime}"']
    grant = _GRANTS[changes]
    columns: tuple[str, ...] = getattr(model, "changing_fields", ())
    if changes is Changes.EDITED and columns:
        # Only the named columns may ever change; the rest of the row is history.
        quoted = ", ".join(f'"{model._meta.get_field(name).column}"' for name in columns)  # type: ignore[union-attr]
        statements += [
            f'GRANT SELECT, INSERT ON "{table}" TO "{runtime}"',
            f'GRANT UPDATE ({quoted}) ON "{table}" TO "{runtime}"',
        ]
    else:
        statements.append(f'GRANT {grant} ON "{table}" TO "{runtime}"')
    if wall is Wall.PLATFORM:
        return statements
    read = getattr(model, "read_rule", None) or _READS[wall]
    statements += [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS owner_all ON "{table}"',
        f'CREATE POLICY owner_all ON "{table}" TO "{owner}" USING (true) WITH CHECK (true)',
        f'DROP POLICY IF EXISTS runtime_reads ON "{table}"',
        f'CREATE POLICY runtime_reads ON "{table}" FOR SELECT TO "{runtime}" USING ({read})',
    ]
    write = getattr(model, "write_rule", None) or _WRITES[wall]
    for verb in ("INSERT", "UPDATE", "DELETE"):
        clause = {
            "INSERT": f"WITH CHECK ({write})",
            "UPDATE": f"USING ({write}) WITH CHECK ({write})",
            "DELETE": f"USING ({write})",
        }[verb]
        name = f"runtime_{verb.lower()}s"
        statements += [
            f'DROP POLICY IF EXISTS {name} ON "{table}"',
            f'CREATE POLICY {name} ON "{table}" FOR {verb} TO "{runtime}" {clause}',
        ]
    return statements + _limits_of_people(model, runtime)


def _limits_of_people(model: type[models.Model], runtime: str) -> list[str]:
    """The policies that narrow the party's side of a table to what a limited person may see, and change."""
    table, seen, changed = model._meta.db_table, *narrowing(model)
    statements = []
    for verb in ("SELECT", "INSERT", "UPDATE", "DELETE"):
        name = f"runtime_limits_{verb.lower()}"
        statements.append(f'DROP POLICY IF EXISTS {name} ON "{table}"')
        if not seen:
            continue
        clause = f"body_id = {_BODY} OR {seen if verb == 'SELECT' else changed}"
        how = {"INSERT": f"WITH CHECK ({clause})", "UPDATE": f"USING ({clause}) WITH CHECK ({clause})"}
        statements.append(
            f'CREATE POLICY {name} ON "{table}" AS RESTRICTIVE FOR {verb} TO "{runtime}" {how.get(verb, f"USING ({clause})")}'
        )
    return statements


def leads_to_limited(model: type[models.Model]) -> models.ForeignKey[Any, Any] | None:
    """This will find the link by which a two-sided table hangs on the table that people of a party are limited on.

    Links that are always set come first; nothing for that table itself, and for what hangs on none of its rows.
    """
    return _ways_to_limited().get(model)


@cache
def _ways_to_limited() -> dict[type[models.Model], models.ForeignKey[Any, Any]]:
    sided = [model for model in own_models() if wall_of(model) is Wall.TWO_SIDED]
    reached = {model for model in sided if _limited_on(model)}
    ways: dict[type[models.Model], models.ForeignKey[Any, Any]] = {}
    for or_empty in (False, True):
        while found := _one_step(sided, reached, or_empty=or_empty):
            ways |= found
            reached |= set(found)
    return ways


def _one_step(
    sided: Iterable[type[models.Model]], reached: set[type[models.Model]], *, or_empty: bool
) -> dict[type[models.Model], models.ForeignKey[Any, Any]]:
    found = {}
    for model in sided:
        links = () if model in reached else [f for f in model._meta.concrete_fields if _may_lead(model, f)]
        way = next((f for f in links if f.related_model in reached and (or_empty or not f.null)), None)
        if isinstance(way, models.ForeignKey):
            found[model] = way
    return found


def _may_lead(model: type[models.Model], field: models.Field[Any, Any]) -> bool:
    apart = getattr(model, "parties_may_differ", ())
    return isinstance(field, models.ForeignKey) and field.related_model is not model and field.name not in apart


def _limited_on(model: type[models.Model]) -> bool:
    return bool(getattr(model, "limits", ""))


def narrowing(model: type[models.Model]) -> tuple[str, str]:
    """This will give the conditions that narrow a party's side of a table for a limited person: to see, to change.

    Empty where nobody is limited. A table may say its own (`limited_rule`).
    """
    if rule := getattr(model, "limited_rule", ""):
        return f"({_MAY_SEE} IS NULL OR {rule})", f"({_MAY_CHANGE} IS NULL OR {rule})"
    if wall_of(model) is not Wall.TWO_SIDED:
        return "", ""
    if _limited_on(model):
        return f"({_MAY_SEE} IS NULL OR id = ANY ({_MAY_SEE}))", f"({_MAY_CHANGE} IS NULL OR id = ANY ({_MAY_CHANGE}))"
    link = leads_to_limited(model)
    if link is None:
        return "", ""
    column, target = f'"{model._meta.db_table}"."{link.column}"', link.related_model._meta.db_table
    none = f" OR {column} IS NULL" if link.null else ""
    sees = f"commonweal_sees('{target}', {column})"
    return (
        f"({_MAY_SEE} IS NULL{none} OR {sees})",
        f"({_MAY_CHANGE} IS NULL{none} OR {_anchor(model)} = ANY ({_MAY_CHANGE}))",
    )


def _anchor(model: type[models.Model]) -> str:
    """The key, in the limited table, of what a row hangs on."""
    link = leads_to_limited(model)
    assert link is not None
    target: type[models.Model] = link.related_model
    column = f'"{model._meta.db_table}"."{link.column}"'
    if _limited_on(target):
        return column
    table = target._meta.db_table
    return f'(SELECT {_anchor(target)} FROM "{table}" WHERE "{table}".id = {column})'  # noqa: S608 - names of our own tables


def sides_of(model: type[models.Model]) -> list[str]:
    """This will list the columns that say whose a row is: body, and party where a table is two-sided."""
    return {
        Wall.OWNED: ["body_id"],
        Wall.SEALED: ["body_id"],
        Wall.MEMBERSHIP: ["body_id"],
        Wall.PUBLISHED: ["body_id"],
        Wall.PARTY: ["party_id"],
        Wall.TWO_SIDED: ["body_id", "party_id"],
    }.get(wall_of(model), [])


def composite_keys(model: type[models.Model]) -> list[tuple[str, str, str, str]]:
    """This will list (column, side, target table, constraint name) for each link between two bodies' tables.

    A foreign key check sees past row security, so each link also carries the body (and the party) of its target.
    """
    links = []
    for field in model._meta.concrete_fields:
        target = field.related_model
        if not isinstance(target, type) or not target.__module__.startswith(OWN_PREFIX):
            continue
        for side in sides_of(model):
            if side == "party_id" and field.name in getattr(model, "parties_may_differ", ()):
                continue
            if side in sides_of(target):
                name = f"{model._meta.db_table}_{field.column}_{side}"[:58] + "_same"
                links.append((str(field.column), side, target._meta.db_table, name))
    return links


def raise_walls(owner: str, runtime: str) -> None:
    """This will write every policy, grant and composite key, as the owner role; safe to run again.

    `owner` and `runtime` are role names. Must run on a connection of the owner, after migrations.
    """
    with connection.cursor() as cursor:
        _run(
            cursor,
            [
                _APPEND_EVENT,
                _SEES,
                _LIMITS.replace(
                    "{limits}", next(filter(None, (vars(m).get("limits", "") for m in own_models())), "NULL")
                ),
                f'GRANT USAGE ON SCHEMA public TO "{runtime}"',
                f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{runtime}"',
                f'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO "{runtime}"',
            ],
        )
        for model in apps.get_models(include_auto_created=True):
            if model._meta.app_label in LIBRARY_TABLES and model._meta.managed:
                cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{model._meta.db_table}" TO "{runtime}"')
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname='public' AND tablename LIKE 'procrastinate%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO "{runtime}"')
        cursor.execute(f'GRANT SELECT ON django_migrations TO "{runtime}"')
        for model in own_models():
            _run(cursor, _policies(model, owner, runtime))
        _composite_keys(cursor)


def _composite_keys(cursor: Any) -> None:
    cursor.execute("SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace")
    present = {name for (name,) in cursor.fetchall()}
    wanted = [(model, link) for model in own_models() for link in composite_keys(model)]
    for _, (_, side, target, _) in wanted:
        name = f"{target}_{side}_id_pair"[:63]
        if name not in present:
            cursor.execute(f'ALTER TABLE "{target}" ADD CONSTRAINT "{name}" UNIQUE ("{side}", id)')
            present.add(name)
    for model, (column, side, target, name) in wanted:
        if name not in present:
            cursor.execute(
                f'ALTER TABLE "{model._meta.db_table}" ADD CONSTRAINT "{name}" FOREIGN KEY ("{side}", "{column}") '
                f'REFERENCES "{target}" ("{side}", id) DEFERRABLE INITIALLY DEFERRED'
            )
