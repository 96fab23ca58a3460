"""How reports are found on a portal: what a listing shows, which links are candidates, when we could not look."""
