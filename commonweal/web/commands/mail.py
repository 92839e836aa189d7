"""`commonweal mail`: what mail servers send back, noted beside the mails it is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from commonweal.base.postgres import PostgresUnavailable
from commonweal.web.commands.database import database_as, is_installed
from commonweal.web.commands.printing import print_json, print_table, refuse

if TYPE_CHECKING:
    from commonweal.base.returned import Returned

app = typer.Typer(help="Mails: note which came back.", no_args_is_help=True)

WORDS: Final = {
    "returned": "Noted as returned",
    "noted": "Noted already",
    "delayed": "Not final: nothing is noted",
    "unknown": "Not a mail of this outbox",
    "no-notification": "Not a delivery notification",
}
#: Outcomes with which nothing is wrong.
WELL: Final = ("returned", "noted", "delayed")


@app.callback()
def mail() -> None:
    """This will group the commands about mails."""


@app.command("returned")
def returned(
    files: Annotated[list[Path], typer.Argument(help="Delivery status notifications as they came (RFC 3464).")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Note the mails that came back, each by its own Message-ID, with the status code and the server's words."""
    from commonweal.base.returned import read_returned

    read = []
    for file in files:
        try:
            read.append((str(file), read_returned(file.read_bytes())))
        except OSError as error:
            refuse(f"{file}: {error.strerror or error}.")
    if not is_installed():
        refuse("There is no Commonweal in this folder. Run this where `commonweal up` runs, or set COMMONWEAL_VAR.")
    try:
        with database_as():
            told = [_note(name, found) for name, found in read]
    except PostgresUnavailable as error:
        refuse(error)
    if as_json:
        print_json({"files": told})
    else:
        rows = [[each["file"], WORDS[each["outcome"]], each["reason"]] for each in told]
        print_table("Delivery notifications", ["File", "What became of it", "What the server said"], rows)
    if not all(each["outcome"] in WELL for each in told):
        raise typer.Exit(1)


def _note(name: str, found: Returned | None) -> dict[str, str]:
    from commonweal.base.actions import note_mail
    from commonweal.base.queries import bodies, find_mail_by_message_id
    from commonweal.base.scope import open_scope

    if found is None:
        return {"file": name, "outcome": "no-notification", "body": "", "mail": "", "reason": ""}
    for body in bodies():
        with open_scope(body=body.pk):
            held = find_mail_by_message_id(body, found.message_id)
            if held is None:
                continue
            outcome = "delayed" if not found.is_final else "noted" if held.state == "returned" else "returned"
            if outcome == "returned":
                note_mail(mail=held, state="returned", reason=found.reason)
            return {
                "file": name, "outcome": outcome, "body": body.slug, "mail": held.public_id, "reason": found.reason
            }  # fmt: skip
    return {"file": name, "outcome": "unknown", "body": "", "mail": "", "reason": found.reason}
