"""The hash tree against the vectors that certificate logs share, and against itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import merkle

INPUTS = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
HEADS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(bytes.fromhex(text)) for text in INPUTS]


@pytest.mark.parametrize("size", range(9))
def test_heads_are_those_of_the_published_vectors(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == HEADS[size]


leaves = st.integers(1, 70).map(lambda count: [merkle.leaf_hash(bytes([number])) for number in range(count)])


@given(leaves, st.data())
def test_every_leaf_is_provably_in_its_place_and_in_no_other(tree: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(tree) - 1))
    path, head = merkle.inclusion_proof(index, tree), merkle.root(tree)
    assert merkle.included(tree[index], index, len(tree), path, head)
    assert not merkle.included(merkle.leaf_hash(b"forged"), index, len(tree), path, head)
    other = data.draw(st.integers(-1, len(tree)).filter(lambda number: number != index))
    assert not merkle.included(tree[index], other, len(tree), path, head)
    assert not merkle.included(tree[index], index, len(tree), [*path, head], head)
    if path:
        assert not merkle.included(tree[index], index, len(tree), path[:-1], head)


@given(leaves, st.data())
def test_a_tree_provably_grew_out_of_each_of_its_beginnings(tree: list[bytes], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(tree)))
    proof = merkle.consistency_proof(first, tree)
    old, new = merkle.root(tree[:first]), merkle.root(tree)
    assert merkle.consistent(first, len(tree), old, new, proof)
    if first < len(tree):
        rewritten = merkle.root([merkle.leaf_hash(b"forged"), *tree[1:first]])
        assert not merkle.consistent(first, len(tree), rewritten, new, proof)


@given(st.integers(0, 70), st.sets(st.integers(0, 80)))
def test_heads_of_all_beginnings_come_from_one_pass(size: int, sizes: set[int]) -> None:
    tree = [merkle.leaf_hash(bytes([number])) for number in range(size)]
    expected = {first: merkle.root(tree[:first]) for first in sizes | {size} if first <= size}
    assert dict(merkle.heads(iter(tree), sizes)) == expected


def test_a_leaf_that_is_not_there_has_no_proof() -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(8, LEAVES)
    with pytest.raises(IndexError):
        merkle.consistency_proof(0, LEAVES)
