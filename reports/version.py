"""The reader's version: readings are kept under it, and everything archived is read again when it rises."""

VERSION = "7"
