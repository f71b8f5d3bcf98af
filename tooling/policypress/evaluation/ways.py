"""Ways to a verdict, and how they combine: sets of answers that give a node a verdict whatever the other answers are.

Of two ways, one is enough where it takes no more questions of its own and its shared answers are among the other's;
that keeps ordinary trees linear. The result is exact up to `MOST` ways at one node; beyond, `cut` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

MOST = 1000
Way = frozenset[tuple[str, str]]  # (question, answer)
Ways = tuple[Way, ...]
NOTHING: Ways = (frozenset(),)


class Combining:
    """Combines ways of up to `size` answers.

    `ranks` are the places of the questions in reading order, `shared` those that count in more than one place,
    `pointed` those that stand for whole sections or groups. `bounded` tells whether longer ways were left out.
    """

    def __init__(self, ranks: Mapping[str, int], shared: Iterable[str], pointed: Iterable[str], size: int) -> None:
        self.ranks = ranks
        self.shared = frozenset(shared)
        self.pointed = frozenset(pointed)
        self.size = size
        self.bounded = False
        self.cut = False

    def several(self, n: int, parts: Sequence[Ways]) -> Ways:
        """Return the ways to take one way of each of n parts."""
        reached: list[Ways] = [NOTHING, *([()] * n)]
        for part in parts:
            for count in range(n, 0, -1):
                reached[count] = self.fewest(reached[count], self.joined([reached[count - 1], part]))
        return reached[n]

    def joined(self, parts: Sequence[Ways]) -> Ways:
        """Return every way to take one way of each part, where they agree on shared questions."""
        if not all(parts):
            return ()
        parts = sorted(parts, key=len)
        own = [min(len(self._private(way)) for way in part) for part in parts]
        found = NOTHING
        for place, part in enumerate(parts):
            room = self.size - sum(own[place + 1 :])
            found = self.fewest([one | other for one in found for other in part if _agree(one, other)], room=room)
        return found

    def fewest(self, *several: Iterable[Way], room: int | None = None) -> Ways:
        """Drop ways that are too long for the room, and those that another makes needless; in a fixed order."""
        room = self.size if room is None else room
        best: dict[Way, Way] = {}  # by shared answers
        for ways in several:
            for way in ways:
                if len(way) > room:
                    self.bounded = True
                    continue
                shared = way - self._private(way)
                if shared not in best or self.order(way) < self.order(best[shared]):
                    best[shared] = way
        kept: list[tuple[Way, Way]] = []
        for shared, way in sorted(best.items(), key=lambda pair: (len(pair[0]), self.order(pair[1]))):
            own = len(way) - len(shared)
            if not any(other <= shared and len(one) - len(other) <= own for other, one in kept):
                kept.append((shared, way))
        if len(kept) > MOST:
            self.cut = True
        return tuple(way for _, way in kept[:MOST])

    def _private(self, way: Way) -> Way:
        return frozenset(answer for answer in way if answer[0] not in self.shared)

    def order(self, way: Way) -> tuple[int, int, list[tuple[int, str]]]:
        """Fewest first; then those that answer criteria themselves; then in reading order, met before not met."""
        pointed = sum(fact in self.pointed for fact, _ in way)
        return len(way), pointed, sorted((self.ranks[fact], value) for fact, value in way)

    def one_and_all(self, wanted: Sequence[Ways], allowed: Sequence[Ways]) -> Ways:
        """Return the ways to take one way of each allowed part, and one of them of a wanted part."""
        return self.fewest(
            *(self.joined([ways, *allowed[:place], *allowed[place + 1 :]]) for place, ways in enumerate(wanted))
        )


def _agree(one: Way, other: Way) -> bool:
    answers = dict(one)
    return all(answers.get(fact, value) == value for fact, value in other)
