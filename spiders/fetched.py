"""What became of one request. Knows nothing of lists or reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from scrapy.http import Response
from scrapy.http.response.text import TextResponse

from spiders.datalists import Call
from spiders.pages import Verdict, html_of, is_document_body
from storage.records import Outcome


@dataclass(frozen=True, slots=True)
class Shown:
    """A state of a page that the browser turned away from, and the rendering that keeps it."""

    html: str
    capture: str


@dataclass(frozen=True, slots=True)
class Revealed:
    """A request that a page made in the browser. `status` None: it got no answer."""

    kind: str  # as browsers call it: xhr, fetch, script, document, …
    url: str
    method: str
    status: int | None


@dataclass(frozen=True, slots=True)
class Page:
    url: str
    verdict: Verdict
    response: Response | None
    captures: tuple[str, ...]  # every exchange that it took, redirects and a browser's data calls among them
    capture: str | None = None  # the one that holds what the page shows
    before: tuple[Shown, ...] = ()  # in the browser: the list's pages that were turned away from
    turned_all: bool = True  # in the browser: no further page was left that a control promises
    revealed: tuple[Revealed, ...] = field(default=())
    opened: tuple[tuple[str, str], ...] = ()  # in the browser: address and title of rows that only a script opens
    chosen: tuple[str, ...] = ()  # in the browser: labels of tabs whose rows were shown

    @property
    def html(self) -> str | None:
        """The page as text; None when it is not the page asked for, or no page at all."""
        return html_of(self.response) if self._is_text and isinstance(self.response, TextResponse) else None

    @property
    def text(self) -> str | None:
        """A data call's answer as text, whatever type it claims."""
        return html_of(self.response) if self._is_text and self.response is not None else None

    @property
    def in_utf8(self) -> bool:
        """Whether its bytes are UTF-8 and no mere ASCII."""
        body = self.response.body if self.response is not None else b""
        try:
            return not body.isascii() and bool(body.decode("utf-8"))
        except UnicodeDecodeError:
            return False

    @property
    def hours_old(self) -> int:
        """How long ago a network in front of the portal got this from it (RFC 9111, Age); 0 where it does not say."""
        told = (self.response.headers.get("Age") or b"").strip() if self.response is not None else b""
        return int(told[:9]) // 3600 if told.isdigit() else 0

    @property
    def _is_text(self) -> bool:
        ok = self.verdict.outcome is Outcome.COMPLETE and self.response is not None
        return ok and self.response is not None and not is_document_body(self.response.body)


class Fetch(Protocol):
    """Fetches one page, with a verdict on it; never raises for what a portal does.

    `call` fetches a data call instead of `url`; `browser` renders; `turn` also turns a list's pages there.
    """

    async def __call__(
        self, url: str, *, browser: bool = False, turn: bool = False, call: Call | None = None
    ) -> Page: ...
