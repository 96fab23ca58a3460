"""The database's forms, one file a step. `HEAD` is the newest; a test holds it to what the files say."""

HEAD = "0006"
