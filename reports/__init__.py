"""Reading and checking a report: bytes in, a Report with findings out. No network, database, clock or environment."""

from reports.contract import dump, load, to_json
from reports.model import Cause, Cell, Finding, Place, Report, Section, Severity, Unreadable
from reports.read import read_report

__all__ = [
    "Cause",
    "Cell",
    "Finding",
    "Place",
    "Report",
    "Section",
    "Severity",
    "Unreadable",
    "dump",
    "load",
    "read_report",
    "to_json",
]
