"""Fuzzing with drawn specs: `python -m tests.fuzz.draw --seconds N`.

Draws specs until the time is up, each through `check` and two other commands. Inputs that break a promise are
made as small as can be and kept in `tests/fuzz/crashes`; the exit code is 1 if there was one.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, errors, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.crashes import FOLDER, Crashes, sort_of
from tests.fuzz.judge import EVERY, timed
from tests.fuzz.specs import specs

EACH = 200  # specs of one seed
PATIENCE = 60  # seconds for making an input small


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0, help="the first seed of many")
    parser.add_argument("--crashes", type=Path, default=FOLDER, help="the folder that keeps them")
    options = parser.parse_args(arguments)
    crashes = Crashes(options.crashes)
    counted: Counter[str] = Counter()
    end = time.monotonic() + options.seconds
    number = options.seed
    while time.monotonic() < end:
        draw(number, crashes, counted, end)
        number += 1
    runs = counted.total() - counted["specs"]
    print(f"{counted['specs']:,} specs, {runs:,} runs of commands, {len(crashes.known)} faults")
    return 1 if crashes.known else 0


class Enough(KeyboardInterrupt):
    """No more drawing: what hypothesis lets through at once."""


def draw(number: int, crashes: Crashes, counted: Counter[str], end: float) -> None:
    """Draw EACH specs with one seed. A fault that is new is made small before it is kept."""
    before, patience = set(crashes.known), end

    @seed(number)
    @settings(
        max_examples=EACH,
        database=None,
        derandomize=False,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(spec=specs(), names=st.lists(st.sampled_from(EVERY), min_size=2, max_size=2, unique=True))
    def one(spec: bytes, names: list[str]) -> None:
        nonlocal patience
        if time.monotonic() > patience:
            raise Enough
        counted["specs"] += 1
        for name in ("concise", *names):
            counted[name] += 1
            found = timed(name, spec)
            if found is not None and sort_of(found) not in before:
                crashes.add(found, spec)
                if found.symptom.startswith("over "):
                    continue  # would take too long to make small
                if patience == end:
                    patience = time.monotonic() + PATIENCE
                raise AssertionError(found)

    try:
        one()
    except (AssertionError, Enough, errors.Flaky):  # kept already; what depends on time or caches is flaky
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
