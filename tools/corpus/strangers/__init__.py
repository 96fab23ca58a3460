"""A second family of documents, written without knowing how the reader works: as varied as portals are.

Figures, faults and labels are the corpus's own; only what is put on paper, and how, is another hand's.
"""
