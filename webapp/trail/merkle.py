"""The Merkle tree of RFC 6962, section 2.1. Whoever calls says how to come by the hash of a complete subtree.

A subtree is named by its height and its number among those of that height: (0, 5) is the sixth leaf, (3, 1) the hash
over leaves 8 to 15.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

Node = Callable[[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """Of one leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def above(left: bytes, right: bytes) -> bytes:
    """Of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete(hashes: Sequence[bytes]) -> bytes:
    """Of a complete subtree, from the hashes of one of its levels: as many as a power of two."""
    level = list(hashes)
    while len(level) > 1:
        level = [above(level[at], level[at + 1]) for at in range(0, len(level), 2)]
    return level[0]


def root(size: int, node: Node) -> bytes:
    """Of the first `size` leaves."""
    return EMPTY if size == 0 else _range(0, size, node)


def inclusion(position: int, size: int, node: Node) -> list[bytes]:
    """PATH(position, D[size]): the hashes that lead from a leaf to the root, from below. 0 <= position < size."""
    if not 0 <= position < size:
        raise ValueError(f"no leaf {position} in a tree of {size}")
    return [_range(first, end, node) for first, end in _siblings(position, size)]


def _siblings(position: int, size: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if position < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((first, middle))
            first = middle
    return found[::-1]


def consistency(old: int, size: int, node: Node) -> list[bytes]:
    """PROOF(old, D[size]): that the first `old` leaves are still what they were. 0 < old <= size."""
    if not 0 < old <= size:
        raise ValueError(f"no tree of {old} within one of {size}")
    return list(_subproof(old, 0, size, node, whole=True))


def _subproof(old: int, first: int, end: int, node: Node, *, whole: bool) -> Iterator[bytes]:
    size = end - first
    if old == size:
        if not whole:
            yield _range(first, end, node)
        return
    split = _split(size)
    if old <= split:
        yield from _subproof(old, first, first + split, node, whole=whole)
        yield _range(first + split, end, node)
    else:
        yield from _subproof(old - split, first + split, end, node, whole=False)
        yield _range(first, first + split, node)


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _range(first: int, end: int, node: Node) -> bytes:
    """Of the leaves from `first` up to `end`; `first` is where such a range may begin."""
    size = end - first
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return node(height, first >> height)
    middle = first + _split(size)
    return above(_range(first, middle, node), _range(middle, end, node))


def includes(leaf: bytes, position: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves the leaf (its hash) at that position under the root: RFC 9162, 2.1.3.2."""
    if not 0 <= position < size:
        return False
    at, last, made = position, size - 1, leaf
    for one in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            made = above(one, made)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            made = above(made, one)
        at, last = at >> 1, last >> 1
    return last == 0 and made == root


def extends(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of `size` goes on from that of `old`: RFC 9162, 2.1.4.2."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    left = right = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            left, right = above(one, left), above(one, right)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            right = above(right, one)
        at, last = at >> 1, last >> 1
    return last == 0 and left == old_root and right == root
