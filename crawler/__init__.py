"""The engine room and composition root: configuration, clock, crawl processes, rounds, scheduler, command line."""
