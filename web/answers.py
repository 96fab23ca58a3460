"""Answers to mails by link: /answers/<token>. Looking does nothing (mail scanners look); only the button answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from alerts import answers, tokens
from alerts.errors import BadToken
from storage import queries
from web.board import unregistered
from web.desk import desk, language, page
from web.words import words as told_in

router = APIRouter()

LONGEST = 4_000  # bytes of a form
DAYS = (3, 7, 14, 30)


@router.get("/answers/{token}", response_class=HTMLResponse)
def ask(request: Request, token: str) -> HTMLResponse:
    return page(request, "answer.html", done=None, days=DAYS, **_about(request, _words(request, token)))


@router.post("/answers/{token}", response_class=HTMLResponse)
async def answer(request: Request, token: str) -> HTMLResponse:
    return await run_in_threadpool(_answer, request, token, await _form(request))


def _answer(request: Request, token: str, form: dict[str, str]) -> HTMLResponse:
    here, words = desk(request), _words(request, token)
    action = form.get("action", "")
    if here.inbox is None or action not in get_args(answers.Action):
        raise HTTPException(400, "say which answer")
    now = here.clock()
    days = int(form["days"]) if form.get("days") in {str(number) for number in DAYS} else DAYS[1]
    given = answers.Answer(
        action=action,  # type: ignore[arg-type]
        subscriber=words["subscriber"],
        organ=words["organ"],
        series=words["series"],
        year=int(words["year"]),
        at=now,
        until=now + timedelta(days=days) if action == "snooze" else None,
        reason=form.get("reason", ""),
    )
    try:
        answers.drop(here.inbox, given)
    except OSError as fault:
        raise HTTPException(503, f"the answer could not be kept: {fault.strerror}") from fault
    return page(request, "answer.html", done=given, days=DAYS, **_about(request, words))


def _words(request: Request, token: str) -> dict[str, str]:
    here = desk(request)
    if here.secret is None:
        raise HTTPException(404)
    try:
        return tokens.read(here.secret, token, here.clock())
    except BadToken as fault:
        raise HTTPException(403, told_in(language(request))["link_unusable"]) from fault


def _about(request: Request, words: dict[str, str]) -> dict[str, Any]:
    here = desk(request)
    history = queries.assessment_history(here.db, words["organ"], words["series"], int(words["year"]))
    organ = queries.organ(here.db, words["organ"]) or unregistered(words["organ"])
    told = history[-1] if history else None
    return {
        "organ": organ,
        "told": told,
        "moment": here.clock(),
        "year": int(words["year"]),
        "who": words["subscriber"],
    }


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            raise HTTPException(413, "the form is too long")
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    return {key: values[-1] for key, values in fields.items()}
