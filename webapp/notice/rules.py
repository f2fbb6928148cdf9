"""Which moves are told to whom. Pure facts.

The unit (owner, sender, camat) hears of every move but those that only say where a case lies on a desk; who decided on
a case hears what others make of it afterwards; who may answer objections hears of a new one; whose lock ran out hears
that; who is on a visit hears when the case moves away.
"""

from webapp.evidence.rules import Move

# Drafts are the unit's own business, a desk's lock is the desk's, and sealing a period is told where the period is.
UNTOLD = frozenset({Move.CREATE, Move.TAKE, Move.RELEASE, Move.LOCK})
FOR_THE_UNIT = frozenset(Move) - UNTOLD
FOR_WHO_DECIDED = frozenset(Move) - UNTOLD
KEPT_DAYS = 90  # older moves are in the history of their cases
LOOKED_BACK = 2_000  # moves that the count beside the bell looks at, at most
MOST_COUNTED = 99
