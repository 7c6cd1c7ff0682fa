"""Names of blocks: those of the classes, in letters that a name may have, and none that is taken."""

from __future__ import annotations

import re

from cnn_shapes.importing.recording import ModuleCall
from cnn_shapes.layers import ALIASES, VARIANTS
from cnn_shapes.layers.framework_classes import is_class
from cnn_shapes.layers.reserved import RESERVED

_UNWRITABLE = re.compile(r"[^A-Za-z0-9_]+")
_STAGES = ("", "features", "layer", "layers", "stage", "stages", "block", "blocks")
_LONGEST = 40
STAGE = "Stage"


def class_key(modules: tuple[ModuleCall, ...]) -> tuple[str, ...]:
    """What groups are told apart by: their class; of a container of torch its name in its own parent."""
    call = modules[-1]
    if not call.of_torch:
        return (call.class_name,)
    attribute = "".join(sign for sign in _attribute(call.path) if not sign.isdigit())
    parent = class_key(modules[:-1]) if len(modules) > 1 else ()
    return (call.class_name, attribute, *parent)


def block_name(key: tuple[str, ...], taken: set[str]) -> str:
    """A name for the block of a class, which is then taken."""
    base = key[0]
    if len(key) > 1:
        base = STAGE if key[1].strip("_") in _STAGES else key[1]
    letters = _UNWRITABLE.sub("", base).strip("_")[:_LONGEST].lstrip("0123456789_")
    name = letters[:1].upper() + letters[1:] or "Block"
    if name in RESERVED or name in ALIASES or name in VARIANTS or is_class(name):
        name += "Block"
    free, count = name, 1
    while free in taken:
        count += 1
        free = f"{name}{count}" if not name[-1].isdigit() else f"{name}_{count}"
    taken.add(free)
    return free


def _attribute(path: str) -> str:
    return next((part for part in reversed(path.split(".")) if part and not part.isdigit()), "")
