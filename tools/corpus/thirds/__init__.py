"""A third family of labelled documents, by a hand that had not read the reader: what portals, offices and printers make of the same form.

It knows the form by its own words only, and asks nothing of `reports`.
"""
