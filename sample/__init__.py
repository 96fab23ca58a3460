"""The sample province: a web of its own on loopback, with a clock, scripted events and the truth about them.

An independent witness: it shares no code with the reader or the judge, and its truth is written by hand.
"""

from sample.errors import Fault, PortBusy, ProvinceFaults, SampleError
from sample.load import load_province
from sample.model import Expectation, Province, Truth
from sample.serve import Running, running

__all__ = [
    "Expectation",
    "Fault",
    "PortBusy",
    "Province",
    "ProvinceFaults",
    "Running",
    "SampleError",
    "Truth",
    "load_province",
    "running",
]
