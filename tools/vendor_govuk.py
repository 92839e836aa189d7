"""Bring GOV.UK Frontend, Inter and axe-core into the tree, without anything that belongs to GOV.UK alone.

Run by a developer (`python tools/vendor_govuk.py`, with npm on the path) when one of the pinned versions below
moves, never by the product: what it writes is committed.

GOV.UK Frontend is MIT; the crown, the Royal Arms crest and the GDS Transport typeface are not ours to use. The
stylesheet is compiled anew with Inter in their place, the crown and crest are cut out, and the run fails if any
trace is left.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

GOVUK_FRONTEND = "6.6.0"
INTER = "4.1.1"
AXE = "4.14.0"
SASS = "1.108.2"

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "commonweal/base/static/base"
FIXTURES = ROOT / "commonweal/base/govuk/fixtures/fixtures.json.gz"
AXE_FILE = ROOT / "tests/journeys/axe.min.js"

#: Shipped components; the rest (GOV.UK's own header, cookie banner, feedback, exit this page) have no use here.
# fmt: off
COMPONENTS = [
    "accordion", "back-link", "breadcrumbs", "button", "character-count", "checkboxes", "date-input", "details",
    "error-message", "error-summary", "fieldset", "file-upload", "footer", "generic-header", "hint", "input",
    "inset-text", "label", "language-navigation", "notification-banner", "pagination", "panel", "password-input",
    "phase-banner", "radios", "select", "service-navigation", "skip-link", "summary-list", "table", "tabs", "tag",
    "task-list", "textarea", "warning-text",
]
# fmt: on

#: Inter's weights for pages, one full file each (fonts/OFL.txt is their licence).
WEIGHTS = ("Regular", "SemiBold")

STYLESHEET = """
@use "govuk/base" with (
  $govuk-font-family: (Inter, arial, sans-serif),
  $govuk-font-family-print: (Inter, arial, sans-serif),
  $govuk-font-weight-bold: 600,
  $govuk-include-default-font-face: false,
  $govuk-global-styles: false
);
@use "govuk/custom-properties";
@use "govuk/core";
@use "govuk/objects";
%(components)s
@use "govuk/utilities";
@use "govuk/overrides";
"""

#: Whatever GOV.UK alone may use. Class names of components that we do not ship are no trace of these.
FORBIDDEN = re.compile(r"crest|footer__crown|logotype|GDS ?Transport|copyright-logo|royal.?arms", re.IGNORECASE)

LICENCE = """GOV.UK Frontend {version}, altered: compiled with another typeface; crown and crest removed.

The MIT License (MIT)

Copyright (C) 2017 Crown Copyright (Government Digital Service)

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def npm(*arguments: str, folder: Path) -> None:
    subprocess.run(["npm", "--silent", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def unpack(package: str, version: str, folder: Path) -> Path:
    """This will fetch one package of the npm registry and return the folder that holds its files."""
    npm("pack", f"{package}@{version}", folder=folder)
    archive = next(folder.glob(f"{package}-*.tgz"))
    target = folder / package
    shutil.unpack_archive(archive, target)
    return target / "package"


def check_clean(name: str, text: str) -> str:
    """This will return the text unchanged, or end the run when it names anything that belongs to GOV.UK alone."""
    found = FORBIDDEN.search(text)
    if found:
        sys.exit(f"{name} still holds {found.group()!r} at character {found.start()}")
    return text


def compile_stylesheet(govuk: Path, folder: Path) -> str:
    npm("install", f"sass@{SASS}", folder=folder)
    components = "\n".join(f'@use "govuk/components/{name}";' for name in COMPONENTS)
    source = folder / "govuk.scss"
    source.write_text(STYLESHEET % {"components": components})
    done = subprocess.run(
        [folder / "node_modules/.bin/sass", "--no-source-map", "--style=expanded", "--load-path", govuk.parent, source],
        check=True,
        capture_output=True,
        text=True,
    )
    # Whole rules that draw the crest or the crown; a rule here has no nested braces.
    rule = re.compile(r"[^{}]*\{[^{}]*\}")
    css = rule.sub(lambda found: "" if FORBIDDEN.search(found.group()) else found.group(), done.stdout)
    css = re.sub(r"@media[^{}]*\{\s*\}", "", css)
    return check_clean("stylesheet", re.sub(r"\n{2,}", "\n", css))


def bundle_script(govuk: Path) -> str:
    """This will turn the minified module into one that starts the components itself, so that no page needs a script."""
    text = (govuk / "govuk-frontend.min.js").read_text()
    text, count = re.subn(r"export\{[^}]*\};?\s*//# sourceMappingURL=\S+\s*$", "", text)
    if count != 1:
        sys.exit("the script's list of exports is not where it used to be")
    return check_clean("script", text + 'document.body.classList.add("govuk-frontend-supported");initAll();\n')


def gather_fixtures(govuk: Path) -> bytes:
    """This will pack the official examples of every shipped component, the footer's without its crown and crest."""
    gathered = {}
    for name in COMPONENTS:
        fixtures = json.loads((govuk / "components" / name / "fixtures.json").read_text())["fixtures"]
        if name == "footer":
            for fixture in fixtures:
                fixture["html"] = strip_crown(fixture["html"])
        gathered[name] = [{key: fixture[key] for key in ("name", "options", "html")} for fixture in fixtures]
    text = check_clean("fixtures", json.dumps(gathered, ensure_ascii=False, separators=(",", ":")))
    return gzip.compress(text.encode(), mtime=0)


def strip_crown(html: str) -> str:
    html, crowns = re.subn(r"<svg(?=[^>]*govuk-footer__crown).*?</svg>", "", html, flags=re.DOTALL)
    html, crests = re.subn(
        r'<div class="govuk-footer__meta-item">\s*<a[^>]*copyright-logo[^>]*>(.*?)</a>\s*</div>',
        "",
        html,
        flags=re.DOTALL,
    )
    if (crowns, crests) != (1, 1):
        sys.exit("a footer example does not hold one crown and one crest")
    return html


def copy_fonts(inter: Path) -> None:
    folder = STATIC / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        shutil.copyfile(inter / "web" / f"Inter-{weight}.woff2", folder / f"Inter-{weight}.woff2")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        govuk = unpack("govuk-frontend", GOVUK_FRONTEND, folder) / "dist/govuk"
        target = STATIC / "govuk"
        target.mkdir(parents=True, exist_ok=True)
        (target / "govuk.css").write_text(compile_stylesheet(govuk, folder))
        (target / "govuk.js").write_text(bundle_script(govuk))
        (target / "LICENCE.txt").write_text(LICENCE.format(version=GOVUK_FRONTEND))
        FIXTURES.parent.mkdir(parents=True, exist_ok=True)
        FIXTURES.write_bytes(gather_fixtures(govuk))
        copy_fonts(unpack("inter-ui", INTER, folder))
        AXE_FILE.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(unpack("axe-core", AXE, folder) / "axe.min.js", AXE_FILE)


if __name__ == "__main__":
    main()
