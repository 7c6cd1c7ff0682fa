"""Coverage-guided fuzzing with bytes: `python -m tests.fuzz.bytes --seconds N`.

atheris (libFuzzer) changes the bytes of real specs and goes on with what reaches new code. Each input goes
through `check`, every third through one more command that its checksum chooses. Inputs that break a promise
are kept in `tests/fuzz/crashes`. Needs Linux and `pip install -e '.[fuzz]'`.
"""

import argparse
import atexit
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

# A search tries thousands of networks, and is guided by none of these bytes: it would take all the time.
UNGUIDED = ["cnn_shapes.repair", "cnn_shapes.input_sizes", "cnn_shapes.prompt"]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--crashes", type=Path, help="the folder that keeps them")
    given = parser.parse_args()

    import atheris

    with atheris.instrument_imports(include=["cnn_shapes"], exclude=UNGUIDED):
        for module in walk_packages(import_module("cnn_shapes").__path__, "cnn_shapes."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    from tests.fuzz import crashes, guided

    kept = crashes.Crashes(given.crashes or crashes.FOLDER)
    run = guided.Run(kept)
    atexit.register(run.tell)  # libFuzzer ends the process by itself
    with tempfile.TemporaryDirectory() as name:
        corpus, words = Path(name, "corpus"), Path(name, "words")
        guided.write_seeds(corpus)
        guided.write_words(words)
        limits = [f"-max_total_time={given.seconds}", "-timeout=60", "-rss_limit_mb=2000"]
        others = [f"-seed={given.seed}", f"-max_len={guided.LONGEST}", f"-artifact_prefix={kept.folder}/"]
        atheris.Setup([sys.argv[0], *limits, *others, f"-dict={words}", str(corpus)], run)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
