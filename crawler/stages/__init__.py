"""The stages of a round: crawl, read, judge, notify. Each reads only what the one before it has durably written."""
