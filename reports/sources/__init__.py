"""One reader a kind of document: bytes in, `Document` out."""
