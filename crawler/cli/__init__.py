"""The command `nianbao`. Commands say what happened, to what, and what to do; the exit status tells a program.

0: as it should be. 1: something needs a person (a stage was incomplete, a document is at fault). 2: bad usage or input.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from alerts.errors import AlertError
from crawler.config import BadConfig
from portals.faults import PortalsError
from storage.errors import StorageError

ROOMS = ("crawler", "web", "alerts", "spiders", "sample", "compliance", "storage", "reports", "portals")

# Command → its module in crawler.cli, and what the list of commands says of it. Modules are imported only when their
# command is called: Scrapy alone takes half a second.
_COMMANDS = {
    "answer": ("told", "Answer what was told: acknowledge, snooze or mute."),
    "archive": ("archive", "Look after the WARC files and their index; prove what they hold."),
    "bounce": ("told", "Take in a mail that came back."),
    "check": ("check", "Read documents and say what is wrong in them."),
    "compare": ("compare", "Hold reports against each other: years, copies, parts and their whole."),
    "crawl": ("stages", "Visit every column and archive what it shows."),
    "demo": ("demo", "Play a season of the bundled sample province."),
    "diff": ("versions", "What changed between two versions of a report."),
    "evidence": ("evidence", "One verdict with all that proves it, as one file."),
    "evidence-check": ("evidence", "Check such a file with nothing but the public key."),
    "explain": ("explain", "What was seen for one obligation, and why each link was taken or refused."),
    "export": ("told", "Write the ledger (台账) of a year."),
    "history": ("versions", "The versions of a report."),
    "judge": ("stages", "Judge every obligation by the evidence."),
    "notify": ("stages", "Write mails about what changed, and send what waits."),
    "organs": ("organs", "The register of organs: who owes a report."),
    "politeness": ("politeness", "How each host was asked, and what it answered."),
    "read": ("stages", "Read what was archived and not read yet."),
    "run": ("stages", "One round: crawl, read, judge, notify."),
    "search": ("versions", "Reports in whose text every word stands."),
    "serve": ("serve", "Web pages, and rounds at set hours."),
    "show": ("versions", "What a report says, or said at a moment."),
    "status": ("ask", "Every obligation's status, as of any moment."),
    "told": ("told", "What went out: to whom, when, about what."),
}


class Lazy(click.Group):
    """A group whose commands live in modules of their own, loaded when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"crawler.cli.{_COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name.replace("-", "_"))
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in sorted(_COMMANDS.items())])

    def invoke(self, ctx: click.Context) -> Any:
        """The border where what our rooms raise on purpose becomes one line and status 2."""
        try:
            return super().invoke(ctx)
        except (StorageError, BadConfig, AlertError, PortalsError) as error:
            raise BadInput(str(error)) from error


class BadInput(click.ClickException):
    """Something that the user gave, or the machine has, cannot be used."""

    exit_code = 2


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="NIANBAO_HOME",
    help="Folder with nianbao.toml, the database and the archive (default: the current one).",
)
@click.version_option(package_name="nianbao")
@click.pass_context
def cli(ctx: click.Context, home: Path) -> None:
    """Nianbao finds, archives, reads and judges the annual reports that public bodies owe.

    \b
    Example:
      nianbao organs import organs.csv
      nianbao run --year 2023
      nianbao status --year 2023
    """
    ctx.obj = home


def misplaced_rooms(root: Path) -> list[str]:
    """Rooms that would be imported from elsewhere than `root`: their names are common, and a stray package may win."""
    faults = []
    for room in ROOMS:
        spec = find_spec(room)
        found = Path(spec.origin).resolve().parent if spec and spec.origin else None
        if found != root / room:
            faults.append(f"the room {room} should be {root / room} and is {found or 'nowhere'}")
    return faults


def main(argv: list[str] | None = None) -> Any:
    if faults := misplaced_rooms(Path(__file__).resolve().parents[2]):
        sys.exit("nianbao does not start: another package has taken one of its names.\n  " + "\n  ".join(faults))
    return cli(args=argv, prog_name="nianbao")
