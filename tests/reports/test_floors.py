"""How well the reader does on a fixed corpus, against floors that only rise.

To lift them: `python -m tools.evaluate --seed 20 --count 6 --raise`.
"""

from __future__ import annotations

from tools.corpus.make import FORMATS
from tools.evaluate import below, evaluate, summary


def test_no_figure_falls_below_its_floor() -> None:
    assert below(summary(evaluate(20, 6, FORMATS, show=5))) == []
