"""Who goes where, and in what order: distances as the crow flies, since no road is known here. Pure.

The solvers are networkx's (tour heuristics with a fixed seed; a flow for who visits what), so that the same day gives
the same routes. It is imported where it is needed: a server that plans nothing does not load it.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from geo.values import LonLat, metres_apart

_SEED = 1
_HOME = -1  # the node where routes begin
_ROUNDS = 6  # outer rounds of the tour heuristic without a better tour before it rests
_TRIES = 20  # moves tried per round, times the stops


def path_metres(places: Sequence[LonLat]) -> float:
    """The length of a path through the places as they stand, in metres as the crow flies."""
    return sum(metres_apart(one, other) for one, other in pairwise(places))


def route(start: LonLat | None, stops: Sequence[LonLat]) -> list[int]:
    """A short order in which to visit the stops, as their indexes: an open path from `start`, which nobody need return
    to. Without a start it begins wherever is best. Never longer than the stops as they were given.
    """
    if len(stops) < 2:
        return list(range(len(stops)))
    given = list(range(len(stops)))
    tours = [given, *_tours(start, stops)]
    return min(tours, key=lambda order: path_metres(_walked(start, stops, order)))


def shared_out(
    places: Sequence[LonLat | None], allowed: Sequence[frozenset[int]], people: int, start: LonLat | None
) -> list[int | None]:
    """Who visits each place: the index of a person, None where nobody may.

    `allowed`: per place who may go there. Everybody gets about as many places, near to each other, as the conflicts
    leave room for: one long route is cut into as many pieces as there are people, and a flow of least cost gives each
    place to the piece whose middle is nearest, at most a fair share to each. What finds no room there goes to whoever
    of those allowed has least.
    """
    middles = _middles(places, people, start)
    given = _flow(places, allowed, middles)
    load = [given.count(person) for person in range(people)]
    for at, able in enumerate(allowed):
        if given[at] is None and able:
            person = min(able, key=lambda one: (load[one], _metres(places[at], middles[one]), one))
            given[at], load[person] = person, load[person] + 1
    return given


def _walked(start: LonLat | None, stops: Sequence[LonLat], order: Sequence[int]) -> list[LonLat]:
    return ([start] if start else []) + [stops[at] for at in order]


def _tours(start: LonLat | None, stops: Sequence[LonLat]) -> list[list[int]]:
    """Tours of the heuristics. The way home costs nothing, which makes a round trip of the open path we want."""
    import networkx as nx
    from networkx.algorithms import approximation

    graph = nx.DiGraph()
    for one, here in enumerate(stops):
        graph.add_edge(_HOME, one, weight=_metres(start, here))
        graph.add_edge(one, _HOME, weight=0.0)
        for other, there in enumerate(stops):
            if one != other:
                graph.add_edge(one, other, weight=metres_apart(here, there))
    greedy = approximation.greedy_tsp(graph, source=_HOME)
    leg = path_metres(_walked(start, stops, greedy[1:-1])) / len(stops)
    better = approximation.threshold_accepting_tsp(
        graph, greedy, source=_HOME, threshold=leg / 5, alpha=0.2, move=_turned, max_iterations=_ROUNDS,
        N_inner=_TRIES * len(stops), seed=_SEED,
    )  # fmt: skip
    return [[int(node) for node in tour[1:-1]] for tour in (greedy, better)]


def _turned(tour: list[int], chance: Any) -> list[int]:
    """A neighbour of a tour: one piece of it walked the other way round. A copy: the moves that networkx 3.6 brings
    change the tour at hand, so that a worse one cannot be refused.
    """
    first, last = sorted(chance.sample(range(1, len(tour) - 1), k=2))
    return [*tour[:first], *reversed(tour[first : last + 1]), *tour[last + 1 :]]


def _metres(one: LonLat | None, other: LonLat | None) -> float:
    """The distance, 0 where one of the two has no place."""
    return metres_apart(one, other) if one and other else 0.0


def _middles(places: Sequence[LonLat | None], people: int, start: LonLat | None) -> list[LonLat | None]:
    """The middle of each person's piece of one long route."""
    known = [place for place in places if place is not None]
    order = route(start, known) if len(known) <= _MOST_IN_ONE_ROUTE else _swept(known)
    size = -(-len(known) // people) or 1
    pieces = [order[at * size : (at + 1) * size] for at in range(people)]
    return [_middle([known[at] for at in piece]) for piece in pieces]


_MOST_IN_ONE_ROUTE = 60


def _swept(places: Sequence[LonLat]) -> list[int]:
    """Many places in a rough order: strips of a tenth of a degree, there and back."""
    return sorted(
        range(len(places)),
        key=lambda at: (strip := int(places[at].lon * 10), places[at].lat * (1 if strip % 2 else -1), at),
    )


def _middle(places: Sequence[LonLat]) -> LonLat | None:
    if not places:
        return None
    return LonLat(sum(one.lon for one in places) / len(places), sum(one.lat for one in places) / len(places))


def _flow(
    places: Sequence[LonLat | None], allowed: Sequence[frozenset[int]], middles: Sequence[LonLat | None]
) -> list[int | None]:
    import networkx as nx

    graph, fair = nx.DiGraph(), -(-len(places) // len(middles))
    for person in range(len(middles)):
        graph.add_edge(("person", person), "all", capacity=fair)
    for at, able in enumerate(allowed):
        graph.add_edge("none", ("place", at), capacity=1)
        for person in able:
            cost = round(_metres(places[at], middles[person]))
            graph.add_edge(("place", at), ("person", person), capacity=1, weight=cost)
    if not places:
        return []
    sent = nx.max_flow_min_cost(graph, "none", "all")
    return [
        next((person for person in sorted(able) if sent["place", at][("person", person)]), None)
        for at, able in enumerate(allowed)
    ]
