"""Durable executions in memory: steps are checkpointed in a journal, and a handler that is run again replays it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_durable_execution_sdk_python.exceptions import InvokeError, StepError

from pratique.errors import PratiqueError

_TRIES = 4


@dataclass
class Journal:
    """What an execution has checkpointed: results and errors by the operation's place.

    ``before`` is called before an operation is carried out, ``after`` before its result is kept: a crash there loses
    the result and not the work.  ``contexts`` counts the maps and their branches, whose ends are checkpointed too.
    """

    kept: dict[str, tuple[bool, Any]] = field(default_factory=dict)
    contexts: int = 0
    before: Callable[[str], None] = lambda _place: None
    after: Callable[[str], None] = lambda _place: None


class Batch:
    """The results of a map."""

    def __init__(self, results: list[Any]) -> None:
        self._results = results

    def get_results(self) -> list[Any]:
        return self._results


class MemoryContext:
    """What handlers use of a durable context; operations are carried out one after the other."""

    def __init__(
        self,
        journal: Journal,
        invoke: Callable[[str, dict[str, Any], str], Any],
        wait: Callable[[float], None],
        place: str = "",
    ) -> None:
        self._journal = journal
        self._invoke = invoke
        self._wait = wait
        self._place = place
        self._count = 0

    def step(self, work: Callable[[Any], Any], *, name: str, config: object = None) -> Any:
        def tried() -> Any:
            for attempt in range(_TRIES):
                try:
                    return work(None)
                except PratiqueError as error:
                    if attempt == _TRIES - 1:
                        raise StepError(str(error)) from error
                    self._wait(2.0**attempt)
            raise AssertionError

        return self._once(name, tried, StepError)

    def invoke(self, function: str, payload: dict[str, Any], *, name: str) -> Any:
        place = f"{self._place}/{name}-{self._count}"

        def called() -> Any:
            try:
                return self._invoke(function, json.loads(json.dumps(payload)), place)
            except Exception as error:
                raise InvokeError(f"{type(error).__name__}: {error}") from error

        return self._once(name, called, InvokeError)

    def map(self, items: Sequence[Any], work: Callable[..., Any], *, name: str, config: object = None) -> Batch:
        results = []
        for index, item in enumerate(items):
            child = MemoryContext(
                self._journal, self._invoke, self._wait, f"{self._place}/{name}-{self._count}.{index}"
            )
            results.append(work(child, item, index, items))
        self._count += 1
        self._journal.contexts += 1 + len(items)
        return Batch(results)

    def wait(self, duration: Any) -> None:
        self._wait(float(duration.to_seconds()))

    def _once(self, name: str, work: Callable[[], Any], kind: type[StepError | InvokeError]) -> Any:
        place = f"{self._place}/{name}-{self._count}"
        self._count += 1
        if place not in self._journal.kept:
            self._journal.before(place)
            try:
                kept = (True, json.loads(json.dumps(work())))
            except kind as error:
                kept = (False, str(error))
            self._journal.after(place)
            self._journal.kept[place] = kept
        good, value = self._journal.kept[place]
        if good:
            return value
        raise kind(value)
