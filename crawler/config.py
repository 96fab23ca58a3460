"""The one place where the environment is read: NIANBAO_* variables over `nianbao.toml` over defaults.

Every fault is reported at once; an unknown key is a fault, because a misspelt setting is a setting lost.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from crawler.hours import Hours, read_hours

Network = IPv4Network | IPv6Network


_BUCKET = "s3://"
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+")


class BadConfig(Exception):
    """The configuration cannot be used; the message lists every fault."""


@dataclass(frozen=True)
class Config:
    """Settings of one installation. URLs that name a local file or folder are already resolved against `home`."""

    home: Path
    database_url: str  # SQLAlchemy URL
    archive_url: str  # a folder, or s3://bucket/prefix
    smtp_url: str | None = None  # smtp://user:password@host:port, smtps://…; None sends nothing
    mail_from: str = "Nianbao <nianbao@localhost>"
    base_url: str = "http://127.0.0.1:8400"  # where our own pages are reached: links in mails
    allow_addresses: tuple[Network, ...] = ()  # loopback or private networks that the crawler may reach
    siblings: tuple[str, ...] = ()  # hosts that belong to registered portals, and are named by no organ
    delay: float = 1.0  # seconds between requests to a host, at least
    hours: Hours | None = None  # of the day in China in which portals may be asked; None: all
    processes: int = 0  # crawl processes at once; 0: as many as there are processors, four at most
    contact: str = ""  # URL or address named in the User-Agent
    chromium_path: str | None = None  # None: look for one
    timestamp_url: str | None = None  # authority (RFC 3161) that dates the archive's checkpoints
    timestamp_certificates: str | None = None  # file (PEM) with the root certificates that its stamps are trusted by
    rules: Path | None = None  # stricter local notices, beside the rules that ship with the project
    policy: Path | None = None  # instead of compliance/policy.yaml

    @property
    def archive_folder(self) -> Path:
        """Where WARC files are written; with a bucket, finished ones go on to there."""
        return self.home / "archive" if self.bucket_url else Path(self.archive_url)

    @property
    def bucket_url(self) -> str | None:
        return self.archive_url if self.archive_url.startswith(_BUCKET) else None


_KEYS = tuple(f.name for f in fields(Config) if f.name != "home")


def load_config(home: Path, environ: Mapping[str, str] | None = None) -> Config:
    """The configuration for a home folder. `environ` stands in for the process environment in tests.

    Raises BadConfig, which names every fault.
    """
    environ = os.environ if environ is None else environ
    home = home.expanduser().resolve()
    values, faults = _file_values(home / "nianbao.toml")
    for key in _KEYS:
        if (name := f"NIANBAO_{key.upper()}") in environ:
            values[key] = environ[name]
    if "chromium_path" not in values and environ.get("CHROMIUM_PATH"):
        values["chromium_path"] = environ["CHROMIUM_PATH"]
    config = _build(home, values, faults)
    if faults or config is None:
        raise BadConfig("configuration cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults))
    return config


def _file_values(path: Path) -> tuple[dict[str, object], list[str]]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        return {}, [f"{path}: {error}"]
    faults = [f"{path}: unknown setting {key!r} (known: {', '.join(_KEYS)})" for key in table if key not in _KEYS]
    return {key: value for key, value in table.items() if key in _KEYS}, faults


def _build(home: Path, values: dict[str, object], faults: list[str]) -> Config | None:
    def text(key: str, default: str) -> str:
        value = values.get(key, default)
        if not isinstance(value, str):
            faults.append(f"{key}: text expected, got {value!r}")
            return default
        return value

    archive = text("archive_url", "archive")
    if "://" in archive and not re.fullmatch(rf"{_BUCKET}[^/?#]+(/[^?#]*)?", archive):
        faults.append(f"archive_url: a folder or s3://bucket/prefix expected, got {archive!r}")
    stamps, roots = text("timestamp_url", "") or None, text("timestamp_certificates", "") or None
    if stamps and not (roots and stamps.startswith(("http://", "https://"))):
        faults.append("timestamp_url: an address (http, https) expected, and timestamp_certificates beside it")
    allow = _networks(values.get("allow_addresses", ""), faults)
    delay = _seconds(values.get("delay", 1.0), faults)
    config = Config(
        home=home,
        database_url=text("database_url", f"sqlite:///{home / 'nianbao.db'}"),
        archive_url=archive if archive.startswith(_BUCKET) else str((home / archive).resolve()),
        smtp_url=text("smtp_url", "") or None,
        mail_from=text("mail_from", Config.mail_from),
        base_url=text("base_url", Config.base_url).rstrip("/"),
        allow_addresses=allow,
        siblings=_hosts(values.get("siblings", ""), faults),
        delay=delay,
        hours=_hours(values.get("hours", ""), faults),
        processes=_processes(values.get("processes", 0), faults),
        contact=text("contact", ""),
        chromium_path=text("chromium_path", "") or None,
        timestamp_url=stamps,
        timestamp_certificates=str((home / roots).resolve()) if roots else None,
        rules=_file(home, text("rules", "")),
        policy=_file(home, text("policy", "")),
    )
    return None if faults else config


def _file(home: Path, name: str) -> Path | None:
    """A file named in the settings, relative to the home folder; whoever loads it says what is wrong with it."""
    return home / Path(name).expanduser() if name else None


def _networks(value: object, faults: list[str]) -> tuple[Network, ...]:
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    networks: list[Network] = []
    for part in parts if isinstance(parts, list) else [parts]:
        try:
            networks.append(ip_network(str(part), strict=False))
        except ValueError as error:
            faults.append(f"allow_addresses: {error}")
    return tuple(networks)


def _hosts(value: object, faults: list[str]) -> tuple[str, ...]:
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    hosts = [str(part).lower() for part in (parts if isinstance(parts, list) else [parts])]
    faults += [f"siblings: name of a host expected, got {host!r}" for host in hosts if not _HOST.fullmatch(host)]
    return tuple(hosts)


def _hours(value: object, faults: list[str]) -> Hours | None:
    try:
        return read_hours(str(value))
    except ValueError as error:
        faults.append(f"hours: {error}")
        return None


def _processes(value: object, faults: list[str]) -> int:
    if str(value).isdecimal() and int(str(value)) <= 64:
        return int(str(value))
    faults.append(f"processes: a number up to 64 expected, got {value!r}")
    return 0


def _seconds(value: object, faults: list[str]) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 3600:  # nan fails this too
        faults.append(f"delay: seconds between 0 and 3600 expected, got {value!r}")
    return seconds
