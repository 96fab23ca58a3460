"""The archive and the index over it: WARC files, captures, visits, readings, verdicts. ORM objects stay in here."""
