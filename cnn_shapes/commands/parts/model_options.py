"""The options of commands that take a model of PyTorch or Keras."""

from typing import Annotated

import typer

_PANEL = "A model of PyTorch or Keras"
TIMEOUT = 60.0  # seconds

ArgumentsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--arg",
        metavar="NAME=VALUE",
        help="An argument that makes the model; repeatable.",
        rich_help_panel=_PANEL,
    ),
]
PythonOption = Annotated[
    str | None,
    typer.Option(
        metavar="PATH",
        help="The interpreter that has its torch or keras; else this one.",
        rich_help_panel=_PANEL,
    ),
]
TimeoutOption = Annotated[
    float,
    typer.Option(metavar="SECONDS", min=0.1, help="How long it may run.", rich_help_panel=_PANEL),
]
ModelInputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="SIZES",
        help="The model's input without the batch, in the framework's order: PyTorch's 3x224x224, Keras' "
        "224x224x3; NAME=SIZES; repeatable.",
        rich_help_panel=_PANEL,
    ),
]
ConfiguredOption = Annotated[
    bool,
    typer.Option(
        "--models", help="Run and check the models that the configuration names.", rich_help_panel=_PANEL
    ),
]
