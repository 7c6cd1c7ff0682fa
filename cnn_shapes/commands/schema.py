"""`cnn-shapes schema`: the JSON Schema of the language, for editors."""

from cnn_shapes.commands.parts.shared import OutputOption, cannot_write, spare_specs

GROUP = "Elsewhere"


def schema(
    output: OutputOption = None,
) -> None:
    """Print the JSON Schema of the language: editors complete, explain and check specs with it.

    A spec names it in its first line: # yaml-language-server: $schema=cnn-shapes.schema.json

    As in: cnn-shapes schema -o cnn-shapes.schema.json
    """
    from cnn_shapes import schema as language
    from cnn_shapes.formats.parts import streams

    spare_specs(output)
    try:
        with streams.opened(output, streams.NEVER) as out:
            out.text(language.text())
    except OSError as error:
        cannot_write(output, error)
