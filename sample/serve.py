"""Serves a province on its loopback addresses, all on one port, in one process. Reachable from this machine only."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sample.app import App
from sample.clock import Clock, Log
from sample.errors import PortBusy
from sample.model import Province
from sample.nodes import parse_moment

TRIES = 20  # ports to try when any will do


class Protocol(H11Protocol):
    """HTTP as uvicorn speaks it, except that a site which is down hangs up on whoever asks."""

    def data_received(self, data: bytes) -> None:
        app = self.config.app
        assert isinstance(app, App), "this protocol serves the sample only"
        if self.server and app.refuses(self.server[0]):
            method, _, rest = data.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
            site = next(site.key for site in app.province.sites if site.address == self.server[0])
            app.log.add(site, method, rest.rpartition(" ")[0], 0, "")
            self.transport.abort()
            return
        super().data_received(data)


def _bind(address: str, port: int) -> socket.socket:
    """Listens at once: until somebody listens, SO_REUSEADDR lets a second program bind the same port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener


def _bind_all(addresses: list[str], port: int) -> list[socket.socket]:
    listeners: list[socket.socket] = []
    for address in addresses:
        try:
            listeners.append(_bind(address, port))
        except OSError as error:
            for listener in listeners:
                listener.close()
            raise PortBusy(f"{address}:{port} cannot be had ({error.strerror}); name another with --port") from error
    return listeners


def bind(province: Province, port: int) -> list[socket.socket]:
    """A socket for each address of the province; port 0 finds one that is free on all. Raises PortBusy."""
    addresses = [province.control, *(site.address for site in province.sites)]
    if port:
        return _bind_all(addresses, port)
    for _ in range(TRIES):
        with _bind(addresses[0], 0) as probe:
            free = probe.getsockname()[1]
        try:
            return _bind_all(addresses, free)
        except PortBusy:
            continue
    raise PortBusy(f"no port is free on all of {', '.join(addresses)}")


def _server(app: App) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


def first_moment(province: Province) -> datetime:
    """Where the clock stands at the start: the first round."""
    return parse_moment(province.rounds[0].isoformat())


def serve(province: Province, listeners: list[socket.socket], now: datetime | None = None) -> None:
    """Serves on sockets from `bind` until interrupted."""
    app = App(province, Clock(now or first_moment(province)), Log())
    asyncio.run(_server(app).serve(sockets=listeners))


@dataclass(frozen=True, slots=True)
class Running:
    """A province that is being served from this process."""

    province: Province
    port: int
    clock: Clock
    log: Log

    def set_clock(self, day: date | datetime) -> None:
        """A date is the end of that day in Shanghai."""
        self.clock.set(parse_moment(day.isoformat()))

    def url(self, site: str, path: str = "/") -> str:
        return self.province.site(site).url(path, self.port)


@contextmanager
def running(province: Province, port: int = 0, now: datetime | None = None) -> Iterator[Running]:
    """Serves a province from a thread for the length of a `with`. Raises PortBusy."""
    listeners = bind(province, port)
    clock, log = Clock(now or first_moment(province)), Log()
    server = _server(App(province, clock, log))
    arguments: dict[str, Any] = {"sockets": listeners}
    thread = threading.Thread(target=server.run, kwargs=arguments, name="sample-province", daemon=True)
    thread.start()
    try:
        yield Running(province, listeners[0].getsockname()[1], clock, log)
    finally:
        server.should_exit = True
        thread.join(10)
        for listener in listeners:
            listener.close()
