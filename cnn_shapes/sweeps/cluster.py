"""A Dask cluster that computes the pieces of a sweep: the extra `dask`."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, NamedTuple

_ADDRESS = re.compile(r"(?:\w+://)?(?:[^\s/:]+|\[[0-9a-fA-F:]+\]):\d{1,5}")
_PATIENCE = 10  # seconds that a scheduler may take to answer


class Unreachable(OSError):
    """There is no such cluster, or it does not answer."""


class Cluster(NamedTuple):
    """A connection: what runs the pieces, how many at once, and what ends the connection."""

    executor: Executor
    workers: int
    close: Callable[[], None]


def connected(address: str) -> Cluster:
    """A connection to the scheduler at an address, as tcp://host:8786. Raises Unreachable."""
    if not _ADDRESS.fullmatch(address):
        raise Unreachable(f"--scheduler takes an address such as tcp://host:8786, found {address}")
    try:
        from distributed import Client
    except ImportError:
        raise Unreachable("--scheduler needs dask: pip install 'cnn-shapes[dask]'") from None
    try:
        client: Any = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        reason = " ".join(str(error).split()) or f"no answer within {_PATIENCE} s"
        raise Unreachable(f"the scheduler at {address} does not answer: {reason}") from None
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        client.close()
        raise Unreachable(f"the scheduler at {address} has no workers") from None
    workers = sum(client.nthreads().values())
    # a piece whose worker dies is computed by another
    return Cluster(client.get_executor(pure=False, retries=3), workers, client.close)
