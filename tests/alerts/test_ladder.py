from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.compose import compose
from alerts.hours import hours, send_at
from alerts.ladder import built_in_ladder, reminders
from alerts.model import Subscriber
from alerts.text import BEIJING
from portals.calendar import is_working_day
from storage.records import Assessment, Status
from tests.alerts.cases import HEAD, NOW, OFFICER, case, organ

DUE = date(2024, 1, 31)


def told(status: Status, since: datetime = NOW) -> Assessment:
    return Assessment("a", "ogi", 2023, since, DUE, DUE, status)


def on(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), BEIJING).astimezone(UTC)


def steps(status: Status, days: range, since: datetime = NOW) -> list[tuple[int, str]]:
    """The days relative to the due date on which a daily round tells something new."""
    seen, found = set(), []
    for day in days:
        now = on(DUE + timedelta(days=day))
        for event in reminders([told(status, now)], {"a": since}, now):
            if event.id not in seen:
                seen.add(event.id)
                found.append((day, event.kind))
    return found


def test_what_is_pending_is_recalled_fourteen_seven_and_one_day_before_and_on_the_day() -> None:
    assert steps(Status.PENDING, range(-30, 5)) == [(-14, "due"), (-7, "due"), (-1, "due"), (0, "due")]


def test_a_step_that_no_round_fell_on_is_told_by_the_next_one_and_once() -> None:
    assert steps(Status.PENDING, range(-12, 0, 3)) == [(-12, "due"), (-6, "due")]


def test_what_stays_missing_is_recalled_weekly_from_the_day_it_was_called_so() -> None:
    since = on(DUE + timedelta(days=1))
    found = steps(Status.MISSING, range(1, 400), since)
    assert found[:3] == [(8, "overdue"), (15, "overdue"), (22, "overdue")]
    assert found[-1][0] <= built_in_ladder().longest


@pytest.mark.parametrize("status", [Status.ON_TIME, Status.LATE, Status.UNKNOWN, Status.EXEMPT])
def test_nobody_is_reminded_of_what_is_there_or_not_known(status: Status) -> None:
    assert steps(status, range(-30, 60)) == []


def test_reminders_before_the_due_date_go_only_to_those_who_asked() -> None:
    due = case("due", organ("a"), due_notice=date(2024, 3, 20))
    assert compose([due], replace(OFFICER, severity="info"), HEAD, NOW) == []
    assert len(compose([due], replace(OFFICER, kinds=("missing", "due")), HEAD, NOW)) == 1


def test_the_next_person_up_is_told_only_after_some_days() -> None:
    missing = case("overdue", organ("a"))  # 40 days past due
    assert compose([missing], replace(OFFICER, after_days=41), HEAD, NOW) == []
    assert len(compose([missing], replace(OFFICER, after_days=40), HEAD, NOW)) == 1
    assert len(compose([case("late", organ("a"))], replace(OFFICER, after_days=41), HEAD, NOW)) == 1


def test_kinds_marked_immediate_go_out_by_themselves() -> None:
    cases = [case("withdrawn", organ("a")), case("missing", organ("b")), case("late", organ("c"))]
    messages = compose(cases, replace(OFFICER, immediate=("withdrawn",)), HEAD, NOW)
    assert sorted(message.events for message in messages) == [("late-c", "missing-b"), ("withdrawn-a",)]


# Hours


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("now", "quiet", "working_days", "sent"),
    [
        ("2024-03-11 12:00", "22:00-08:00", False, "2024-03-11 12:00"),
        ("2024-03-11 22:00", "22:00-08:00", False, "2024-03-12 08:00"),
        ("2024-03-12 03:00", "22:00-08:00", False, "2024-03-12 08:00"),
        ("2024-03-12 08:00", "22:00-08:00", False, "2024-03-12 08:00"),
        ("2024-03-12 12:30", "12:00-14:00", False, "2024-03-12 14:00"),
        ("2024-02-09 23:00", "22:00-08:00", True, "2024-02-18 08:00"),  # Spring Festival; Sunday the 18th is worked
        ("2024-03-09 10:00", "", True, "2024-03-11 00:00"),
        ("2024-04-07 10:00", "", True, "2024-04-07 10:00"),  # a Sunday worked instead
    ],
)
def test_mail_waits_for_the_end_of_quiet_hours_and_for_working_days(
    now: str, quiet: str, working_days: bool, sent: str
) -> None:
    subscriber = Subscriber("x", "x@y.example", quiet=hours(quiet), working_days=working_days)
    assert send_at(subscriber, at(now).astimezone(UTC)) == at(sent)


moments = st.datetimes(datetime(2020, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
clocks = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))


@given(moments, clocks, clocks, st.booleans())
def test_mail_never_goes_out_when_it_is_not_wanted_and_never_earlier(
    now: datetime, start: time, end: time, working_days: bool
) -> None:
    quiet = (start, end) if start != end else None
    subscriber = Subscriber("x", "x@y.example", quiet=quiet, working_days=working_days)
    sent = send_at(subscriber, now)
    assert sent >= now and send_at(subscriber, sent) == sent
    local = sent.astimezone(BEIJING)
    assert not working_days or is_working_day(local.date())
    clock = local.time()
    assert quiet is None or not (start <= clock < end if start < end else clock >= start or clock < end)


@pytest.mark.parametrize("text", ["", "22-08", "24:00-08:00", "08:00-08:00", "22:00-08:00 ", "8:00-9:00"])
def test_hours_of_another_shape_are_none(text: str) -> None:
    assert hours(text) is None
