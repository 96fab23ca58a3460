from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from alerts.errors import BadSubscribers
from alerts.model import Subscriber
from alerts.subscribers import load

KINDS = frozenset({"missing", "late", "unknown"})


def written(folder: Path, text: str) -> Path:
    path = folder / "subscribers.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_subscriber_needs_only_a_name_and_an_address(tmp_path: Path) -> None:
    path = written(tmp_path, "subscribers:\n  - name: 政务公开办\n    email: zwgk@yunxi.example\n")
    assert load(path, KINDS) == [Subscriber("政务公开办", "zwgk@yunxi.example")]


def test_every_key_is_read_and_an_unquoted_region_code_is_a_code(tmp_path: Path) -> None:
    text = """\
subscribers:
  - name: Desk
    email: desk@news.example
    language: en
    regions: [511900, "511902004"]
    organs: [yunxi-lyj]
    kinds: [missing, late]
    severity: error
    delivery: immediate
    role: operator
    ledger: false
    working_days: true
    after_days: 14
    quiet: 22:00-08:00
    immediate: [unknown]
    channels: [duty]
"""
    assert load(written(tmp_path, text), KINDS) == [
        Subscriber(
            name="Desk",
            email="desk@news.example",
            language="en",
            regions=("511900", "511902004"),
            organs=("yunxi-lyj",),
            kinds=("missing", "late"),
            severity="error",
            delivery="immediate",
            role="operator",
            ledger=False,
            working_days=True,
            after_days=14,
            quiet=(time(22), time(8)),
            immediate=("unknown",),
            channels=("duty",),
        )
    ]


def test_all_faults_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    text = """\
subscribers:
  - name: A
    email: not an address
  - email: b@b.example
    languge: zh
    kinds: [misssing]
  - just text
  - name: C
    email: c@c.example
    regions: ["5119"]
    severity: doubtful
  - name: D
    email: C@c.example
"""
    with pytest.raises(BadSubscribers) as refused:
        load(written(tmp_path, text), KINDS)
    found = {
        (fault.line, fault.message.split("`")[1] if "`" in fault.message else "") for fault in refused.value.faults
    }
    assert found == {
        (3, "not an address"),
        (4, "name"),
        (5, "languge"),
        (6, "misssing"),
        (7, ""),
        (10, "5119"),
        (11, "severity"),
    }


def test_an_address_that_stands_twice_is_a_fault(tmp_path: Path) -> None:
    text = "subscribers:\n  - {name: A, email: a@a.example}\n  - {name: B, email: A@a.example}\n"
    with pytest.raises(BadSubscribers, match=r"subscribers.yaml:3: A@a.example is already subscribed at line 2"):
        load(written(tmp_path, text), KINDS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "subscribers: 3",
        "subscribers: [\n",
        "a: b\nsubscribers: []",
        "subscribers:\n  - name: A\n    name: B\n    email: a@a.example\n",
        "subscribers:\n  - {name: [], email: {}}\n",
        "subscribers:\n  - {name: A, email: a@a.example, after_days: soon}\n",
        "subscribers:\n  - {name: A, email: a@a.example, quiet: always}\n",
        "subscribers:\n  - {name: A, email: a@a.example, ledger: perhaps}\n",
        "subscribers:\n  - {name: A, email: a@a.example, regions: 511900}\n",
        "subscribers:\n  - {name: A, email: a@a.example, organs: [true, [x]]}\n",
        'subscribers:\n  - {name: "A\\nBcc: x@y.example", email: a@a.example}\n',
        'subscribers:\n  - {name: A, email: "a@a.example\\nBcc: x@y.example"}\n',
        "subscribers:\n  - !!python/object:os.system {name: A}\n",
    ],
)
def test_a_file_of_another_shape_is_refused_with_a_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadSubscribers) as refused:
        load(written(tmp_path, text), KINDS)
    assert all(fault.line >= 1 for fault in refused.value.faults)


def test_a_file_that_is_not_utf8_or_not_there_is_a_fault_and_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "subscribers.yaml"
    with pytest.raises(BadSubscribers, match="cannot be read"):
        load(path, KINDS)
    path.write_bytes("subscribers: 政务".encode("gbk"))
    with pytest.raises(BadSubscribers, match="not UTF-8"):
        load(path, KINDS)
