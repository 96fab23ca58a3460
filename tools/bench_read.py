"""Speed of reading, as ratios in one run: HTML against trafilatura, PDF against pdfplumber; memory over 1,000 reports.

python -m tools.bench_read [--count 20]
"""

from __future__ import annotations

import argparse
import io
import resource
import sys
import time
from collections.abc import Callable

import pdfplumber
import psutil
import trafilatura

from reports import read_report
from tools.corpus.make import FORMATS, OTHERS, make


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--soak", type=int, default=1000, help="reports in one process for the memory figure")
    arguments = parser.parse_args()
    samples = {name: [make(70, n, name).data for n in range(arguments.count)] for name in (*FORMATS, *OTHERS)}
    print(f"{'format':14} {'reports/s':>10} {'ms':>7}")
    spent = {
        name: seconds(lambda data: read_report(data, source="x"), documents) for name, documents in samples.items()
    }
    for name, each in spent.items():
        print(f"{name:14} {1 / each:10.1f} {each * 1000:7.1f}")
    html = seconds(lambda data: trafilatura.extract(data.decode("gb18030", "replace")), samples["html"])
    pdf = seconds(_plumb, samples["pdf"])
    pages = sum(len(pdfplumber.open(io.BytesIO(data)).pages) for data in samples["pdf"]) / arguments.count
    print(f"html: {spent['html'] / html:.2f} of trafilatura.extract ({html * 1000:.1f} ms); 1.2 is allowed")
    print(
        f"pdf: {pdf / spent['pdf']:.1f} times as fast as pdfplumber's extract_tables"
        f" ({pages / spent['pdf']:.0f} and {pages / pdf:.0f} pages/s)"
    )
    print(_memory(samples, arguments.soak))
    return 0


def seconds(work: Callable[[bytes], object], documents: list[bytes]) -> float:
    """Of one core per document, the better of two rounds."""
    work(documents[0])
    rounds = []
    for _ in range(2):
        start = time.process_time()  # of this process: whatever else the machine does
        for data in documents:
            work(data)
        rounds.append((time.process_time() - start) / len(documents))
    return min(rounds)


def _plumb(data: bytes) -> None:
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            page.extract_tables()


def _memory(samples: dict[str, list[bytes]], count: int) -> str:
    """The process's memory after each tenth of the reports: one that reads for ever must not grow."""
    documents = [data for many in samples.values() for data in many]
    process, marks = psutil.Process(), list[int]()
    for number in range(count):
        read_report(documents[number % len(documents)], source="x")
        if (number + 1) % max(1, count // 10) == 0:
            marks.append(process.memory_info().rss >> 20)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    told = " ".join(map(str, marks))
    return f"memory: MB after each tenth of {count} reports in one process: {told}; peak {peak} MB, documents included"


if __name__ == "__main__":
    sys.exit(main())
