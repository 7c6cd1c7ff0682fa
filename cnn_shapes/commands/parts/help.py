"""Help and wrong usage: commands and options in groups, whole summaries, what is wrong with a command line.

The last paragraph of a command's docstring is an example, `As in: ...`; its module's GROUP is its heading.
"""

from collections.abc import Iterable
from typing import Any

import typer
from typer.core import TyperCommand, TyperOption

from cnn_shapes.words import LANGUAGES, VARIABLE, choose

# the headings of the commands, in their order
GROUPS = ("Check and mend", "Will it fit", "Build", "Look closer", "Elsewhere")
_OPTIONS = "Options"
_MANY = 10  # options are found more easily in groups
_HEADS = 30  # cells of the first column


def lang_option() -> TyperOption:
    """`--lang`, which every command for people takes."""
    return TyperOption(
        param_decls=["--lang"],
        type=str,
        metavar=f"[{'|'.join(LANGUAGES)}]",
        expose_value=False,
        callback=_take_language,
        autocompletion=lambda incomplete: [one for one in LANGUAGES if one.startswith(incomplete)],
        help=f"The language of what is said to a person; else {VARIABLE}, else the locale.",
        rich_help_panel="What is shown",
    )


def _take_language(context: typer.Context, option: Any, language: str | None) -> None:
    if language not in (None, *LANGUAGES):
        from cnn_shapes.diagnostics import no_such

        raise typer.BadParameter(no_such("language", language, LANGUAGES), context, option)
    choose(language)


class WrongCall(typer.BadParameter):
    """What is wrong with the arguments as a whole, in a message of its own."""

    def format_message(self) -> str:
        return self.message


class OneCommand(TyperCommand):
    """A command that shows its options in groups, and says what it takes where it is called wrongly."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [self.options_metavar or "", *(_usage(one) for one in self.params if _is_argument(one))]

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        *texts, example = _paragraphs(self.help or "")
        for text in texts:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(text)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write(f"{'':{formatter.current_indent}}{example}\n")  # as it is typed, on one line

    def format_options(self, ctx: Any, formatter: Any) -> None:
        rows: dict[str, list[tuple[str, str]]] = {"Arguments": [], _OPTIONS: []}
        for one in self.get_params(ctx):
            record = one.get_help_record(ctx)
            if record is not None:
                own = getattr(one, "rich_help_panel", None) if len(self.params) >= _MANY else None
                rows.setdefault("Arguments" if _is_argument(one) else own or _OPTIONS, []).append(record)
        rows[_OPTIONS] = rows.pop(_OPTIONS)  # what is in no group comes last
        write_groups(formatter, rows)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.allow_extra_args = True
        try:
            rest: list[str] = super().parse_args(ctx, args)
        except typer.TyperException as error:
            if getattr(error, "ctx", ctx) is None:
                error.ctx = ctx  # type: ignore[attr-defined]  # a usage error, whose command is to be named
            raise
        if rest and not ctx.resilient_parsing:
            takes = " ".join(_usage(one) for one in self.params if _is_argument(one))
            raise WrongCall(f"{self.name} takes {takes or 'no arguments'}, found {' '.join(rest)} too", ctx)
        return rest

    def get_short_help_str(self, limit: int = 0) -> str:
        return summary(self)  # whole: shells show it beside the command

    def example(self) -> str:
        """A command line that shows how this command is used."""
        return _paragraphs(self.help or "")[-1].partition(": ")[2]


def summary(command: Any) -> str:
    """The first sentence of a command's docstring, without its dot."""
    return _paragraphs(command.help or "")[0].partition(". ")[0].removesuffix(".")


def write_groups(formatter: Any, rows: dict[str, list[tuple[str, str]]]) -> None:
    """Each group with its rows, whose texts begin in one column."""
    widest = max(len(head) for group in rows.values() for head, _ in group)
    for name, group in rows.items():
        if group:
            with formatter.section(name):
                formatter.write_dl([(f"{head:{min(widest, _HEADS)}}", text) for head, text in group], _HEADS)


def complaint(error: typer.TyperException) -> str:
    """What is wrong with a command line, what was expected, and an example."""
    words = _COMPLAINTS.get(type(error).__name__)
    return words(error) if words is not None else error.format_message()


def _missing(error: Any) -> str:
    context, one = error.ctx, error.param
    name = _metavar(one)
    text = (getattr(one, "help", None) or "").rstrip(".")
    what = f" ({text[:1].lower()}{text[1:]})" if text else ""
    if one.param_type_name == "option":
        return f"{context.info_name} needs {' or '.join(one.opts)}{what}"
    example = f", as in {context.command.example()}" if isinstance(context.command, OneCommand) else ""
    return f"{context.info_name} needs {name}{what}{example}"


def _no_option(error: Any) -> str:
    from cnn_shapes.diagnostics import no_such

    names = sorted({name for one in error.ctx.command.get_params(error.ctx) for name in one.opts})
    return no_such("option", error.option_name, [name for name in names if name.startswith("--")])


def _bare_option(error: Any) -> str:
    one = next(one for one in error.ctx.command.params if error.option_name in one.opts)
    return f"{error.option_name} needs a value: {error.option_name} {_metavar(one)}"


_COMPLAINTS: dict[str, Any] = {
    "MissingParameter": _missing,
    "NoSuchOption": _no_option,
    "BadOptionUsage": _bare_option,
}


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.strip().split("\n\n")]


def _is_argument(one: Any) -> bool:
    return bool(one.param_type_name == "argument")


def _metavar(one: Any) -> str:
    return str(one.metavar or one.type.name.upper())


def _usage(one: Any) -> str:
    name = _metavar(one)
    return name if one.required or name.startswith("[") else f"[{name}]"


def by_group(commands: Iterable[tuple[str, str, str]]) -> dict[str, list[tuple[str, str]]]:
    """The rows of commands, each a group, a name and a summary, under their headings."""
    rows: dict[str, list[tuple[str, str]]] = {group: [] for group in GROUPS}
    for group, name, text in commands:
        rows[group].append((name, text))
    return rows
