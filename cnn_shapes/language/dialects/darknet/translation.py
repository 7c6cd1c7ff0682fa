"""Darknet's cfg files, as AlexeyAB's fork reads them (src/parser.c): sections of `key=value`, a layer each.

Blanks count nowhere, the first of two equal keys holds, and layers are named by their numbers. What changes
sizes or weights is read or refused by name.
"""

from __future__ import annotations

import re

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.dialects.darknet.layers import EVEN_WINDOWS, LAYERS
from cnn_shapes.language.dialects.darknet.sections import OTHER_WORDS, Section, sections_of
from cnn_shapes.language.dialects.darknet.so_far import KEY_OF_FIELD, SPELL, FeatureMap, LayersSoFar
from cnn_shapes.language.dialects.writing import SpecWriter
from cnn_shapes.language.reading.wording import MISSING_FIELD
from cnn_shapes.language.spec import Overrides
from cnn_shapes.shapes import listed
from cnn_shapes.source import Source
from cnn_shapes.source.translated import TranslatedSource

_RECURRENT = ("rnn", "gru", "lstm", "crnn", "conv_lstm", "history")
_LISTS = re.compile(r"=\[")  # of a field for each axis: none but the stride has two keys
_SIZES = ("height", "width", "channels")


def translate(source: Source, overrides: Overrides) -> TranslatedSource:
    """The spec of a cfg. What cannot be read is told at its line."""
    writer = SpecWriter(source, SPELL, KEY_OF_FIELD)
    writer.unsaid = _LISTS
    sections = sections_of(source, writer.tell)
    if not sections:
        return writer.finished()
    net, *layers = sections
    here = LayersSoFar(source, writer, net)
    if not _read_input(here, net, overrides.input):
        return writer.finished()
    if not layers:
        writer.tell(MISSING_FIELD, "there is no layer after [net]", net.place)
    writer.line("layers:")
    for section in layers:
        _read_layer(here, section)
    if here.has_even_windows:
        writer.line(EVEN_WINDOWS)
    last = [name for name in here.names[-1:] if name not in here.heads]
    if here.heads:
        writer.line(f"outputs: [{', '.join([*here.heads, *last])}]")
    return writer.finished()


def _read_input(here: LayersSoFar, net: Section, given: tuple[int, ...] | None) -> bool:
    """The sizes of [net]; `given` ones take the place of those that are missing. Whether they are known."""
    missing = [key for key in _SIZES if key not in net.options]
    here.input = FeatureMap(*(max(1, net.number(key, 1)) for key in _SIZES))
    if given is not None and len(given) == len(_SIZES):
        here.input = FeatureMap(*given)
    elif missing:
        what = f"{listed(missing)} {'is' if len(missing) == 1 else 'are'}"
        if "inputs" in net.options:
            what = "a network of vectors cannot be read: height, width and channels are"
        template = "{what} missing in [net]: write them there, or give --input 416x416x3"
        here.tell(MISSING_FIELD, template, net.place, what=what)
        return False
    net.option("inputs")
    net.tell_unknown()
    sizes = zip(_SIZES, here.input, strict=True)
    here.writer.top("input", [net.told(key, size) for key, size in sizes])
    here.writer.line("layout: channels_last")
    here.writer.line("rounding: floor")
    return True


def _read_layer(here: LayersSoFar, section: Section) -> None:
    here.section = section
    name = here.writer.name_for(f"{section.word}_{len(here.names)}")
    make = LAYERS.get(section.word)
    comes_out = None
    if make is None:
        _refuse(here, section.word, name)
    else:
        comes_out = make(here, section, name)
        section.tell_unknown()
    here.names.append(name)
    here.maps.append(comes_out)


def _refuse(here: LayersSoFar, word: str, name: str) -> None:
    template = "[{word}] cannot be said in the language: it is a recurrent layer"
    near = None
    if word not in _RECURRENT:
        near = closest(word, [*LAYERS, *OTHER_WORDS])
        template = "[{word}] is not a section that is known" + (": did you mean [{near}]?" if near else "")
    here.unsupported(name, template, word=word, near=near or "")
