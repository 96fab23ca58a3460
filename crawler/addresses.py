"""Which network addresses the crawler may connect to. Asked after DNS, for every connection, the browser's too.

A hostile page must not be able to make us talk to loopback, private, link-local or cloud metadata addresses. What is
connected to is the address that was looked at, never the name again: a name that changes its mind gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from scrapy.exceptions import CannotResolveHostError

from crawler.config import Network
from crawler.refusals import ForbiddenAddress

Address = IPv4Address | IPv6Address
LookUp = Callable[[str, int], list[str]]
"""A name's addresses as text. Raises OSError or UnicodeError when it has none."""

_NAT64 = IPv6Network("64:ff9b::/96")
_SECONDS = 300.0  # that an answer of DNS is believed
_AT_ONCE = 16
_PATIENCE = 20.0  # seconds for one question to DNS
_MOST = 3  # addresses of one name that are tried


def is_allowed(address: Address, allow: Sequence[Network]) -> bool:
    """Whether `address` is public, or named in `allow` (NIANBAO_ALLOW_ADDRESSES)."""
    if isinstance(address, IPv6Address) and (inner := _within(address)):
        return is_allowed(inner, allow)
    if any(address.version == network.version and address in network for network in allow):
        return True
    return address.is_global and not address.is_multicast


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to: ::ffff:127.0.0.1, 64:ff9b::7f00:1, 2002:7f00:1::"""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def look_up(host: str, port: int) -> list[str]:
    """The system's answer; a literal address is its own."""
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(info[4][0]).partition("%")[0] for info in infos]


@dataclass(frozen=True, slots=True)
class _Known:
    until: float
    addresses: tuple[Address, ...]


class Resolver:
    """Names to addresses that may be connected to. Answers are kept for minutes, one question a name at a time."""

    def __init__(self, allow: Sequence[Network], monotonic: Callable[[], float], ask: LookUp = look_up) -> None:
        self._allow, self._monotonic, self._ask = tuple(allow), monotonic, ask
        self._known: dict[str, _Known] = {}
        self._asking: dict[str, asyncio.Task[tuple[Address, ...]]] = {}
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="dns")

    async def addresses(self, host: str, port: int) -> tuple[Address, ...]:
        """The addresses to try for `host`, in order: IPv4 first, because many portals have dead AAAA records.

        Raises CannotResolveHostError, or ForbiddenAddress if any of them is forbidden: a name that points both outside
        and inside is an attack, not a choice.
        """
        known = self._known.get(host)
        if known and known.until > self._monotonic():
            return known.addresses
        if host not in self._asking:
            self._asking[host] = asyncio.ensure_future(self._asked(host, port))
            self._asking[host].add_done_callback(lambda _: self._asking.pop(host, None))
        return await asyncio.shield(self._asking[host])

    def prefer(self, host: str, address: Address) -> None:
        """This one answered: it is tried first from now on."""
        known = self._known.get(host)
        if known and known.addresses[0] != address:
            rest = tuple(other for other in known.addresses if other != address)
            self._known[host] = _Known(known.until, (address, *rest))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _asked(self, host: str, port: int) -> tuple[Address, ...]:
        try:
            async with asyncio.timeout(_PATIENCE):
                loop = asyncio.get_running_loop()
                answers = await loop.run_in_executor(self._threads, self._ask, host, port)
            found = tuple(dict.fromkeys(ip_address(answer) for answer in answers))
        except (OSError, UnicodeError, ValueError) as error:  # a time-out is an OSError too
            raise CannotResolveHostError(f"{host}: {error or 'no answer from DNS'}") from error
        for address in found:
            if not is_allowed(address, self._allow):
                raise ForbiddenAddress(
                    f"{host} is at {address}, which is not a public address (see NIANBAO_ALLOW_ADDRESSES)"
                )
        if not found:
            raise CannotResolveHostError(f"{host}: a name without an address")
        ordered = tuple(sorted(found, key=lambda address: address.version))[:_MOST]
        self._known[host] = _Known(self._monotonic() + _SECONDS, ordered)
        return ordered
