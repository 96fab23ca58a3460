"""Settings: environment over file over default, and every fault at once."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from crawler.config import BadConfig, load_config


def test_without_anything_the_state_lies_in_the_home_folder(tmp_path: Path) -> None:
    config = load_config(tmp_path, {})
    assert config.database_url == f"sqlite:///{tmp_path}/nianbao.db"
    assert config.archive_url == str(tmp_path / "archive")
    assert (config.smtp_url, config.delay, config.allow_addresses) == (None, 1.0, ())


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "nianbao.toml").write_text('delay = 5\nsmtp_url = "smtp://a"\nallow_addresses = ["10.0.0.0/8"]\n')
    config = load_config(tmp_path, {"NIANBAO_DELAY": "0", "NIANBAO_ALLOW_ADDRESSES": "127.0.0.0/8, ::1/128"})
    assert config.delay == 0
    assert config.smtp_url == "smtp://a"
    assert config.allow_addresses == (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "nianbao.toml").write_text('dealy = 1\ndelay = "soon"\nallow_addresses = "everywhere"\nmail_from = 3\n')
    with pytest.raises(BadConfig) as caught:
        load_config(tmp_path, {})
    message = str(caught.value)
    assert all(
        part in message for part in ("unknown setting 'dealy'", "delay: seconds", "everywhere", "mail_from: text")
    )


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "nianbao.toml").write_text("delay = = 1")
    with pytest.raises(BadConfig, match=r"nianbao\.toml"):
        load_config(tmp_path, {})


@pytest.mark.parametrize("delay", ["-1", "nan", "inf", "99999"])
def test_a_delay_that_makes_no_sense_is_refused(tmp_path: Path, delay: str) -> None:
    with pytest.raises(BadConfig):
        load_config(tmp_path, {"NIANBAO_DELAY": delay})


def test_an_archive_may_lie_in_a_bucket_and_is_written_in_the_home_folder_first(tmp_path: Path) -> None:
    config = load_config(tmp_path, {"NIANBAO_ARCHIVE_URL": "s3://bucket/a/b"})
    assert (config.bucket_url, config.archive_folder) == ("s3://bucket/a/b", tmp_path / "archive")
    local = load_config(tmp_path, {"NIANBAO_ARCHIVE_URL": "warcs"})
    assert (local.bucket_url, local.archive_folder) == (None, tmp_path / "warcs")


@pytest.mark.parametrize("url", ["s3://", "s3:///archive", "file:///srv/archive", "s3://bucket/a?region=x"])
def test_an_archive_that_is_neither_folder_nor_bucket_is_refused_instead_of_kept_under_an_odd_name(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(BadConfig, match="archive_url: a folder or s3://bucket/prefix expected"):
        load_config(tmp_path, {"NIANBAO_ARCHIVE_URL": url})


def test_a_time_stamp_authority_needs_the_certificates_it_is_trusted_by(tmp_path: Path) -> None:
    told = {"NIANBAO_TIMESTAMP_URL": "https://tsa.example/", "NIANBAO_TIMESTAMP_CERTIFICATES": "tsa.pem"}
    assert load_config(tmp_path, told).timestamp_certificates == str(tmp_path / "tsa.pem")
    for wrong in ({"NIANBAO_TIMESTAMP_URL": "https://tsa.example/"}, told | {"NIANBAO_TIMESTAMP_URL": "tsa.example"}):
        with pytest.raises(BadConfig, match="timestamp_url: an address"):
            load_config(tmp_path, wrong)


def test_siblings_are_names_of_hosts(tmp_path: Path) -> None:
    config = load_config(tmp_path, {"NIANBAO_SIBLINGS": "static.x.gov.cn, Files.x.gov.cn"})
    assert config.siblings == ("static.x.gov.cn", "files.x.gov.cn")
    with pytest.raises(BadConfig, match="siblings"):
        load_config(tmp_path, {"NIANBAO_SIBLINGS": "http://x.gov.cn/"})
