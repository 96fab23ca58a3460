"""A daily round over many hosts at one request a second a host: the time it takes against what politeness sets.

python -m tools.bench_round [--hosts 60] [--organs 3] [--days 2]
Prints what the servers saw: requests, the least gap between two at one host, and the floor, which is the most requests
that one host got, times the delay.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.hosts import organ_name

DELAY = 1.0


def register(home: Path, port: int, hosts: int, organs: int) -> None:
    rows = [
        {"id": f"o{number}", "name": organ_name(number), "level": "county", "kind": "government", "region": "510000"}
        | {"column_url": f"http://{address(number % hosts)}:{port}/nb-{number}"}
        for number in range(hosts * organs)
    ]
    (home / "organs.json").write_text(json.dumps(rows), encoding="utf-8")
    (home / "nianbao.toml").write_text(f'allow_addresses = "127.0.0.0/8"\ndelay = {DELAY}\n')
    nianbao(home, "organs", "import", str(home / "organs.json"))


def address(number: int) -> str:
    return f"127.90.{number // 250}.{number % 250 + 1}"


def nianbao(home: Path, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "--home", str(home), *words], capture_output=True, check=False
    )
    print("  " + (done.stdout.decode().strip().splitlines() or [""])[0])
    if done.returncode:
        print(done.stdout.decode()[-1500:], done.stderr.decode()[-1500:])


def day(home: Path, port: int, number: int) -> None:
    """One crawl of a server's whole life."""
    command = [sys.executable, "-m", "tools.hosts", str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout and server.stdin
        server.stdout.readline()
        used, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        nianbao(home, "crawl", "--year", "2023", "--as-of", f"2024-04-{number:02}")
        seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        server.stdin.close()
        seen = json.loads(server.stdout.readline())
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    floor = seen["most"] * DELAY
    print(f"  {seconds:.0f} s in all, {seen['span']:.0f} s from first to last request; politeness sets {floor:.0f} s")
    rate = f"{seen['requests'] / seen['span']:.0f} a second"
    cost = f"{1000 * cpu / seen['requests']:.1f} CPU s per 1,000"
    print(f"  {seen['requests']} requests to {seen['hosts']} hosts, {rate}; {cost}")
    print(f"  least gap at one host: {seen['least_gap']:.2f} s; {seen['quick']} gaps of less than 0.9 s")
    print(f"  archive: {sum(path.stat().st_size for path in (home / 'archive').iterdir()) >> 20} MB; {ledger(home)}")


def ledger(home: Path) -> str:
    files = sorted((home / "logs").glob("*.politeness.jsonl"))
    lines = [json.loads(line) for line in files[-1].read_text(encoding="utf-8").splitlines()]
    gaps = [line["least_gap"] for line in lines if line["least_gap"] is not None]
    return f"our ledger: {len({line['host'] for line in lines})} hosts, least gap {min(gaps, default=0.0):.3f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=60)
    parser.add_argument("--organs", type=int, default=3, help="on each host")
    parser.add_argument("--days", type=int, default=2)
    parser.add_argument("--port", type=int, default=18400)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        register(Path(folder), given.port, given.hosts, given.organs)
        for number in range(1, given.days + 1):
            print(f"day {number}: {given.hosts} hosts, {given.hosts * given.organs} organs")
            day(Path(folder), given.port, number)


if __name__ == "__main__":
    main()
