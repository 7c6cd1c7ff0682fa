"""Records the modules of `tests/models/broken` again, for the tests that do without PyTorch.

python -m tests.tools.record_models
"""

import json
import subprocess
import sys
from typing import Any

from cnn_shapes.importing.running import BATCH, TRACER
from tests.recorded_models import BROKEN, BrokenModel, broken_models


def answer_of(model: BrokenModel) -> Any:
    """What the tracer answers of a model, run as the command runs it."""
    request = {"target": model.target, "arguments": {}, "inputs": model.inputs, "batch": BATCH, "timeout": 60}
    done = subprocess.run(
        [sys.executable, str(TRACER)], input=json.dumps(request), cwd=BROKEN, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    for model in broken_models():
        model.keep(answer_of(model))
        print(model.file.stem)
