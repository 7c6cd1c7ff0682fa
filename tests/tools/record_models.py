"""Records the models of `tests/models/broken` and `broken_keras` again, for the tests without a framework.

python -m tests.tools.record_models
"""

import json
import subprocess
import sys
from typing import Any

from cnn_shapes.importing.running import BATCH, TRACER
from tests.recorded_models import BROKEN, BROKEN_KERAS, BrokenModel, broken_models


def answer_of(model: BrokenModel) -> Any:
    """What the tracer answers of a model, run as the command runs it."""
    request = {"target": model.target, "arguments": {}, "inputs": model.inputs, "batch": BATCH, "timeout": 60}
    done = subprocess.run(
        [sys.executable, str(TRACER)],
        input=json.dumps(request),
        cwd=model.file.parent,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    for model in [*broken_models(BROKEN), *broken_models(BROKEN_KERAS)]:
        model.keep(answer_of(model))
        print(model.file.stem)
