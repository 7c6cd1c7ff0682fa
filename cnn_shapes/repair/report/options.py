"""What a repair may change, and what must come out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import format_sizes, no_such, short_path
from cnn_shapes.language.reading.input import parse_sizes
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers import KINDS
from cnn_shapes.network import Network, Node, check_expectation, fits, numbered
from cnn_shapes.repair.changes.costs import COSTS
from cnn_shapes.shapes import UNKNOWN, Shape
from cnn_shapes.words import say


class Options(NamedTuple):
    """`keep` and `only` name fields. `target`: a layer's name ("" for the last feature map) and sizes.

    `notes`: clues about numbers are wanted, too.
    """

    keep: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    keep_output: bool = False
    target: tuple[str, tuple[int, ...]] | None = None
    most: int = 3
    bound: int = 350_000
    notes: bool = False

    def allows(self, names: tuple[str, ...]) -> bool:
        """Whether a change of fields of these names is allowed."""
        if self.only and not any(name in self.only for name in names):
            return False
        return not any(name in self.keep for name in names)

    @property
    def restricts(self) -> bool:
        """Whether it is said what may change, or what must come out."""
        return bool(self.keep or self.only or self.asks)

    @property
    def asks(self) -> bool:
        """Whether more is wanted than a network without errors."""
        return self.keep_output or self.target is not None


class BadOption(ValueError):
    """An option that a spec has no use for; `option` names it as the command does."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option


def options_for(
    report: CheckResult,
    keep: Iterable[str] | None = None,
    only: Iterable[str] | None = None,
    keep_output: bool = False,
    target: str | None = None,
    most: int = Options().most,
) -> Options:
    """Options in a user's words: names of fields, and a target as `7x7` or `conv3=7x7`. Raises BadOption."""
    return Options(
        _fields(report, "--keep", keep),
        _fields(report, "--only", only),
        keep_output,
        None if target is None else _target(report, target),
        most,
    )


def _fields(report: CheckResult, option: str, written: Iterable[str] | None) -> frozenset[str]:
    """The fields that an option names, by the names that repairs know them by."""
    if written is None:
        return frozenset()
    known = changeable(report.spec)
    names = [name.strip() for name in written if name.strip()]
    for name in names:
        if name not in known:
            raise BadOption(option, no_such("field", name, sorted(known)))
    if not names:
        raise BadOption(option, "name fields, as in kernel_size,stride")
    return frozenset(known[name] for name in names)


def _target(report: CheckResult, written: str) -> tuple[str, tuple[int, ...]]:
    """The layer ("" for the last feature map) and the sizes of `conv3=7x7`."""
    name, named, text = written.rpartition("=")
    sizes = parse_sizes(text.strip()) if len(text) < 100 else None
    if sizes is None or (named and not name):
        raise BadOption("--target", f"expected 7x7 or NAME=7x7, found {written}")
    network = report.trace.network if report.trace is not None else None
    if network is None:
        return name, sizes
    node = target_node(network, name)
    if node is None and name in (numbers := numbered(network.layers)):  # as in the table
        node = numbers[name][-1]
        name = node.name
    if node is None and name:
        raise BadOption("--target", no_such("layer", name, [node.name for node in network.layers]))
    if node is None:
        raise BadOption("--target", "the network has no feature map: name a layer")
    rank = node.output.rank if node.output is not None else len(sizes)
    if len(sizes) == 1 and rank > 1:
        sizes *= rank
    if len(sizes) != rank:
        found = "x".join(map(str, sizes))
        raise BadOption("--target", f"{node.name} has {rank} spatial axes, {found} has {len(sizes)}")
    return name, sizes


def changeable(spec: Spec | None) -> dict[str, str]:
    """What --keep and --only may name, by the name it is known by: fields under any name, params."""
    names = {name: name for name in COSTS if " " not in name}
    for layer in KINDS.values():
        for field in layer.fields.values():
            if field.name in names:
                for alias in field.aliases:  # the padding of a convolution, not that of a pad
                    names.setdefault(alias, field.name)
    for block in spec.blocks.values() if spec is not None else ():
        names.update({name: name for name in (*block.params, *block.let)})
    names.update({name: name for name in (spec.params if spec is not None else ())})
    return names


def target_node(network: Network, name: str) -> Node | None:
    """The layer of this name; for "" the last feature map."""
    if name:
        return next((node for node in network.layers if node.name == name), None)
    maps = [node for node in network.layers if node.output is not None and node.output.rank]
    return maps[-1] if maps else None


def wanted_of(network: Network, options: Options) -> dict[str, Shape]:
    """The outputs that nodes must have in the end, by name. What is not known yet is any size."""
    wanted: dict[str, Shape] = {}
    if options.keep_output:
        for node in network.outputs:
            if node.output is not None and any(size != UNKNOWN for size in node.output):
                wanted[node.name] = node.output
    if options.target is not None:
        name, sizes = options.target
        target = target_node(network, name)
        if target is not None:
            wanted[target.name] = Shape((UNKNOWN, *sizes))
    return wanted


def expect(network: Network, wanted: Mapping[str, Shape]) -> None:
    """Assert the wanted outputs on their nodes: not to meet one is an error like any other."""
    for node in network.layers:
        if node.name in wanted and node.expected is None:
            node.expected = wanted[node.name]
            if node.error is None:
                check_expectation(node)


def not_met(network: Network, wanted: Mapping[str, Shape]) -> Iterator[str]:
    """Each wanted output that does not come out, in words: `conv2 at 8x8, not 7x7`."""
    outputs = {node.name: node.output for node in network.layers if node.name in wanted}
    for name, shape in wanted.items():
        output = outputs.get(name)
        if output is None or not fits(shape, output):
            template = "{name} at {size}, not {wanted}"
            if output is None:
                template = "{name} without a size, not {wanted}"
            yield say(
                template,
                name=short_path(name),
                size=format_sizes(output.sizes or output) if output is not None else "",
                wanted=format_sizes(shape.sizes or shape),
            )
