"""How quickly pywb finds an address in a CDXJ file; run by pywb's own Python. Prints milliseconds of CPU.

python pywb_lookup.py FILE.cdxj < urlkeys
"""

from __future__ import annotations

import sys
import time

from pywb.warcserver.index.indexsource import FileIndexSource  # type: ignore[import-not-found,unused-ignore]

source = FileIndexSource(sys.argv[1])
for line in sys.stdin.buffer.read().splitlines():
    begun = time.process_time()
    found = list(source.load_index({"key": line, "end_key": line + b"!"}))
    print((time.process_time() - begun) * 1000)
    assert found, line
