"""Verdicts, case by case: a county's report for 2023, due by notice on 20 February and by statute on 31 March 2024."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from compliance import REFUSED, Evidence, Gathered, judge
from compliance.policy import built_in_policy, load_policy
from portals.faults import RegistryFaults
from storage.records import Assessment, Observation, Outcome, Sighting, Status, Visit
from tests.compliance.evidence import COLUMN, TITLE, URL, at, day, evidence, owed, published, seen, visit

CENTRAL = "http://dz.example/nb/"


def verdict(known: Evidence, now: datetime) -> Assessment:
    return judge(owed(), known, now)


def test_before_the_due_date_nothing_seen_is_pending_whatever_happened() -> None:
    known = evidence(visit(at("01-15")), visit(at("02-01"), Outcome.BLOCKED))
    assert verdict(known, at("02-20", 23, 59, 59)).status is Status.PENDING
    assert verdict(evidence(), at("02-20", 23, 59, 59)).status is Status.PENDING


def test_a_complete_visit_after_the_due_date_without_the_report_is_missing_and_names_its_capture() -> None:
    found = verdict(evidence(visit(at("02-01")), visit(at("02-21"))), at("02-21"))
    assert (found.status, found.late_by, found.cause) == (Status.MISSING, None, None)
    assert found.evidence == ("list-v02210400tc",)
    assert found.last_absent == at("02-21")


def test_a_complete_visit_on_the_due_day_itself_is_not_missing_the_day_after() -> None:
    found = verdict(evidence(visit(at("02-20", 23, 59, 59))), at("02-21"))
    assert (found.status, found.cause) == (Status.UNKNOWN, "not_visited")


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.COMPLETE])
def test_a_failed_visit_after_the_due_date_is_unknown_with_its_outcome(outcome: Outcome) -> None:
    found = verdict(evidence(visit(at("02-01")), visit(at("02-21"), outcome)), at("02-22"))
    assert (found.status, found.cause) == (Status.UNKNOWN, outcome.value)
    assert found.evidence == (("visit:v02210400tc",) if outcome is Outcome.UNREACHABLE else ("list-v02210400tc",))


def test_what_was_missing_is_unknown_while_the_site_is_down_and_missing_again_afterwards() -> None:
    known = evidence(visit(at("02-21")), visit(at("02-25"), Outcome.UNREACHABLE), visit(at("02-27")))
    statuses = [verdict(known, at(text)).status for text in ("02-21", "02-25", "02-27")]
    assert statuses == [Status.MISSING, Status.UNKNOWN, Status.MISSING]


def test_an_old_complete_visit_says_nothing_about_today() -> None:
    known = evidence(visit(at("02-21")))
    assert verdict(known, at("03-20")).status is Status.MISSING
    found = verdict(known, at("03-31"))
    assert (found.status, found.cause) == (Status.UNKNOWN, "not_visited")


def test_a_complete_visit_without_a_capture_proves_nothing() -> None:
    assert verdict(evidence(visit(at("02-21"), captures=())), at("02-21")).status is Status.UNKNOWN


def test_a_registered_column_that_nobody_looked_at_proves_no_absence() -> None:
    """The gathering column was seen without the report, its own column was not seen at all: that is no back-dating."""
    copy = "http://dz.example/nb/2023.pdf"
    shown = (
        visit(at("02-25"), shows=[copy], column=CENTRAL),
        seen(at("02-25"), copy, column=CENTRAL, dates=(("list", day("02-05")),)),
    )
    known = evidence(visit(at("02-21"), column=CENTRAL), *shown)
    found = verdict(known, at("02-26"))
    assert (found.status, found.backdated) == (Status.LATE, True)
    found = verdict(replace(known, columns=(COLUMN,)), at("02-26"))
    assert (found.status, found.backdated, found.last_absent) == (Status.ON_TIME, False, None)


def test_a_report_gone_from_one_column_may_stand_in_a_registered_one_that_nobody_looked_at() -> None:
    copy = "http://dz.example/nb/2023.pdf"
    shown = (visit(at("02-10"), shows=[copy], column=CENTRAL), seen(at("02-10"), copy, column=CENTRAL))
    known = evidence(*shown, visit(at("02-12"), column=CENTRAL))
    assert verdict(known, at("02-13")).withdrawn
    assert not verdict(replace(known, columns=(COLUMN,)), at("02-13")).withdrawn
    assert verdict(
        replace(known, visits=(*known.visits, visit(at("02-12", 13))), columns=(COLUMN,)), at("02-13")
    ).withdrawn


def test_missing_needs_every_column() -> None:
    own, central = visit(at("02-21")), visit(at("02-21", 13), Outcome.BLOCKED, column=CENTRAL)
    found = verdict(evidence(own, central), at("02-22"))
    assert (found.status, found.cause) == (Status.UNKNOWN, "blocked")
    whole = visit(at("02-21", 14), column=CENTRAL)
    assert verdict(evidence(own, central, whole), at("02-22")).status is Status.MISSING
    found = verdict(evidence(own, columns=(COLUMN, CENTRAL)), at("02-22"))
    assert (found.status, found.cause) == (Status.UNKNOWN, "not_visited")
    assert verdict(evidence(own, whole, columns=(COLUMN,)), at("02-22")).status is Status.MISSING


@pytest.mark.parametrize(
    ("state", "failure", "cause"),
    [
        (None, None, "not_read"),
        (None, "server_error: 503", "fetch_failed"),
        ("encrypted", None, "unreadable"),
        ("not_readable_here", None, "unreadable"),
        ("unconfirmed", None, "unconfirmed"),
        ("read", None, "unconfirmed"),
    ],
)
def test_a_candidate_that_nobody_confirmed_is_unknown_never_missing(
    state: str | None, failure: str | None, cause: str
) -> None:
    shown = visit(at("02-05"), shows=[URL], failure=failure)
    readings = {(shown.id, URL): state} if state else {}
    for text in ("02-05", "02-22"):
        found = verdict(evidence(shown, visit(at("02-21")), readings=readings), at(text))
        assert (found.status, found.cause) == (Status.UNKNOWN, cause)


@pytest.mark.parametrize("outcome", [Outcome.UNREACHABLE, Outcome.BLOCKED, Outcome.SERVER_ERROR, Outcome.ROBOTS])
def test_while_a_site_is_out_of_reach_that_is_told_before_what_nobody_confirmed(outcome: Outcome) -> None:
    shown, down = visit(at("02-05"), shows=[URL]), visit(at("02-22"), outcome)
    known = evidence(shown, visit(at("02-19"), outcome), down, readings={(shown.id, URL): "unconfirmed"})
    causes = [verdict(known, at(text)).cause for text in ("02-19", "02-21", "02-22", "03-20", "04-10")]
    assert causes[0] == "unconfirmed"  # before the due day nobody is looked for
    assert causes[1:3] == [outcome.value] * 2
    assert causes[-1] == "unconfirmed"  # what a visit met says nothing of today any more
    assert set(verdict(known, at("02-22")).evidence) >= {f"doc-{shown.id}-0"}
    back = evidence(shown, down, visit(at("02-23")), readings={(shown.id, URL): "unconfirmed"})
    assert verdict(back, at("02-23")).cause == "unconfirmed"


def test_a_candidate_that_was_read_and_refused_clears_the_way_for_missing() -> None:
    shown = visit(at("02-21"), shows=[URL])
    assert verdict(evidence(shown, readings={(shown.id, URL): REFUSED}), at("02-22")).status is Status.MISSING


def test_seen_by_the_last_second_of_the_due_day_is_on_time() -> None:
    moment = at("02-20", 23, 59, 59)
    known = evidence(visit(at("02-01")), visit(moment, shows=[URL]), seen(moment))
    found = verdict(known, at("02-21"))
    assert (found.status, found.first_seen, found.last_absent) == (Status.ON_TIME, moment, at("02-01"))
    assert found.evidence == ("list-v02010400tc", "list-v02201559tc", "doc-v02201559tc-0")
    assert (found.url, found.versions, found.revised, found.withdrawn, found.backdated) == (URL, 1, False, False, False)


def test_absent_after_the_due_day_and_seen_later_is_late_by_notice() -> None:
    found = verdict(evidence(visit(at("02-21")), *published("03-05")), at("03-06"))
    assert (found.status, found.late_by) == (Status.LATE, "notice")
    assert (found.published, found.claimed) == (None, None)


def test_absent_after_the_statutes_day_is_late_by_statute() -> None:
    found = verdict(evidence(visit(at("04-01")), *published("04-05")), at("04-06"))
    assert (found.status, found.late_by) == (Status.LATE, "statute")


def test_a_department_has_only_the_statutes_day() -> None:
    found = judge(owed("department"), evidence(visit(at("02-01")), *published("02-18")), at("02-19"))
    assert (found.due_notice, found.due_statute, found.late_by) == (day("01-31"), day("01-31"), "statute")


def test_straddling_the_due_date_without_a_claim_is_unknown() -> None:
    found = verdict(evidence(visit(at("02-10")), *published("02-25")), at("02-26"))
    assert (found.status, found.cause, found.versions) == (Status.UNKNOWN, "date_uncertain", 1)
    assert verdict(evidence(*published("02-25")), at("02-26")).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("claims", "status", "published_on"),
    [
        ({"meta:PubDate": "02-19"}, Status.ON_TIME, "02-19"),
        ({"list": "02-20"}, Status.ON_TIME, "02-20"),
        ({"list": "02-21"}, Status.LATE, "02-21"),
        ({"meta:PubDate": "02-22", "list": "02-19"}, Status.UNKNOWN, "02-22"),
        ({"url": "02-19"}, Status.ON_TIME, None),
        ({"url": "02-22"}, Status.UNKNOWN, None),  # a moved portal gives old articles new addresses
        ({"list": "02-22", "url": "02-19"}, Status.UNKNOWN, "02-22"),
        ({"visible:成文日期": "02-22"}, Status.UNKNOWN, None),
        ({"visible:日期": "02-25"}, Status.UNKNOWN, "02-25"),  # perhaps the page telling the day
        ({"visible:日期": "02-25", "list": "02-24"}, Status.LATE, "02-24"),
        ({"visible:日期": "02-25", "list": "02-25"}, Status.LATE, "02-25"),  # a list does not tell the day
        ({"list": "02-27"}, Status.UNKNOWN, None),  # after it was seen
        ({"list": "01-01", "meta:PubDate": "02-22"}, Status.UNKNOWN, "02-22"),
    ],
)
def test_a_claim_decides_what_two_visits_leave_open(
    claims: dict[str, str], status: Status, published_on: str | None
) -> None:
    dates = tuple((source, day(text)) for source, text in claims.items())
    found = verdict(evidence(*published("02-25", dates=dates)), at("02-26"))
    assert (found.status, found.published) == (status, day(published_on) if published_on else None)
    assert found.backdated is False


def test_a_claim_from_before_the_year_was_over_is_shown_and_not_believed() -> None:
    dates = (("meta:PubDate", date(2022, 3, 1)),)
    found = verdict(evidence(*published("02-25", dates=dates)), at("02-26"))
    assert (found.status, found.claimed, found.published) == (Status.UNKNOWN, date(2022, 3, 1), None)


def test_a_claimed_day_contradicted_by_a_complete_visit_is_backdated() -> None:
    dates = (("meta:PubDate", day("02-19")), ("list", day("02-19")))
    found = verdict(evidence(visit(at("02-21")), *published("03-05", dates=dates)), at("03-06"))
    assert (found.status, found.late_by, found.backdated) == (Status.LATE, "notice", True)
    assert (found.claimed, found.published) == (day("02-19"), None)


def test_backdating_before_the_due_date_does_not_make_it_late() -> None:
    known = evidence(visit(at("02-10")), *published("02-15", dates=(("list", day("02-01")),)))
    found = verdict(known, at("02-16"))
    assert (found.status, found.backdated) == (Status.ON_TIME, True)


def test_an_incomplete_visit_contradicts_no_claim() -> None:
    known = evidence(visit(at("02-21"), Outcome.PARTIAL), *published("03-05", dates=(("list", day("02-19")),)))
    found = verdict(known, at("03-06"))
    assert (found.status, found.backdated) == (Status.ON_TIME, False)


def test_a_list_not_rebuilt_yet_some_hours_after_midnight_accuses_nobody() -> None:
    known = evidence(visit(at("02-21", 3)), *published("02-22", dates=(("list", day("02-20")),)))
    found = verdict(known, at("02-23"))
    assert (found.status, found.cause, found.backdated) == (Status.UNKNOWN, "date_uncertain", False)


def test_a_list_that_was_empty_while_its_site_was_out_of_order_gives_nobody_the_lie() -> None:
    old = Sighting("http://tc.example/nb/2022.html", TITLE.replace("2023", "2022"), date(2023, 2, 1), "")
    found_visit, *observed = published("02-25", dates=(("list", day("02-10")),))
    assert isinstance(found_visit, Visit)
    empty, working = visit(at("02-21")), replace(visit(at("02-21")), sightings=(old,))
    for item in (old, replace(old, title="2022年")):
        whole = replace(found_visit, sightings=(*found_visit.sightings, item))
        told = [verdict(evidence(first, whole, *observed), at("02-26")) for first in (empty, working)]
        assert [(one.status, one.backdated) for one in told] == [(Status.ON_TIME, False), (Status.LATE, True)]


def test_a_report_that_stands_beside_its_column_is_neither_backdated_nor_withdrawn_by_what_the_column_shows() -> None:
    there, *observed = published("02-25", dates=(("list", day("02-10")),))
    assert isinstance(there, Visit)
    told = []
    for beside in (False, True):
        found = replace(there, candidates=tuple(replace(one, beside=beside) for one in there.candidates))
        verdicts = verdict(evidence(visit(at("02-19")), found, *observed, visit(at("03-01"))), at("03-02"))
        told.append((verdicts.status, verdicts.backdated, verdicts.withdrawn))
    assert told == [(Status.UNKNOWN, True, True), (Status.ON_TIME, False, False)]


def test_missing_starts_with_the_day_after_the_due_day() -> None:
    last = at("02-20", 23, 59, 59)
    assert verdict(evidence(visit(last)), last).status is Status.PENDING
    first = at("02-21", 0)
    assert verdict(evidence(visit(first)), first).status is Status.MISSING


def test_a_date_that_stays_when_the_day_is_over_is_not_the_page_telling_the_day() -> None:
    dates = (("visible:日期", day("02-21")),)
    known = evidence(visit(at("02-20")), *published("02-21", "02-22", dates=dates))
    assert verdict(known, at("02-21")).cause == "date_uncertain"
    found = verdict(known, at("02-22"))
    assert (found.status, found.late_by, found.published) == (Status.LATE, "notice", day("02-21"))


def test_one_claim_that_stands_clears_another_that_does_not() -> None:
    dates = (("meta:PubDate", day("02-05")), ("list", day("02-18")))
    found = verdict(evidence(visit(at("02-10")), *published("02-25", dates=dates)), at("02-26"))
    assert (found.status, found.backdated, found.published) == (Status.ON_TIME, False, day("02-18"))


def test_a_date_changed_afterwards_to_one_before_it_existed_is_backdated() -> None:
    known = evidence(
        visit(at("02-21")),
        *published("03-05", dates=(("list", day("03-04")),)),
        *published("03-10", dates=(("list", day("02-19")),)),
    )
    assert verdict(known, at("03-06")).backdated is False
    found = verdict(known, at("03-11"))
    assert (found.backdated, found.status, found.published) == (True, Status.LATE, day("03-04"))


def test_a_document_that_could_not_be_read_at_first_counts_from_when_it_was_fetched() -> None:
    first = visit(at("02-18"), shows=[URL])
    found = verdict(evidence(first, *published("03-05"), readings={(first.id, URL): "broken"}), at("03-06"))
    assert (found.status, found.first_seen) == (Status.ON_TIME, at("02-18"))


def test_a_candidate_elsewhere_that_nobody_could_read_forbids_to_say_late() -> None:
    elsewhere = visit(at("02-18"), shows=["http://tc.example/other.pdf"])
    known = evidence(elsewhere, visit(at("02-21")), *published("03-05"), readings={})
    assert verdict(known, at("03-06")).status is Status.UNKNOWN


def test_first_seen_on_a_column_never_visited_before_is_not_late() -> None:
    found = verdict(
        evidence(
            visit(at("02-21")),
            visit(at("03-05"), shows=[URL], column=CENTRAL),
            seen(at("03-05"), column=CENTRAL),
            visit(at("03-05", 13)),
        ),
        at("03-06"),
    )
    assert (found.status, found.last_absent) == (Status.UNKNOWN, None)


def test_a_changed_report_is_revised_and_later_outages_change_nothing() -> None:
    known = evidence(
        *published("02-10"),
        visit(at("02-25"), shows=[URL]),
        replace(seen(at("02-25")), content_digest="d2", reading="reading-d2"),
        visit(at("03-01"), Outcome.UNREACHABLE),
        visit(at("03-02"), Outcome.SOFT_404),
        findings={"reading-d1": {"error": 2}, "reading-d2": {"warning": 1, "info": 7}},
    )
    before, after = verdict(known, at("02-11")), verdict(known, at("03-03"))
    assert (before.versions, before.revised, before.findings) == (1, False, {"error": 2, "warning": 0, "doubtful": 0})
    assert (after.versions, after.revised, after.findings) == (2, True, {"error": 0, "warning": 1, "doubtful": 0})
    assert (after.status, after.withdrawn) == (Status.ON_TIME, False)
    assert {"doc-v02100400tc-0", "doc-v02250400tc-0"} <= set(after.evidence)


def test_one_report_at_two_addresses_is_not_revised() -> None:
    other = "http://dz.example/nb/2023.pdf"
    items: list[Visit | Observation] = []
    for text in ("02-10", "02-11", "02-12"):
        items += [visit(at(text), shows=[URL]), seen(at(text))]
        items += [
            visit(at(text, 13), shows=[other], column=CENTRAL),
            seen(at(text, 13), other, "d-pdf", column=CENTRAL),
        ]
    items += [visit(at("02-13"), Outcome.BLOCKED), visit(at("02-13", 13), shows=[other], column=CENTRAL)]
    items += [seen(at("02-13", 13), other, "d-pdf", column=CENTRAL)]
    assert verdict(evidence(*items), at("02-14")).versions == 1


def test_a_report_that_moved_is_a_new_version_only_when_it_changed() -> None:
    moved = "http://tc.example/new/2023.html"
    for digest, versions in (("d1", 1), ("d2", 2)):
        known = evidence(*published("02-10"), visit(at("02-15"), shows=[moved]), seen(at("02-15"), moved, digest))
        found = verdict(known, at("02-16"))
        assert (found.versions, found.url, found.withdrawn) == (versions, moved, False)


def test_a_report_gone_from_a_complete_visit_is_withdrawn_until_it_is_back() -> None:
    known = evidence(
        *published("02-10"),
        visit(at("02-15"), Outcome.PARTIAL),
        visit(at("02-20")),
        visit(at("02-22"), Outcome.UNREACHABLE),
        *published("02-25"),
    )
    marks = [verdict(known, at(text, 13)).withdrawn for text in ("02-10", "02-15", "02-20", "02-22", "02-25")]
    assert marks == [False, False, True, True, False]
    assert verdict(known, at("02-22")).status is Status.ON_TIME
    assert "list-v02200400tc" in verdict(known, at("02-22")).evidence


def test_a_link_still_on_the_list_is_not_withdrawn_though_nothing_can_be_fetched() -> None:
    known = evidence(*published("02-10"), visit(at("02-15"), shows=[URL], failure="soft_404: gone"))
    assert verdict(known, at("02-16")).withdrawn is False


def test_withdrawn_needs_every_column() -> None:
    known = evidence(
        *published("02-10"),
        visit(at("02-10", 13), column=CENTRAL),
        visit(at("02-15")),
        visit(at("02-15", 13), Outcome.SERVER_ERROR, column=CENTRAL),
    )
    assert verdict(known, at("02-16")).withdrawn is False


def test_an_exemption_comes_before_everything() -> None:
    found = verdict(evidence(visit(at("02-21")), exempt="2024年1月并入县农业农村局"), at("02-22"))
    assert (found.status, found.cause, found.evidence) == (Status.EXEMPT, "2024年1月并入县农业农村局", ())


def test_more_visits_are_asked_for_where_policy_says_so() -> None:
    policy = replace(built_in_policy(), missing_visits=2)
    known = evidence(visit(at("02-21")), visit(at("02-23")))
    assert judge(owed(), known, at("02-22"), policy).status is Status.UNKNOWN
    assert judge(owed(), known, at("02-24"), policy).status is Status.MISSING


def test_gathering_hands_every_organ_its_own_evidence_only() -> None:
    one = visit(at("02-21"), shows=[URL])
    shared = replace(one, organs=("tc", "other"), year=2023)
    gathered = Gathered("ogi", 2023, exemptions={"gone": "abolished"})
    gathered.add_visits([shared, replace(one, year=2022)])
    gathered.add_observations([seen(at("02-21")), replace(seen(at("02-21")), series="website")])
    assert (len(gathered.of("tc").visits), len(gathered.of("tc").observations)) == (1, 1)
    assert gathered.of("other").candidates == {} and gathered.of("gone").exempt == "abolished"
    assert judge(owed(), gathered.of("tc"), at("02-22")).versions == 1


def test_a_policy_with_faults_is_refused_with_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("missing: {visits: 0, days: 3}\nclaims: ['(']\nclaims_from: '13-40'\nextra: 1\n", encoding="utf-8")
    with pytest.raises(RegistryFaults) as refused:
        load_policy(path)
    assert [(fault.line, fault.column_name) for fault in refused.value.faults] == [
        (1, None),
        (1, None),
        (1, "visits"),
        (1, "max_age_days"),
        (1, "visits"),
        (1, "round_hours"),
        (1, "grace_hours"),
        (1, "days"),
        (2, "claims"),
        (3, "claims_from"),
        (4, "extra"),
    ]
