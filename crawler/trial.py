"""A visit to a site that is on no register, in a folder that is thrown away: what discovery makes of it."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.browser import find_chromium
from crawler.config import BadConfig, Config
from crawler.job import Job
from portals.model import Organ
from spiders.column import Column
from storage.archive import Archive
from storage.records import Visit

_SECONDS = 900


def try_site(
    config: Config, url: str, name: str, series: str, year: int, as_of: datetime | None, folder: Path
) -> list[Visit]:
    """The visits that looking from `url` makes, archived under `folder` and nowhere else.

    Only the URL's own host and declared siblings are asked. `name` may be empty: then what names no organ counts as the
    organ's.
    Raises BadConfig when the URL is none, or when the crawl fell over.
    """
    host = urlsplit(url).hostname
    if urlsplit(url).scheme not in ("http", "https") or not host:
        raise BadConfig(f"{url!r} is no http or https address")
    organ = Organ("tried", name or "?", (), "county", "department", "000000", None, url, None)
    contact = f" (+{config.contact})" if config.contact else ""
    job = Job(
        year=year,
        series=series,
        columns=(Column(url, (organ.id,), is_home=True),),
        organs=(organ,),
        hosts=(host, *config.siblings),
        archive=str(folder),
        prefix="try",
        as_of=as_of,
        allow_addresses=tuple(str(network) for network in config.allow_addresses),
        delay=config.delay,
        chromium=find_chromium(config.chromium_path),
        user_agent=f"Nianbao/0.1{contact}",
    )
    done = subprocess.run(
        [sys.executable, "-m", "crawler.visit"], input=job.dump(), capture_output=True, check=False, timeout=_SECONDS
    )
    archive = Archive(folder)
    visits = [
        record.visit for file in archive.files() for record in archive.scan(file) if isinstance(record.visit, Visit)
    ]
    if not visits:
        raise BadConfig(f"the visit came to nothing: {done.stderr.decode('utf-8', 'replace')[-800:]}")
    return visits
