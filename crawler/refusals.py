"""Requests that are not made, each with the outcome that a visit ends with when its page was among them.

IgnoreRequest (Scrapy's)
└── Refusal
    ├── ForbiddenAddress   the host is at an address that the crawler must not reach
    ├── OffSite            the host is not registered
    ├── ForbiddenByRobots  robots.txt says no
    ├── RobotsUnknown      robots.txt cannot be had, so nothing else may be asked for (RFC 9309, 2.3.1.4)
    ├── HostGivenUp        the host failed too often, or asks for more patience than a round has
    └── OverBudget         the site had its share of pages, bytes or time, or the address is one of a trap
"""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest

from storage.records import Outcome


class Refusal(IgnoreRequest):
    """A request that was not made; `outcome` is what that means for a visit."""

    def __init__(self, message: str, outcome: Outcome) -> None:
        super().__init__(message)
        self.outcome = outcome


class ForbiddenAddress(Refusal):
    def __init__(self, message: str) -> None:
        super().__init__(message, Outcome.UNREACHABLE)


class OffSite(Refusal):
    def __init__(self, url: str) -> None:
        super().__init__(f"offsite: {url} is not on a registered host", Outcome.MOVED)


class ForbiddenByRobots(Refusal):
    def __init__(self, url: str) -> None:
        super().__init__(f"robots.txt forbids {url}", Outcome.ROBOTS)


class RobotsUnknown(Refusal):
    pass


class HostGivenUp(Refusal):
    pass


class OverBudget(Refusal):
    def __init__(self, message: str) -> None:
        super().__init__(message, Outcome.PARTIAL)
