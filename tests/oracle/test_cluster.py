"""Sweeps on a real Dask scheduler with four workers of this machine: equal to the serial ones."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from distributed import LocalCluster
from typer.testing import CliRunner

from cnn_shapes.cli import app
from cnn_shapes.discovery import shipped
from cnn_shapes.source import Source
from cnn_shapes.sweeps import Job, chunks, space_of
from cnn_shapes.sweeps.cluster import connected

# of Dask's own: that a worker has died, and ports that it finds taken
pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

SPACE = space_of([], ["32:240:4"])
WORKERS = 4


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with LocalCluster(n_workers=WORKERS, threads_per_worker=1, silence_logs=50) as made:
        made.wait_for_workers(WORKERS)
        yield made


def lines(job: Job, executor: Any = None, workers: int = 1) -> list[str]:
    numbers = job.space.numbers()
    text = "".join(chunk.lines for chunk in chunks(job, numbers, executor, workers, as_lines=True))
    return sorted(text.splitlines())


def test_a_cluster_gives_the_rows_of_one_process(cluster: Any) -> None:
    job = Job(Source("resnet50.yaml", shipped.text("resnet50")), SPACE)
    joined = connected(cluster.scheduler_address)
    assert joined.workers == WORKERS
    assert lines(job, joined.executor, joined.workers) == lines(job)
    joined.close()


def test_a_worker_that_is_killed_loses_nothing(cluster: Any) -> None:
    job = Job(Source("resnet50.yaml", shipped.text("resnet50")), space_of([], ["32:1024:1"]))
    joined = connected(cluster.scheduler_address)
    text = ""
    pieces = chunks(job, job.space.numbers(), joined.executor, joined.workers, as_lines=True)
    for number, chunk in enumerate(pieces):
        text += chunk.lines
        if number == 1:
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
    assert sorted(text.splitlines()) == lines(job)
    joined.close()


def test_the_command_takes_the_address_of_a_scheduler(cluster: Any) -> None:
    spec = shipped.path("mnist")
    arguments = ["sweep", str(spec), "--input", "20:60", "--format", "csv"]
    serial = CliRunner().invoke(app, arguments)
    spread = CliRunner().invoke(app, [*arguments, "--scheduler", cluster.scheduler_address])
    assert serial.exit_code == 0
    assert spread.stdout == serial.stdout
