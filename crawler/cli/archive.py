"""`nianbao archive`: looking after the WARC files and the index over them, and proving what they hold."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from pathlib import Path

import click

from crawler.cli import BadInput
from crawler.cli.options import config_of
from crawler.cli.progress import Bars
from crawler.cli.versions import find_organ
from crawler.secret import secret_of
from crawler.stages import upkeep as keeping
from crawler.workplace import open_workplace
from storage import backup as copies
from storage import database, queries, wacz
from storage import verify as verifying
from storage.tree import Signer

_KEPT = ("nianbao.toml", "secret", "subscribers.yaml", "channels.yaml")  # what else an installation cannot do without


@click.group()
def archive() -> None:
    """The WARC files, the index that can always be rebuilt from them, and the proofs of what they hold.

    \b
    Example:
      nianbao archive verify
    """


@archive.command()
@click.pass_context
def reindex(ctx: click.Context) -> None:
    """Forget the index and rebuild it from the WARC files alone, those in the bucket included.

    \b
    Example:
      nianbao archive reindex
    """
    with open_workplace(config_of(ctx)) as place:
        done = queries.reindex(place.db, place.archive)
    click.echo(f"{done.captures} captures and {done.visits} visits in {done.files} files")
    for fault in done.damaged:
        click.echo(f"damaged: {fault}", err=True)
    sys.exit(1 if done.damaged else 0)


@archive.command()
@click.option("--share", default="1/1", show_default=True, help="Which part to read: 3/7 is the third of seven.")
@click.pass_context
def verify(ctx: click.Context, share: str) -> None:
    """Re-read the archive against its digests, the hash tree and the signed checkpoints; name what is damaged,
    missing or inserted. Exit status 1 if anything is.

    \b
    Example:
      nianbao archive verify --share 1/30
    """
    part, _, parts = share.partition("/")
    if not (part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
        raise BadInput(f"--share is written as 3/7, not {share!r}")
    config = config_of(ctx)
    verifier = Signer.from_seed(secret_of(config.home)).verifier()
    with open_workplace(config, write=False) as place, Bars() as bars:
        total = sum(place.archive.sizes().values()) // int(parts)
        done = verifying.verify(
            place.db,
            place.archive,
            share=(int(part) - 1, int(parts)),
            verifier=verifier,
            authority=keeping.trusted(place),
            progress=lambda size: bars.told("verify", min(size, total), total, ""),
        )
    click.echo(f"{done.records} records in {done.bytes} bytes read; {len(done.faults)} faults")
    for fault in done.faults:
        click.echo(keeping.described(fault), err=True)
    for file, start, size in done.waiting:
        click.echo(f"not in the tree: {size} bytes of {file} after byte {start}; the next round enters them", err=True)
    sys.exit(1 if done.faults else 0)


@archive.command()
@click.pass_context
def checkpoint(ctx: click.Context) -> None:
    """Sign the head of the archive's hash tree as it is now, have that dated where a time stamp authority is set, and
    print the signed note. Exit status 1 if it could not be dated.

    \b
    Example:
      nianbao archive checkpoint
    """
    config = config_of(ctx)
    with open_workplace(config) as place:
        queries.ingest(place.db, place.archive)
        made, troubles = keeping.sign(place)
    click.echo(made.note, nl=False)
    click.echo(f"verifier: {Signer.from_seed(secret_of(config.home)).verifier()}")
    for trouble in troubles:
        click.echo(trouble, err=True)
    sys.exit(1 if troubles else 0)


@archive.command()
@click.option("--parts", default=keeping.PARTS, show_default=True, type=click.IntRange(1, 1000), help="Days for all.")
@click.pass_context
def upkeep(ctx: click.Context, parts: int) -> None:
    """What the archive needs once a day, as `nianbao serve` does it: sign the tree and have it dated, read the next
    share of the bytes again, and write to operators when anything is not as it was. Exit status 1 then.

    \b
    Example:
      nianbao archive upkeep --parts 30
    """
    with open_workplace(config_of(ctx)) as place, Bars() as bars:
        total = sum(place.archive.sizes().values()) // parts
        done = keeping.upkeep(place, lambda size: bars.told("verify", min(size, total), total, ""), parts)
    click.echo(f"share {done.part}/{done.parts}: {done.records} records in {done.bytes} bytes read; ", nl=False)
    click.echo(f"{done.leaves} leaves signed; {len(done.faults)} faults")
    for one in (*done.faults, *done.troubles):
        click.echo(one, err=True)
    sys.exit(0 if done.well else 1)


@archive.command()
@click.argument("record")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write RECORD's bytes to this file.")
@click.pass_context
def prove(ctx: click.Context, record: str, out: Path | None) -> None:
    """Print the proof, as JSON, that RECORD (a capture's id, or visit: and a visit's) is in the newest checkpoint.

    \b
    Example:
      nianbao archive prove 0b9c2f1e-… --out record.bin > proof.json
    """
    with open_workplace(config_of(ctx), write=False) as place:
        proof = verifying.prove(place.db, place.archive, record)
        if proof is None:
            raise BadInput(f"{record} is in no checkpoint; `nianbao archive checkpoint` signs what is there")
        if out is not None:
            capture = queries.capture(place.db, record)
            if capture is None:
                raise BadInput(f"{record} is no capture; its bytes cannot be written")
            out.write_bytes(place.archive.raw(capture))
    click.echo(json.dumps(dataclasses.asdict(proof)))


@archive.command("check-proof")
@click.argument("proof", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--verifier", required=True, help="The public key, as `nianbao archive checkpoint` prints it.")
def check_proof(proof: Path, record: Path, verifier: str) -> None:
    """Check a PROOF of the bytes in RECORD with nothing but the public key: no archive, no database.

    \b
    Example:
      nianbao archive check-proof proof.json record.bin --verifier 'nianbao+…'
    """
    try:
        told = json.loads(proof.read_text(encoding="utf-8"))
        claim = verifying.Proof(**(told | {"path": tuple(told["path"])}))
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(f"{proof} is no proof: {error}") from error
    good = verifying.check_proof(claim, record.read_bytes(), verifier)
    click.echo("the record is in the signed tree" if good else "the proof does not hold")
    sys.exit(0 if good else 1)


@archive.command("export")
@click.option("--organ", help="Everything archived looking for this organ's reports (an id, a name or an alias)…")
@click.option("--year", type=click.IntRange(2008, 2100), help="…for this report year.")
@click.option("--capture", "records", multiple=True, help="A capture's id, or visit: and a visit's; may be repeated.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The .wacz file.")
@click.pass_context
def export(ctx: click.Context, organ: str | None, year: int | None, records: tuple[str, ...], out: Path) -> None:
    """Copy a selection, byte for byte, into one WACZ file that any web archive player opens.

    Revisits bring their originals, pages what a browser made of them.

    \b
    Example:
      nianbao archive export --organ tongchuan --year 2023 --out tongchuan.wacz
    """
    if (organ is None) != (year is None) or bool(organ) == bool(records):
        raise BadInput("give --organ with --year, or --capture")
    with open_workplace(config_of(ctx), write=False) as place:
        title = f"{len(records)} records"
        if organ is not None and year is not None:
            found = find_organ(place, organ)
            title, records = f"{found.name} {year}", tuple(wacz.of_organ(place.db, found.id, year))
            if not records:
                raise BadInput(f"nothing is archived of {found.name} for {year}")
        selection = wacz.gather(place.db, records)
        wacz.write(out, place.archive, selection, created=place.clock(), title=title)
    click.echo(f"{len(selection.captures)} captures and {len(selection.visits)} visits written to {out}")


@archive.command()
@click.pass_context
def ship(ctx: click.Context) -> None:
    """Move the WARC files that are finished to the bucket, now. Every round does so at its end; this is for those that
    wait because the bucket could not be reached.

    \b
    Example:
      nianbao archive ship
    """
    config = config_of(ctx)
    if config.bucket_url is None:
        raise BadInput("the archive is a folder; set archive_url to s3://bucket/prefix to keep it in a bucket")
    with open_workplace(config) as place:
        queries.ingest(place.db, place.archive)
        done = queries.ship(place.db, place.archive)
    click.echo(f"{done.files} files ({done.bytes} bytes) went to {config.bucket_url}; {done.waiting} are still written")


@archive.command("backup")
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def backup(ctx: click.Context, target: Path) -> None:
    """Copy the database, the archive and the settings (the secret too) to the folder TARGET, while rounds go on; again
    into the same folder, only what is new. With PostgreSQL use pg_dump, and copy the archive's folder after it.

    \b
    Example:
      nianbao archive backup /mnt/backup/nianbao
    """
    config = config_of(ctx)
    with open_workplace(config, write=False) as place:
        copied = copies.backup(place.db, place.archive, target)
    _bring_settings(config.home, target, replace=True)
    click.echo(f"backed up to {target}; {copied} bytes of the archive were new")


@archive.command("restore")
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_context
def restore(ctx: click.Context, source: Path) -> None:
    """Put a backup back: into a home folder with no database and no archive. Settings that are there already are kept.

    \b
    Example:
      nianbao --home /srv/nianbao archive restore /mnt/backup/nianbao
    """
    home: Path = ctx.obj
    _bring_settings(source, home, replace=False)
    config = config_of(ctx)  # after the settings: they may say where database and archive belong
    copies.restore(source, database.file_of(config.database_url), config.archive_folder)
    with open_workplace(config) as place:
        found = queries.ingest(place.db, place.archive)
    click.echo(f"restored from {source}; {found.captures} captures beyond the database's copy were indexed")
    click.echo("`nianbao archive verify` re-reads all of it")


def _bring_settings(source: Path, target: Path, *, replace: bool) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name in _KEPT:
            if (source / name).exists() and (replace or not (target / name).exists()):
                shutil.copy2(source / name, target / name)
    except OSError as error:
        raise BadInput(f"cannot copy the settings to {target}: {error.strerror}") from error
