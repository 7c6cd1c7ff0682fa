"""The condition that rows of a sweep must fulfil, in the spec's own language: `macs < 300M and depth > 9`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cnn_shapes.diagnostics import closest, render
from cnn_shapes.language.expressions.error import ExpressionError
from cnn_shapes.language.expressions.parsing import parse
from cnn_shapes.language.quantities import without_units
from cnn_shapes.sweeps.space import BadSpace

_OPTION = "--where"
RECEPTIVE_FIELD = "receptive_field"


class Condition:
    """A parsed condition over params, which win where they are called as a figure, and figures.

    Raises BadSpace for what cannot be read, and for names that nothing has.
    """

    def __init__(self, text: str, params: Sequence[str], figures: Sequence[str]) -> None:
        self.is_empty = not text.strip()
        if self.is_empty:
            return
        self._params = frozenset(params)
        try:
            self._expression = parse(without_units(text))
        except ExpressionError as error:
            raise BadSpace(_told(error), _OPTION) from None
        known = [*dict.fromkeys((*params, *figures))]
        for name in sorted(self._expression.names):
            if name not in known:
                near = closest(name, known)
                hint = f"did you mean {near}?" if near else f"it may have {', '.join(known)}"
                raise BadSpace(f"nothing is called {name} in a condition: {hint}", _OPTION)
        self._figures = [name for name in figures if name in self._expression.names - self._params]

    def holds(
        self, params: Mapping[str, Any], figures: Mapping[str, Any], other: Callable[[str], int]
    ) -> bool:
        """Whether the condition holds. `other` gives the figures that a row has not. Raises BadSpace."""
        names = {name: params[name] for name in self._params if name in params}
        for name in self._figures:
            names[name] = _value(name, figures[name] if name in figures else other(name))
        try:
            found = self._expression.evaluate(names)
        except ExpressionError as error:
            raise BadSpace(_told(error), _OPTION) from None
        if not isinstance(found, bool):
            raise BadSpace(
                f"a condition is true or false, and this is {found}: {self._expression.text}", _OPTION
            )
        return found


def _value(name: str, value: Any) -> Any:
    """A figure as an expression has it: sizes as a list, of a receptive field that of its smallest axis."""
    if name == RECEPTIVE_FIELD:
        return min(value or (0,))
    return list(value or ()) if value is None or isinstance(value, tuple) else value


def _told(error: ExpressionError) -> str:
    return render(error.template, error.facts)
