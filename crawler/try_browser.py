"""`python -m crawler.try_browser`: whether a browser is here and works. Prints its path, or why not."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from crawler.browser import find_chromium
from crawler.config import load_config


def show(path: str) -> str:
    """What a page shows in this browser, started by Playwright's driver as a crawl starts it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_content("<p>works</p>")
        shown = page.inner_text("p")
        browser.close()
        return shown


def main() -> int:
    """Exit status 0: it works. 1: there is none. 2: there is one, and it does not work."""
    path = find_chromium(load_config(Path()).chromium_path)
    if path is None:
        sys.stderr.write("no Chromium here\n")
        return 1
    try:
        fault = None if show(path) == "works" else "it shows nothing"
    except Exception as error:  # noqa: BLE001 - a bare Exception is what Playwright raises when its driver falls
        fault = str(error)
    if fault:
        sys.stderr.write(f"{path} does not work: {fault}\n")
        return 2
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
