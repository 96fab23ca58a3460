"""Documentation that cannot rot: every setting, command, word and room is described."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import click
import pytest

from crawler.cli import ROOMS, cli, misplaced_rooms
from crawler.config import Config
from storage.records import Outcome, Status

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", [field.name for field in fields(Config) if field.name != "home"])
def test_every_setting_is_documented(key: str) -> None:
    assert f"`NIANBAO_{key.upper()}` | `{key}`" in SETTINGS


def commands() -> list[tuple[str, click.Command]]:
    context = click.Context(cli)
    found = []
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None, f"{name} is listed and cannot be loaded"
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", child) for sub, child in command.commands.items()]
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_command_is_documented_and_helps_with_an_example(name: str, command: click.Command) -> None:
    assert f"`{name}" in SETTINGS
    assert "Example:" in (command.help or "") and f"nianbao {name}" in (command.help or "")


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_in_the_design(room: str) -> None:
    assert f"`{room}`" in DESIGN
    assert (ROOT / room / "__init__.py").read_text(encoding="utf-8").startswith('"""'), "a room says what it is for"


@pytest.mark.parametrize("word", [*Outcome, *Status])
def test_every_outcome_and_status_is_in_the_design(word: str) -> None:
    assert re.search(rf"\b{word}\b", DESIGN)


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_both_readmes_have_the_same_commands() -> None:
    def code(name: str) -> list[str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return [
            line.split("#")[0].strip() for line in re.findall(r"^ *(?:make|nianbao|\.venv/bin/nianbao) .*$", text, re.M)
        ]

    assert code("README.md")[:4] == code("README.zh-CN.md")[:4]
    assert len(code("README.md")) == len(code("README.zh-CN.md"))


def test_everything_that_the_project_asks_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=!~ ;]", one, maxsplit=1)[0].lower().replace(".", "-") for one in asked}
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    assert names - pinned == set(), "run `make lock`"


def test_a_room_that_another_package_has_taken_is_named(tmp_path: Path) -> None:
    assert misplaced_rooms(ROOT) == []
    faults = misplaced_rooms(tmp_path)
    assert len(faults) == len(ROOMS) and str(tmp_path / "storage") in "".join(faults)
