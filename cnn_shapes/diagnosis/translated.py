"""Findings about a spec that was made of a text in another language, in the words of that text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cnn_shapes.diagnostics import ERROR, Diagnostic, Label, render
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.reading.wording import UNKNOWN_LAYER
from cnn_shapes.network import Network
from cnn_shapes.shapes import EXPECT_MISMATCH, NOT_WHOLE
from cnn_shapes.source import Source, Span
from cnn_shapes.source.translated import TranslatedSource

# about what the translation adds: no user wrote it
_OURS = ("taken-on-trust", "unused-param", "unused-block", "implicit-1x1", "uneven-same-padding")
_UNUSED = "unused-layer"
_WORDS = ("kind", "field", "name", "word", "needed", "fields", "assertion", "row")  # facts that are our words


def call_as_the_user_does(network: Network, source: Source) -> None:
    """Give the layers of a network the names that the original has for them."""
    assert isinstance(source, TranslatedSource)
    network.shown = source.words.names
    for node in network.layers:
        node.name = source.words.shown(node.name)


def in_words_of_original(found: Iterable[Diagnostic], source: Source) -> list[Diagnostic]:
    """The findings at what the original says, with what is wrong with the original itself first."""
    assert isinstance(source, TranslatedSource)
    told = [
        Diagnostic(problem.rule, ERROR, problem.template, problem.facts, span)
        for problem, span in source.problems
    ]
    return [*told, *_told(found, source)] if "\nlayers:\n" in source.spec_text else told


def _told(found: Iterable[Diagnostic], source: TranslatedSource) -> Iterator[Diagnostic]:
    for one in found:
        if one.rule == UNKNOWN_LAYER and one.span.start in source.refused:
            continue
        if one.rule in _OURS or (one.rule == _UNUSED and _is_added(one, source)):
            continue
        placed = _placed(one, source)
        if placed is not None:
            yield _spelled(_with_reason(placed, source), source)


def _is_added(found: Diagnostic, source: TranslatedSource) -> bool:
    """Whether a finding is about a layer that no layer of the original is by itself."""
    return source.words.own((found.layer or "").rpartition(".")[2]) in source.words.added


def _placed(found: Diagnostic, source: TranslatedSource) -> Diagnostic | None:
    """A finding at what the user wrote; an error in a block of ours at the layer that is this block."""
    labels = tuple(label for label in found.labels if source.is_written(label.span))
    if source.is_written(found.span):
        return found._replace(labels=labels)
    if found.severity != ERROR and found.rule != _UNUSED:
        return None
    call = _call_of(found, source) or next((label.span for label in labels), None)
    rest = tuple(label for label in labels if label.span != call)
    return found._replace(span=call or Span(0, 0), labels=rest)


def _call_of(found: Diagnostic, source: TranslatedSource) -> Span | None:
    """The entry whose block holds the layer of a finding."""
    name = source.words.own((found.layer or "").partition(".")[0])
    for line in range(1, source.line_count + 1) if name else ():
        text = source.line_text(line)
        if text.startswith("  - ") and text.endswith((f"name: {name}}}",)):
            start = source.offset(line, 5)
            return Span(start, start + 1)
    return None


def _with_reason(found: Diagnostic, source: TranslatedSource) -> Diagnostic:
    """Of a layer that asks for what it does not get, why it does; of a name that is not there, what is."""
    if found.rule == UNKNOWN_NAME and (missing := source.words.reasons.get(str(found.facts.get("name")))):
        return found._replace(template=missing[0], facts=missing[1], labels=(), notes=(), fixes=())
    reason = source.words.reasons.get(source.words.own(found.layer or ""))
    if reason is None or found.rule not in (EXPECT_MISMATCH, *NOT_WHOLE):
        return found
    template, facts = reason
    if found.rule in NOT_WHOLE:
        return found._replace(template=template, facts={**found.facts, **facts})
    facts = {**found.facts, **facts, "found": found.facts["found"][0]}
    return found._replace(template=template, facts=facts, pointer="{found} channels come in")


def _shown(fact: str, is_word: bool, source: TranslatedSource) -> str:
    """A fact in the user's words: the name of a layer, or a word of ours."""
    name = source.words.names.get(fact, fact)
    return source.words.spell(name) if is_word and name == fact else name


def _spelled(found: Diagnostic, source: TranslatedSource) -> Diagnostic:
    spell = source.words.spell

    def without_inner(facts: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: source.words.without_inner(value) if isinstance(value, str) else value
            for name, value in facts.items()
        }

    notes = [one for one in found.notes if source.words.says(render(one.template, one.facts))]
    facts = {
        name: _shown(value, name in _WORDS, source) if isinstance(value, str) else value
        for name, value in without_inner(found.facts).items()
    }
    return found._replace(
        template=spell(found.template),
        facts=facts,
        pointer=spell(found.pointer),
        fixes=tuple(fix._replace(safe=False) for fix in found.fixes if found.severity == ERROR),
        labels=tuple(Label(one.span, spell(one.template), without_inner(one.facts)) for one in found.labels),
        notes=tuple(
            one._replace(template=spell(one.template), facts=without_inner(one.facts)) for one in notes
        ),
    )
