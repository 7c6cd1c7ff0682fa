"""Text for people: an English template and its facts, from which the same is said in another language.

English stays where it is said, and is the key of the catalogue. What is said early, as the title of a fix is,
is English and knows its template: where it is shown to a person, `told` says it again in their language. So
what is written for machines is English, whatever language a person has chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import reduce, wraps
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")
ENGLISH, KOREAN = "en", "ko"
LANGUAGES = (ENGLISH, KOREAN)
VARIABLE = "CNN_SHAPES_LANG"
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # in the order in which POSIX asks them
_SIGN = {KOREAN: "한"}  # what an output must be able to carry

_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)
_chosen: ContextVar[str | None] = ContextVar("chosen", default=None)


class Said(str):
    """English text that knows the template and the facts that it was made of."""

    template: str
    facts: Mapping[str, Any]

    def __new__(cls, template: str, facts: Mapping[str, Any], text: str) -> Said:
        said = super().__new__(cls, text)
        said.template, said.facts = template, facts
        return said

    def __reduce__(self) -> tuple[Any, ...]:
        return Said, (self.template, dict(self.facts), str(self))


def say(template: str, /, **facts: Any) -> str:
    """A template filled in, in the language that is spoken here."""
    return Said(template, facts, filled(template, facts))


def say_as_is(text: str) -> str:
    """A text without facts, whose braces are its own: a documentation, a piece of YAML."""
    return say(text.replace("{", "{{").replace("}", "}}"))


def say_count(count: int, noun: str) -> str:
    """`1 layer`, `1,024 layers`. The catalogue has the template of several: `{count:,} layers`."""
    several = f"{{count:,}} {noun}s"
    if _spoken.get() == ENGLISH:
        return Said(several, {"count": count}, f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s")
    return filled(several, {"count": count})


def chained(parts: Iterable[str], separator: str = ", ") -> str:
    """Texts one after the other, each of which `told` says in a person's language."""
    facts = {f"part{number}": part for number, part in enumerate(parts)}
    text = separator.join(facts.values())
    return Said(separator.join(f"{{{name}}}" for name in facts), facts, text)


def either(parts: Iterable[str]) -> str:
    """`a or b or c`; empty for none."""
    return _joined("{first} or {last}", parts)


def both(parts: Iterable[str]) -> str:
    """`a and b and c`; empty for none."""
    return _joined("{first} and {last}", parts)


def _joined(template: str, parts: Iterable[str]) -> str:
    listed = [*parts]
    if not listed:
        return ""
    return reduce(lambda first, last: say(template, first=first, last=last), listed)


def trimmed(text: str) -> str:
    """A text without the blanks around it, which is said without them in every language."""
    return Said(text.template.strip(), text.facts, text.strip()) if isinstance(text, Said) else text.strip()


def told(text: str) -> str:
    """What was said before, in the language that is spoken here. Text of a user's stays as it is."""
    if isinstance(text, Said) and _spoken.get() != ENGLISH:
        return filled(text.template, text.facts)
    return text


def filled(template: str, facts: Mapping[str, Any]) -> str:
    """A template filled in, in the language that is spoken here."""
    if _spoken.get() == ENGLISH:
        return template.format_map(facts)
    from cnn_shapes.korean import said  # most sessions are English, and start without it

    known = {name: told(fact) if isinstance(fact, Said) else fact for name, fact in facts.items()}
    return said(template, known)


def rule_text(name: str, summary: str, why: str) -> tuple[str, str]:
    """The two texts of a rule, in the language that is spoken here."""
    if _spoken.get() == ENGLISH:
        return summary, why
    from cnn_shapes.korean import rule_texts

    return rule_texts()[name][1:]


def concept_texts() -> Mapping[str, tuple[tuple[str, ...], str, str]]:
    """The Korean of each concept by its English name: its names, its sentence, the rest of its screen."""
    from cnn_shapes.korean import concepts

    return concepts()


def spoken() -> str:
    """The language that is spoken here."""
    return _spoken.get()


def in_english(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let a part of the engine speak English, whoever calls it: it reads what it has said."""

    @wraps(work)
    def speaks_english(*arguments: Given.args, **options: Given.kwargs) -> Result:
        if _spoken.get() == ENGLISH:
            return work(*arguments, **options)
        with speaking(ENGLISH):
            return work(*arguments, **options)

    return speaks_english


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language, until the end of the block."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def choose(language: str | None) -> None:
    """Take the language that a person asks for, before their environment's."""
    _chosen.set(language)


def wanted(environment: Mapping[str, str], encoding: str = "utf-8") -> str:
    """The language of a person's output: `--lang`, CNN_SHAPES_LANG, the locale.

    English where the output cannot carry it.
    """
    language = _chosen.get() or environment.get(VARIABLE) or _of_locale(environment)
    if language not in LANGUAGES:
        return ENGLISH
    try:
        _SIGN.get(language, "").encode(encoding)
    except UnicodeEncodeError:
        return ENGLISH
    return language


def _of_locale(environment: Mapping[str, str]) -> str:
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), "")
    return KOREAN if locale[:2] == KOREAN and not locale[2:3].isalpha() else ENGLISH
