"""Who owes what and where it is looked for: organs, series, due rules, titles, calendars. Data and strict loaders."""
