"""The graphs of functional models: their nodes in the order in which they were made, and what these read."""

# mypy: ignore-errors

from __future__ import annotations

from .watching import MADE_NODES, flat, is_of_user


def graph_of(layer):
    """The graph of a functional model, or of a sequential one whose input is known."""
    from keras.src.models.functional import Functional
    from keras.src.models.sequential import Sequential

    if isinstance(layer, Sequential):
        return getattr(layer, "_functional", None)
    if isinstance(layer, Functional) and not is_of_user(layer):
        return layer
    return None


def parts_of(layer):
    from keras.src.models.sequential import Sequential

    return list(layer.layers) if isinstance(layer, Sequential) and not is_of_user(layer) else None


def ancestors(tensors, inputs=()):
    """The nodes that lead to tensors, in their order, and the inputs among these.

    A graph that was made before anybody looked has its nodes one branch after the other.
    """
    from keras import KerasTensor

    tensors = [one for one in tensors if isinstance(one, KerasTensor)]
    nodes, roots, waiting = {}, {}, list(reversed(tensors))
    while waiting:
        tensor = waiting[-1]
        node = None if id(tensor) in inputs else node_of(tensor)
        if node is None or node.is_input:
            roots[id(tensor)] = tensor
            waiting.pop()
        elif id(node) in nodes:
            waiting.pop()
        else:
            before = [one for one in read_by(node) if not is_done(one, nodes, roots)]
            waiting += reversed(before)
            if not before:
                nodes[id(node)] = node
    made = list(nodes.values())
    if all(id(node) in MADE_NODES for node in made):
        made.sort(key=lambda node: MADE_NODES[id(node)][0])
    return made, sorted(roots.values(), key=number_of)


def is_done(tensor, nodes, roots):
    return id(tensor) in roots or id(node_of(tensor)) in nodes


def read_by(node):
    """The tensors that a call reads; no masks, which change no shape and no count."""
    from keras import KerasTensor

    kwargs = {name: value for name, value in node.arguments.kwargs.items() if not is_mask(name, value)}
    return [one for one in flat((node.arguments.args, kwargs)) if isinstance(one, KerasTensor)]


def is_mask(name, value):
    from keras import KerasTensor

    return name.endswith("mask") and any(one is None or isinstance(one, KerasTensor) for one in flat(value))


def node_of(tensor):
    history = getattr(tensor, "_keras_history", None)
    if history is None or history.operation is None:
        return None
    return history.operation._inbound_nodes[history.node_index]


def number_of(tensor):
    node = node_of(tensor)
    return -1 if node is None else MADE_NODES.get(id(node), (0, None))[0]
