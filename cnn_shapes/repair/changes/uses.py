"""The layers whose fields a number is handed to: through the calls of blocks, name by name."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_shapes.language.entry import BLOCK, Item
from cnn_shapes.language.spec import Spec
from cnn_shapes.network import Network, Node
from cnn_shapes.repair.changes.neighbours import PRICED
from cnn_shapes.repair.changes.prices import item_of

Use = tuple[Node, str]  # a layer and its field


class Uses:
    """For each value that is handed on, the layers that get it as it is."""

    def __init__(self, spec: Spec, network: Network) -> None:
        self._by_value: dict[int, list[Use]] = {}
        for node in network.layers:
            item, layer = item_of(node), node.layer
            if item is None or layer is None or item.kind != node.kind:
                continue
            for name, field in layer.fields.items():
                if field.role in PRICED and name in item.settings:
                    self._follow(spec, node, item, name)

    def _follow(self, spec: Spec, node: Node, item: Item, field: str) -> None:
        """Note a field of a layer under every value that it is handed through."""
        name = _name_in(item, field)
        group = node.group
        while name is not None and group is not None:
            call = group.place
            group = group.parent
            if not isinstance(call, Item) or call.form != BLOCK:
                continue
            setting = call.settings.get(name)
            if setting is None:
                default = spec.blocks[call.kind].params.get(name) if call.kind in spec.blocks else None
                if default is not None:
                    self._by_value.setdefault(id(default.node), []).append((node, field))
                return
            self._by_value.setdefault(id(setting.value.node), []).append((node, field))
            name = _name_in(call, name)
        if name is not None and name in spec.param_nodes:
            self._by_value.setdefault(id(spec.param_nodes[name][1]), []).append((node, field))

    def of(self, value: object) -> Sequence[Use]:
        """The layers that get a value of the text, each with its field."""
        return self._by_value.get(id(value), ())


def _name_in(item: Item, field: str) -> str | None:
    """The name that a field is given; None where it is given something else."""
    setting = item.settings.get(field)
    value = setting.value if setting is not None else None
    if value is not None and value.origin is not None:
        value = value.origin
    return value.expression.name if value is not None and value.expression is not None else None
