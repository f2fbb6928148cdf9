"""Our tree against an independent one, and the vectors that Certificate Transparency is tested with."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from webapp.trail import merkle

VECTOR = [bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Leaves:
    """Hashes in memory, as the tree asks for them."""

    def __init__(self, count: int) -> None:
        self.hashes = [merkle.leaf_hash(b"%d" % number) for number in range(count)]

    def node(self, height: int, number: int) -> bytes:
        return merkle.complete(self.hashes[number << height : (number + 1) << height])


def theirs(count: int) -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for number in range(count):
        tree.append_entry(b"%d" % number)
    return tree


def test_the_known_vectors_have_the_known_roots() -> None:
    leaves = Leaves(0)
    leaves.hashes = [merkle.leaf_hash(one) for one in VECTOR]
    assert [merkle.root(size, leaves.node).hex() for size in range(1, 9)] == ROOTS
    assert merkle.root(0, leaves.node) == hashlib.sha256(b"").digest()


def test_every_proof_up_to_forty_leaves_is_theirs() -> None:
    leaves, other = Leaves(40), theirs(40)
    for size in range(1, 41):
        root = merkle.root(size, leaves.node)
        assert root == other.get_root(size)
        for position in range(size):
            path = merkle.inclusion(position, size, leaves.node)
            assert merkle.includes(leaves.hashes[position], position, size, path, root)
            assert path == other.prove_inclusion(position + 1, size).path[1:]
        for old in range(1, size + 1):
            proof = merkle.consistency(old, size, leaves.node)
            assert merkle.extends(old, size, merkle.root(old, leaves.node), root, proof)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_they_accept_our_tree_and_we_theirs_at_any_size(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 700))
    old, position = data.draw(st.integers(1, size)), data.draw(st.integers(0, size - 1))
    leaves, other = Leaves(size), theirs(size)
    root, before = merkle.root(size, leaves.node), merkle.root(old, leaves.node)
    assert (root, before) == (other.get_root(size), other.get_root(old))
    verify_inclusion(leaves.hashes[position], root, other.prove_inclusion(position + 1, size))
    verify_consistency(before, root, other.prove_consistency(old, size))
    assert merkle.extends(old, size, before, root, merkle.consistency(old, size, leaves.node))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_proof_for_something_else_proves_nothing(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 300))
    position = data.draw(st.integers(0, size - 1))
    leaves = Leaves(size)
    root, path = merkle.root(size, leaves.node), merkle.inclusion(position, size, leaves.node)
    leaf = leaves.hashes[position]
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != position))
    broken = data.draw(st.integers(0, len(path) - 1))
    assert not merkle.includes(leaves.hashes[other], position, size, path, root)
    assert not merkle.includes(leaf, size, size, path, root)
    assert not merkle.includes(leaf, position, size, path[:-1], root)
    assert not merkle.includes(leaf, position, size, [*path, root], root)
    assert not merkle.includes(leaf, position, size, [*path[:broken], leaf, *path[broken + 1 :]], root)
    old = data.draw(st.integers(1, size - 1))
    proof, before = merkle.consistency(old, size, leaves.node), merkle.root(old, leaves.node)
    assert not merkle.extends(old, size, root, before, proof)
    assert not merkle.extends(old, size, before, root, proof[:-1])
    assert not merkle.extends(old, size, before, root, [*proof, root])
