"""The trail: a Merkle tree (RFC 6962) over every line of history, with signed heads. See migration 0140.

`services` numbers leaves, signs heads and publishes them; `verifying` is separate code that finds what was altered.
"""
