"""Models as Keras saves them: each layer's shape and parameters are those that Keras says of the model."""

from pathlib import Path
from typing import Any

import keras
import pytest

from cnn_shapes.checking import CheckResult, check_path
from cnn_shapes.diagnostics import from_layout
from cnn_shapes.language.spec import Overrides
from tests.oracle.keras_models_to_import import MODELS
from tests.oracle.test_importing_keras import APPLICATIONS, counts

pytestmark = [
    pytest.mark.oracle,
    # of Keras itself, where it saves weights and builds a class without build()
    pytest.mark.filterwarnings("ignore:__array__ implementation", "ignore:`build"),
]


def read(model: Any, ending: str, folder: Path, sizes: tuple[int, ...] | None = None) -> CheckResult:
    path = folder / f"model{ending}"
    if ending == ".json":
        path.write_text(model.to_json())
    else:
        model.save(path)
    return check_path(str(path), Overrides(input=sizes))


def differences(model: Any, report: CheckResult) -> list[str]:
    """The layers whose shape or count is another one than Keras says; of nested models all of it."""
    assert report.trace is not None
    found = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        parts = [
            step
            for step in report.trace.steps
            if step.node.name.split("[")[0] == layer.name or step.node.name.startswith(f"{layer.name}/")
        ]
        ours = (
            sum(step.params or 0 for step in parts),
            sum(step.non_trainable_params or 0 for step in parts),
        )
        shape = tuple(parts[-1].node.output or ()) if parts else None
        theirs = from_layout(tuple(layer.output.shape[1:]), report.layout)
        if ours != counts(layer) or (shape != theirs and None not in theirs):
            found.append(f"{layer.name}: {theirs} and {counts(layer)}, ours {shape} and {ours}")
    return found


@pytest.mark.parametrize("ending", [".json", ".keras"])
@pytest.mark.parametrize("name", APPLICATIONS)
def test_an_application(name: str, ending: str, tmp_path: Path) -> None:
    model = getattr(keras.applications, name)(weights=None)
    sizes = APPLICATIONS[name][0] if APPLICATIONS[name] else None
    report = read(model, ending, tmp_path, sizes)
    assert report.errors == []
    assert differences(model, report) == []
    assert report.trace is not None
    totals = report.trace.totals
    assert (totals.params, totals.non_trainable_params) == counts(model)


# what a file does not say: what comes out of a Lambda, and the code of a class
REFUSED = {"unet": ["Lambda"], "subclassed": ["Subclassed"]}


@pytest.mark.filterwarnings("ignore:.*mask attached to it", "ignore:.*includes a `lambda`")
@pytest.mark.parametrize("ending", [".json", ".keras"])
@pytest.mark.parametrize("made", MODELS, ids=lambda made: made.__name__)
def test_a_model_as_people_write_it(made: Any, ending: str, tmp_path: Path) -> None:
    keras.utils.clear_session()  # names are counted anew
    model = made()
    sizes = MODELS[made][0] if MODELS[made] else None
    if sizes is not None and not model.built:
        model.build((None, *sizes))
    report = read(model, ending, tmp_path, sizes)
    refused = [str(error.facts["type" if "type" in error.facts else "name"]) for error in report.errors]
    assert refused == REFUSED.get(made.__name__, [])
    if refused:
        return
    assert report.trace is not None
    outputs = [tuple(from_layout(tuple(one.shape[1:]), report.layout)) for one in model.outputs]
    assert [tuple(node.output or ()) for node in report.trace.network.outputs] == outputs
    totals = report.trace.totals
    assert (totals.params, totals.non_trainable_params) == counts(model)
