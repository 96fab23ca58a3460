"""`nianbao evidence` and `evidence-check`: one verdict with all that proves it, for somebody who does not trust us."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from crawler.cli import BadInput
from crawler.cli.options import as_of_option, config_of, series_option, year_option
from crawler.cli.versions import find_organ
from crawler.config import Config
from crawler.secret import secret_of
from crawler.stages.evidence import Case, NoCheckpoint, NothingToProve, case_of, write_case
from crawler.stages.upkeep import sign
from crawler.workplace import open_workplace
from storage import packcheck, queries
from storage.codec import moment_text
from storage.stamps import certificates
from storage.tree import Signer


@click.command()
@click.argument("organ")
@year_option
@as_of_option
@series_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The .zip file.")
@click.pass_context
def evidence(ctx: click.Context, organ: str, year: int, as_of: datetime | None, series: str, out: Path) -> None:
    """Write the verdict on ORGAN (an id, a name or an alias) with everything that proves it, as one file that a third
    party checks offline: the captures as WACZ, screenshots, the reasoning with its legal ground, the hash-tree proofs.

    Signs a checkpoint of the archive when the newest one does not cover the captures.

    \b
    Example:
      nianbao evidence yantang --year 2023 --as-of 2024-03-01 --out yantang-2023.zip
    """
    config = config_of(ctx)
    signer = Signer.from_seed(secret_of(config.home))
    try:
        case = _signed(config, organ, (series, year), as_of, out, signer)
    except NothingToProve as error:
        raise BadInput(str(error)) from error
    item = case.assessment
    click.echo(f"{item.organ} {item.year}: {item.status.value}, with {len(case.selection.captures)} captures in {out}")
    click.echo(f"verifier: {signer.verifier()}")


def _signed(
    config: Config, organ: str, season: tuple[str, int], as_of: datetime | None, out: Path, signer: Signer
) -> Case:
    try:
        return _write(config, organ, season, as_of, out, signer)
    except NoCheckpoint:
        _sign(config)
        return _write(config, organ, season, as_of, out, signer)


def _write(
    config: Config, organ: str, season: tuple[str, int], as_of: datetime | None, out: Path, signer: Signer
) -> Case:
    with open_workplace(config, as_of, write=False) as place:
        case = case_of(place, find_organ(place, organ).id, *season)
        write_case(place, case, signer, out)
    return case


def _sign(config: Config) -> None:
    """A checkpoint of everything that is archived. Raises AnotherWriter while a round runs."""
    with open_workplace(config) as place:
        queries.ingest(place.db, place.archive)
        _, troubles = sign(place)
    for trouble in troubles:
        click.echo(trouble, err=True)


@click.command("evidence-check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--verifier", required=True, help="The public key, as its owner has published it.")
@click.option(
    "--authority",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates (PEM) of the time stamp authority, had from it: then who dated the checkpoint is checked too.",
)
def evidence_check(file: Path, verifier: str, authority: Path | None) -> None:
    """Check an evidence FILE with nothing but the public key: digests, signatures, and that every record was in the
    signed hash tree. Needs no archive, no database, no network. Exit status 1 if anything does not hold.

    \b
    Example:
      nianbao evidence-check yantang-2023.zip --verifier 'nianbao/archive+…'
    """
    checked = packcheck.check(file, verifier, certificates(authority) if authority else ())
    for fault in checked.faults:
        click.echo(fault, err=True)
    if checked.faults:
        click.echo("the evidence does not hold")
        sys.exit(1)
    told = checked.verdict["assessment"]
    click.echo(f"{told['organ']} {told['year']}: {told['status']} as of {told['at']}")
    click.echo(
        f"{checked.files} files are as they were signed; {checked.records} records are in the signed tree", nl=False
    )
    click.echo(f" of {checked.checkpoint.size} leaves, {checked.checkpoint.at}" if checked.checkpoint else "")
    if checked.stamped:
        whose = "the authority" if authority else "an authority; --authority checks which"
        click.echo(f"the checkpoint existed at {moment_text(checked.stamped)}, says {whose}")
