"""Breadth first through all states, so that the first play that is found is a shortest one."""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass, field
from itertools import pairwise

from tests.model.parts import Variant, pack, unpack
from tests.model.steps import Model, Step


@dataclass
class Found:
    """What an exploration found. ``play`` leads to the broken promise, if one is broken."""

    variant: Variant
    states: int = 0
    edges: int = 0
    depth: int = 0
    seconds: float = 0.0
    complete: bool = False
    broken: str = ""
    play: list[Step] = field(default_factory=list)


class Exploration:
    """The states that were reached, each with the state before it and the next one in a fair world."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.numbers: dict[int, int] = {}
        self.states: list[int] = []  # packed, in the order in which they were reached
        self.parents = array("L")
        self.fair = array("L")

    def run(self, most: int) -> Found:
        found = Found(self.model.world.variant)
        begun = time.perf_counter()
        found.broken = self._explore(most, found) or self._stuck(found)
        found.seconds = time.perf_counter() - begun
        found.states = len(self.states)
        return found

    def _explore(self, most: int, found: Found) -> str:
        model, numbers, states, parents = self.model, self.numbers, self.states, self.parents
        broken_by = model.promises.broken
        first = pack(model.world.first)
        numbers[first] = 0
        states.append(first)
        parents.append(0)
        at, level_end = 0, 1
        while at < len(states):
            if at == level_end:
                found.depth, level_end = found.depth + 1, len(states)
            if len(states) > most:
                return ""
            fair = -1
            for step in model.steps(unpack(states[at])):
                found.edges += 1
                packed = pack(step.state)
                number = numbers.get(packed, -1)
                if number < 0:
                    number = numbers[packed] = len(states)
                    states.append(packed)
                    parents.append(at)
                    broken = step.broken or broken_by(step.state)
                else:
                    broken = step.broken
                if fair < 0:
                    fair = number
                if broken:
                    found.play = [*self.play(at), step]
                    return broken
            self.fair.append(max(fair, 0))
            at += 1
        found.complete = True
        return ""

    def play(self, number: int) -> list[Step]:
        """Return the steps that lead to this state."""
        path = [number]
        while path[-1]:
            path.append(self.parents[path[-1]])
        path.reverse()
        return [self._step(one, other) for one, other in pairwise(path)]

    def _step(self, one: int, other: int) -> Step:
        steps = self.model.steps(unpack(self.states[one]))
        return next(step for step in steps if pack(step.state) == self.states[other])

    def _stuck(self, found: Found) -> str:
        """Follow the fair world from every state: it must bring the counter to rest."""
        if not found.complete:
            return ""
        unknown, rests = 0, 1
        known = bytearray(len(self.states))
        for number, packed in enumerate(self.states):
            known[number] = self.model.promises.is_at_rest(unpack(packed))
        for number in range(len(self.states)):
            path = []
            at = number
            while known[at] == unknown:
                known[at] = 2  # on the way
                path.append(at)
                at = self.fair[at]
            if known[at] == 2:
                circle = path[path.index(at) :]
                found.play = [*self.play(at), *(self._step(it, self.fair[it]) for it in circle)]
                return "a fair world brings the counter to rest"
            for each in path:
                known[each] = rests
        return ""
