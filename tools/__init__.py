"""Programs for those who work on Nianbao; nothing here is installed."""
