"""The groups that the names of Keras' layers say: conv2_block1_1_conv is in block1, that in conv2."""

from __future__ import annotations

import re

from cnn_shapes.importing.recording import ModuleCall

# words, of which the last has a number: block1a_, conv2_, stage_0_, expanded_conv_1_
_UNIT = re.compile(r"((?:[A-Za-z]+_)*?[A-Za-z]+)(_?\d+[a-z]?)_(?=.)")


def units_of(name: str, outer: str) -> list[ModuleCall]:
    """The groups that a layer's name begins with, outermost first, inside the model `outer`.

    `conv2d_17` is in none: its number is Keras' own.
    """
    found, place = [], 0
    while (unit := _UNIT.match(name, place)) is not None:
        place = unit.end()
        path = name[: place - 1]
        words = "".join(word.capitalize() for word in unit[1].split("_"))
        found.append(ModuleCall(f"{outer}.{path}" if outer else path, words, False, 1, None))
    return found
