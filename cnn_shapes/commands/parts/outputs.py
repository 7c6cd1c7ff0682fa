"""Where the answers of `check` go: a format each, to standard output or into files, in one pass."""

import os
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

import typer

from cnn_shapes import formats
from cnn_shapes.commands.parts.shared import CheckedFile, stop, unknown
from cnn_shapes.formats import DisplayOptions, Format
from cnn_shapes.formats.parts import streams

DEFAULT = "full"
WITH_TABLE = ("full", "markdown", "html")
_STDOUT = "-"


class Destination(NamedTuple):
    """A format, and the file that it is written into; None is standard output.

    `counts`: statistics are in its place. `aside`: it goes to standard error. `options` is what can be shown
    there, `color` what was asked for; `option` is what names the file on the command line.
    """

    format: str
    file: str | None = None
    color: str = streams.AUTO
    counts: bool = False
    aside: bool = False
    options: DisplayOptions = DisplayOptions()
    option: str = "--output "

    def loaded(self) -> Format:
        if self.counts:
            from cnn_shapes.formats.parts.statistics import FORMATS

            return FORMATS[self.format]
        return formats.load(self.format)

    def display(self) -> DisplayOptions:
        """What can be shown there."""
        return streams.messages().options if self.aside else streams.display(self.file, self.color)

    def write(self, fragments: Iterator[Any]) -> str:
        """Write what the format has of each file; why that cannot be done, empty where it is."""
        from cnn_shapes.source import reason_of

        if self.aside:
            self.loaded().write(fragments, streams.messages(), self.options)
            return ""
        try:
            with streams.opened(self.file, self.color) as out:
                self.loaded().write(fragments, out, self.options)
        except OSError as error:
            return f"cannot write {self.file or 'standard output'}: {reason_of(error)}"
        return ""


def destinations(written: list[str], output: str | None, color: str, counts: bool) -> list[Destination]:
    """Those of `--format NAME` and `NAME=FILE`, the one without a file first. Raises a usage error."""
    given = [_destination(one, color) for one in written]
    alone = [one for one in given if one.file is None]
    if not given or (counts and not alone):
        alone = [Destination(DEFAULT, color=color)]
    if len(alone) > 1:
        names = " and ".join(one.format for one in alone)
        raise typer.BadParameter(
            f"{names} would both go to {output or 'standard output'}: give one a file, as in "
            f"--format {alone[1].format}=FILE",
            param_hint="--format",
        )
    if output is not None and not alone:
        raise typer.BadParameter(
            "each format has a file of its own: leave --output out, or add a --format without one",
            param_hint="--output",
        )
    first = [one._replace(file=output, counts=counts, option="--output ") for one in alone]
    if counts:
        first = [_counting(one) for one in first]
    found = [*first, *(one for one in given if one.file is not None)]
    files = [one.file for one in found if one.file is not None]
    twice = [file for place, file in enumerate(files) if any(_same(file, other) for other in files[:place])]
    if twice:
        raise typer.BadParameter(
            f"two formats would go into {twice[0]}: name two files", param_hint="--format"
        )
    if not any(one.counts or getattr(one.loaded(), "SHOWS_PROBLEMS", True) for one in found):
        found.append(Destination("concise", color=color, aside=True))
    return found


def _destination(written: str, color: str) -> Destination:
    name, equals, file = written.partition("=")
    if name not in formats.names():
        raise unknown("--format", "format", name, formats.names())
    if equals and not file:
        stop(f"--format {written} names no file: write --format {name}=FILE, or {name} alone")
    is_file = file not in ("", _STDOUT)
    return Destination(name, file if is_file else None, color, option=f"--format {name}=")


def _counting(one: Destination) -> Destination:
    """The statistics in the place of a format. Raises a usage error where it has none."""
    from cnn_shapes.formats.parts.statistics import FORMATS
    from cnn_shapes.shapes import listed

    name = DEFAULT if one.format == "concise" else one.format  # both are lines for people
    if name not in FORMATS:
        raise typer.BadParameter(
            f"what is counted is written as {listed(list(FORMATS), 'or')}: give {one.format} a file of its "
            f"own, as in --format {one.format}=FILE",
            param_hint="--statistics",
        )
    return one._replace(format=name)


def _same(file: str, other: str) -> bool:
    return os.path.realpath(file) == os.path.realpath(other)


def table_options(
    wanted: list[Destination], columns: str | None, sort: str | None, top: int | None
) -> dict[str, Any]:
    """What `--columns`, `--sort` and `--top` say of the table. Raises a usage error."""
    given = {"--columns": columns, "--sort": sort, "--top": top}
    if all(value is None for value in given.values()):
        return {}
    from cnn_shapes.formats.parts.columns import NAMES, SORTS, named
    from cnn_shapes.shapes import listed

    if not any(one.format in WITH_TABLE and not one.counts for one in wanted):
        option = next(name for name, value in given.items() if value is not None)
        what = "--statistics has" if any(one.counts for one in wanted) else f"{wanted[0].format} has"
        raise typer.BadParameter(
            f"{what} no table: {option} is for --format {listed(list(WITH_TABLE), 'or')}", param_hint=option
        )
    words = [word.strip() for word in (columns or "").split(",")] if columns is not None else []
    chosen: list[str] = []
    for word in words:
        name = named(word)
        if name is None:
            raise unknown("--columns", "column", word, list(NAMES))
        if name not in chosen:
            chosen.append(name)
    if sort is not None and sort.lower() not in SORTS:
        raise unknown("--sort", "cost", sort, list(SORTS))
    return {"columns": tuple(chosen), "sort": (sort or "").lower(), "top": top}


def tell(files: Iterator[CheckedFile], wanted: list[Destination]) -> list[str]:
    """Write every output in one pass: the first as the files come, the others at the end, each whole.

    What is kept until then is what is to be written. Returns why some cannot be.
    """
    first, *others = wanted
    kept: list[list[Any]] = [[] for _ in others]

    def of_first() -> Iterator[Any]:
        for file in files:
            own, *rest = file.fragments
            for fragment, listed in zip(rest, kept, strict=True):
                listed.append(fragment)
            yield own

    coming = of_first()
    failures = [first.write(coming)]
    if others:
        deque(coming, maxlen=0)  # whoever read the first may have gone
    failures += [one.write(iter(listed)) for one, listed in zip(others, kept, strict=True)]
    return [why for why in failures if why]
