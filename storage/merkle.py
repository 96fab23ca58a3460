"""The hash tree of RFC 6962, section 2.1: heads, proofs that a leaf is in a tree, that one tree grew into another.

Pure: leaves in, hashes out. A verifier needs nothing but this file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The tree's head from its leaf hashes: MTH(D[n])."""
    [(_, head)] = heads(leaves)
    return head


def heads(leaves: Iterable[bytes], sizes: Iterable[int] = ()) -> Iterator[tuple[int, bytes]]:
    """(size, head) of the trees of the first `sizes` leaves, smallest first, and at last of the tree of all leaves.

    One pass, and no more in memory than one hash for each power of two: archives have many millions of leaves.
    """
    wanted, peaks, number = set(sizes), list[tuple[int, bytes]](), 0
    if 0 in wanted:
        yield 0, _united(peaks)
    for number, leaf in enumerate(leaves, start=1):
        height, node = 0, leaf
        while peaks and peaks[-1][0] == height:
            height, node = height + 1, node_hash(peaks.pop()[1], node)
        peaks.append((height, node))
        if number in wanted:
            yield number, _united(peaks)
    if number not in wanted:
        yield number, _united(peaks)


def _united(peaks: Sequence[tuple[int, bytes]]) -> bytes:
    if not peaks:
        return hashlib.sha256(b"").digest()
    head = peaks[-1][1]
    for _, node in reversed(peaks[:-1]):
        head = node_hash(node, head)
    return head


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path of the leaf at `index`, from the leaf upwards: PATH(m, D[n])."""
    return inclusion_proofs([index], leaves)[0]


def inclusion_proofs(indices: Sequence[int], leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The audit paths of several leaves; the tree is hashed once."""
    if not all(0 <= index < len(leaves) for index in indices):
        raise IndexError(f"not all of the leaves {list(indices)} are in a tree of {len(leaves)}")
    paths: list[list[bytes]] = [[] for _ in indices]
    level, depth = list(leaves), 0
    while len(level) > 1:
        for index, path in zip(indices, paths, strict=True):
            sibling = index >> depth ^ 1
            if sibling < len(level):
                path.append(level[sibling])
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level, depth = paired + level[len(paired) * 2 :], depth + 1
    return paths


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Whether the path proves that `leaf` stands at `index` of a tree of `size` with this head (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, result = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            result = node_hash(sibling, result)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and result == head


def consistency_proof(first: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The proof that the tree of the first `first` leaves is a beginning of this one: PROOF(m, D[n])."""
    if not 0 < first <= len(leaves):
        raise IndexError(f"no tree of {first} leaves within {len(leaves)}")
    return _subproof(first, leaves, whole=True)


def _subproof(first: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if first <= split:
        return [*_subproof(first, leaves[:split], whole=whole), root(leaves[split:])]
    return [*_subproof(first - split, leaves[split:], whole=False), root(leaves[:split])]


def consistent(first: int, second: int, head: bytes, later: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of `second` leaves with head `later` provably grew out of that of `first` with `head`."""
    if first == second:
        return head == later and not proof
    if not 0 < first < second or not proof:
        return False
    path = list(proof) if first & (first - 1) else [head, *proof]
    position, last = first - 1, second - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, node)
        position, last = position >> 1, last >> 1
    return last == 0 and old == head and new == later
