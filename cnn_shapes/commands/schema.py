"""`cnn-shapes schema`: the JSON Schemas of the language and of the settings, for editors."""

from typing import Annotated

import typer

from cnn_shapes.commands.parts.shared import OutputOption, cannot_write, spare_specs

GROUP = "Elsewhere"


def schema(
    output: OutputOption = None,
    settings: Annotated[
        bool, typer.Option("--settings", help="That of cnn-shapes.toml instead of that of specs.")
    ] = False,
) -> None:
    """Print the JSON Schema of the language: editors complete, explain and check specs with it.

    A spec names it in its first line: # yaml-language-server: $schema=cnn-shapes.schema.json

    As in: cnn-shapes schema -o cnn-shapes.schema.json
    """
    from cnn_shapes.formats.parts import streams

    spare_specs(output)
    try:
        with streams.opened(output, streams.NEVER) as out:
            out.text(_settings() if settings else _language())
    except OSError as error:
        cannot_write(output, error)


def _language() -> str:
    from cnn_shapes.schema import text

    return text()


def _settings() -> str:
    from json import dumps

    from cnn_shapes.settings.toml import schema

    return dumps(schema(), indent=1) + "\n"
