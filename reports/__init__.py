"""Reading and checking a report: bytes in, a Report with findings out. No network, database, clock or environment."""

from reports.checks.rollup import check_rollup
from reports.checks.years import check_years
from reports.compare import Difference, differences, weigh
from reports.contract import dump, load, to_json
from reports.model import Cause, Cell, Figure, Finding, Place, Report, Section, Severity, Unreadable
from reports.read import read_report

__all__ = [
    "Cause",
    "Cell",
    "Difference",
    "Figure",
    "Finding",
    "Place",
    "Report",
    "Section",
    "Severity",
    "Unreadable",
    "check_rollup",
    "check_years",
    "differences",
    "dump",
    "load",
    "read_report",
    "to_json",
    "weigh",
]
