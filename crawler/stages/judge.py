"""Judge: every obligation held against the evidence up to the moment, and what changed since it was judged before."""
