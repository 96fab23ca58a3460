"""What is owed held against what was seen: assessments with their evidence, the events between them, and why. Pure."""

from compliance.changes import changes, past_statute
from compliance.evidence import REFUSED, Evidence, Gathered
from compliance.explain import Explanation, explain
from compliance.grounds import grounds
from compliance.judge import judge, released

__all__ = [
    "REFUSED",
    "Evidence",
    "Explanation",
    "Gathered",
    "changes",
    "explain",
    "grounds",
    "judge",
    "past_statute",
    "released",
]
