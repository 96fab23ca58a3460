"""What is owed held against what was seen: assessments with their evidence, the events between them, and why. Pure."""

from compliance.changes import changes
from compliance.evidence import REFUSED, Evidence, Gathered
from compliance.explain import Explanation, explain
from compliance.judge import judge

__all__ = ["REFUSED", "Evidence", "Explanation", "Gathered", "changes", "explain", "judge"]
