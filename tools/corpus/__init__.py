"""A labelled corpus of made-up reports: true figures, known faults, many formats. Same seed, same bytes (PDF apart)."""
