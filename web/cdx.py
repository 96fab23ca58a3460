"""/cdx: the capture index for other programs, with the parameters of pywb's and the Internet Archive's CDX servers.

url matchType from to filter collapse fl limit sort closest page pageSize, and output=text (plain), json (one object a
line), cdxj; showNumPages=true answers with the number of pages alone
"""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from storage import cdx
from web.desk import desk

router = APIRouter()

_WRITERS = {
    "text": (cdx.text_line, "text/plain; charset=utf-8"),
    "json": (cdx.json_line, "application/x-ndjson"),
    "cdxj": (cdx.cdxj_line, "text/x-cdxj; charset=utf-8"),
}


@router.get("/cdx")
def captures(request: Request, output: str = "text") -> Response:
    if output not in _WRITERS:
        raise HTTPException(400, f"output: give one of {', '.join(_WRITERS)}")
    write, media_type = _WRITERS[output]
    try:
        query = cdx.parse(request.query_params.multi_items())
        if output == "cdxj" and not {"urlkey", "timestamp"} <= set(query.fields):
            raise cdx.BadQuery("fl: cdxj needs urlkey and timestamp")
        if request.query_params.get("showNumPages", "").lower() in ("1", "true"):
            return Response(f"{cdx.pages(desk(request).db, query)}\n", media_type="text/plain")
        text = "".join(write(line) + "\n" for line in cdx.lines(desk(request).db, query))
    except cdx.BadQuery as fault:
        raise HTTPException(400, str(fault)) from fault
    return Response(text, headers={"Content-Type": media_type})
