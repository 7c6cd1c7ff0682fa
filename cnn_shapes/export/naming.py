"""Identifiers of variables, attributes and classes: the spec's own where Python takes them, each once."""

from __future__ import annotations

import keyword
import os
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

# What torch.nn.Module calls its own: an attribute of this name would not be found.
_OF_A_MODULE = """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double
    dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu
    load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
    register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to
    to_empty train training type xpu zero_grad
"""
_OF_THE_CODE = "self super range torch nn F keras layers ops print sum isinstance tuple build"
RESERVED = frozenset((_OF_A_MODULE + _OF_THE_CODE).split())


class Identifiers:
    """Gives out identifiers that differ from one another and from `taken`."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {*RESERVED, *taken}

    def unique(self, wanted: str) -> str:
        """`wanted` as an identifier, with a number behind it where it is taken."""
        base = name = identifier(wanted)
        number = 2
        while name in self.taken:
            name = f"{base}_{number}" if base[-1:].isdigit() else f"{base}{number}"
            number += 1
        self.taken.add(name)
        return name

    def from_path(self, path: str, least: int = 1) -> str:
        """The end of a dotted path: `conv1`, else `shortcut_conv1` where that is taken, else numbered."""
        parts = path.split(".")
        least = min(least, len(parts))
        for length in range(least, min(least + 1, len(parts)) + 1):
            words = parts[-length:]
            name = identifier("_".join(words))
            if name not in self.taken and not words[0][:1].isdigit():
                self.taken.add(name)
                return name
        return self.unique("_".join(parts[-least:]))


def identifier(text: str) -> str:
    """A text as Python can name it. Python takes names that look alike for the same one (NFKC)."""
    plain = unicodedata.normalize("NFKC", text)
    name = "".join(sign if sign == "_" or f"a{sign}".isidentifier() else "_" for sign in plain)
    name = unicodedata.normalize("NFKC", name)
    if not name.isidentifier():
        name = f"layer_{name}"
    while keyword.iskeyword(name) or keyword.issoftkeyword(name) or (name.startswith("__")):
        name = f"layer_{name.lstrip('_')}"
    return name


def title_of(report: CheckResult) -> str:
    """What a network is called: as its spec says, else as its file."""
    if report.spec is not None and report.spec.name:
        return report.spec.name
    path = report.source.path
    return "network" if path == "-" else os.path.splitext(os.path.basename(path))[0]


def class_name(text: str) -> str:
    """`resnet-18` as a class is called: `Resnet18`."""
    words = "".join(sign if sign.isalnum() else " " for sign in text).split()
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return identifier(name) if name[:1].isalpha() else "Network"


def printable(text: str) -> str:
    """A name of the spec as a docstring can hold it."""
    return "".join(sign if sign.isprintable() and sign not in '"\\' else "?" for sign in text)
