"""Which network addresses the crawler may connect to. Asked after DNS, for every connection, the browser's too.

A hostile page must not be able to make us talk to loopback, private, link-local or cloud metadata addresses.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from scrapy.exceptions import CannotResolveHostError, IgnoreRequest

from crawler.config import Network

Address = IPv4Address | IPv6Address


class ForbiddenAddress(IgnoreRequest):
    """The host resolves to an address that the crawler must not reach."""


def is_allowed(address: Address, allow: Sequence[Network]) -> bool:
    """Whether `address` is public, or named in `allow` (NIANBAO_ALLOW_ADDRESSES)."""
    if isinstance(address, IPv6Address) and (mapped := address.ipv4_mapped):
        address = mapped
    if any(address.version == network.version and address in network for network in allow):
        return True
    return address.is_global and not address.is_multicast


async def resolve(host: str, port: int, allow: Sequence[Network]) -> Address:
    """The address to connect to for `host`.

    Raises CannotResolveHostError, or ForbiddenAddress if any of its addresses is forbidden: a name that
    points both outside and inside is an attack, not a choice.
    """
    try:
        infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CannotResolveHostError(f"{host}: {error}") from error
    addresses = [ip_address(str(info[4][0]).partition("%")[0]) for info in infos]
    for address in addresses:
        if not is_allowed(address, allow):
            raise ForbiddenAddress(
                f"{host} is at {address}, which is not a public address (see NIANBAO_ALLOW_ADDRESSES)"
            )
    addresses.sort(key=lambda address: address.version)  # IPv4 first: many portals have dead AAAA records
    return addresses[0]
