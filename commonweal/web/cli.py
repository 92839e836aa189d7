"""The command line: a list of commands, each in a module of its own under `commands/`.

Exit codes: 0 well, 1 findings or failure, 2 bad input (one line for each thing wrong; nothing written).
"""

from __future__ import annotations

import typer

from commonweal.web.commands.agreements import app as agreements
from commonweal.web.commands.check import check
from commonweal.web.commands.demo_day import demo_day
from commonweal.web.commands.duties import duties
from commonweal.web.commands.framework import app as framework
from commonweal.web.commands.mail import app as mail
from commonweal.web.commands.peer_pack import peer_pack
from commonweal.web.commands.person_keys import person_keys
from commonweal.web.commands.places import app as places
from commonweal.web.commands.reference import reference
from commonweal.web.commands.score import score
from commonweal.web.commands.up import install, up, worker
from commonweal.web.commands.value import value
from commonweal.web.commands.verify import verify

app = typer.Typer(
    help="A public body's social value, from the corporate plan to the published account.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(value)
app.add_typer(framework, name="framework")
app.command()(duties)
app.command()(score)
app.command()(verify)
app.command("peer-pack")(peer_pack)
app.add_typer(places, name="places")
app.add_typer(agreements, name="agreements")
app.add_typer(mail, name="mail")
app.command()(person_keys)
app.command()(up)
app.command("demo-day")(demo_day)
app.command()(check)
app.command(hidden=True)(reference)
app.command(hidden=True)(install)
app.command(hidden=True)(worker)
