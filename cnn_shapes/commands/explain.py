"""`cnn-shapes explain`: what a rule, a layer kind, a field or one layer of a spec means."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cnn_shapes.commands.parts.help import WrongCall
from cnn_shapes.commands.parts.shared import stop
from cnn_shapes.words import speaking

if TYPE_CHECKING:
    from cnn_shapes.explain import Topic

GROUP = "Look closer"


def _names(incomplete: str) -> list[str]:
    """Rules, kinds, structures and words of the language, for the shell's completion."""
    from cnn_shapes.commands.parts import completing
    from cnn_shapes.explain import concepts, keys
    from cnn_shapes.layers import KINDS
    from cnn_shapes.layers.structure import STRUCTURES
    from cnn_shapes.rules import RULES

    if (of_spec := completing.layers(incomplete)) is not None:
        return of_spec
    known = dict.fromkeys((*RULES, *KINDS, *STRUCTURES, "layers", "rules", "concepts", *keys.names()))
    known |= dict.fromkeys(concepts.names())
    return [name for name in known if name.startswith(incomplete)]


def _costs() -> "Topic":
    from cnn_shapes.repair.changes import table

    return table


def _memory() -> "Topic":
    from cnn_shapes.explain import memory

    return memory


_TOPICS = {"repair": _costs, "memory": _memory}


def explain(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="A rule, layer kind, field, key or concept, SPEC:LAYER; or rules, layers, concepts.",
            autocompletion=_names,
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every rule and layer kind.")] = False,
    format: Annotated[
        Literal["text", "json"], typer.Option("--format", help="For people, or for programs.")
    ] = "text",
) -> None:
    """Explain a rule, a layer kind, a field, a concept, or the arithmetic of one layer of a spec.

    As in: cnn-shapes explain net.yaml:conv1
    """
    from cnn_shapes import explain as explaining
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.importing import check_file

    if name is None and not everything:
        raise WrongCall(
            "explain needs NAME: a rule, a layer kind, a field, a concept or SPEC:LAYER; rules, layers and "
            "concepts list them"
        )
    if name is not None and everything:
        raise WrongCall(f"--all explains everything: leave out {name}")
    try:
        found = explaining.everything() if name is None else explaining.data(name, _TOPICS, check_file)
    except explaining.Unknown as error:
        stop(str(error))
    with streams.opened(None, streams.AUTO) as out:
        if format == "json":
            from json import dumps

            out.text(f"{dumps(found, indent=1)}\n", streams.IN_JSON)
            return
        with speaking(out.options.language):
            text = explaining.explain_all() if isinstance(found, list) else explaining.text(found, _TOPICS)
        out.paragraphs(text.rstrip("\n").split("\n"))
