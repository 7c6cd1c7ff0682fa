"""Which row and column of the grid a box is in: by the stage that it is at, or by the branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

from cnn_shapes.draw.whole.boxes import Box

Sources = Mapping[int, Sequence[Box]]  # by the identity of a box, those that it reads


def levels(placed: Sequence[Box], sources: Sources) -> dict[int, int]:
    """How often each map was halved, by the identity of its box; of what is no map, as what it reads."""
    found: dict[int, int] = {}
    for box in placed:
        jump = box.item.jump
        read = [found[id(source)] for source in sources[id(box)]]
        if jump and box.item.output is not None and box.item.output.rank:
            found[id(box)] = round(log2(jump))
        else:
            found[id(box)] = max(read, default=0)
    return found


def goes_up_again(placed: Sequence[Box], sources: Sources) -> bool:
    """Whether maps grow again, so that the network has stages that it comes back to."""
    found = levels(placed, sources)
    return any(
        found[id(box)] < found[id(source)]
        for box in placed
        for source in sources[id(box)]
        if box.item.output is not None and box.item.output.rank
    )


def stages(placed: Sequence[Box], sources: Sources) -> dict[int, int]:
    """The row of each box by its level, of a network that `goes_up_again`.

    Levels that it does not come back to share the row of the first that it does.
    """
    found = levels(placed, sources)
    top = min(
        found[id(box)] for box in placed for source in sources[id(box)] if found[id(box)] < found[id(source)]
    )
    return {box: max(level, top) for box, level in found.items()}


def set_by_stage(placed: Sequence[Box], sources: Sources, found: Mapping[int, int]) -> None:
    """Rows as `stages` has them, and labels above on the way up, where arrows come from below."""
    for box in placed:
        box.row = found[id(box)]
        read = sources[id(box)]
        rises = any(source.row > box.row for source in read)
        box.label_above = rises or any(source.row == box.row and source.label_above for source in read[-1:])
    set_columns(placed, sources)


def set_by_branch(placed: Sequence[Box], sources: Sources) -> None:
    """Rows by branch: a box goes on in the row of the first of its sources that nothing went on from."""
    ends: dict[int, Box] = {}  # by row, the last box in it
    waiting = {id(box): 0 for box in placed}
    for box in placed:
        for source in sources[id(box)]:
            waiting[id(source)] += 1
    for box in placed:
        read = sources[id(box)]
        own = sorted(source.row for source in read if ends.get(source.row) is source)
        if own:
            box.row = own[0]
        else:
            free = (row for row in range(len(placed)) if row not in ends or not waiting[id(ends[row])])
            box.row = next(free)
        for source in read:
            waiting[id(source)] -= 1
        ends[box.row] = box
    set_columns(placed, sources)


def set_columns(placed: Sequence[Box], sources: Sources) -> None:
    """Each box after all that it reads, alone in its row and column; an input as late as may be."""
    taken: set[tuple[int, int]] = set()
    readers: dict[int, list[Box]] = {}
    for box in placed:
        for source in sources[id(box)]:
            readers.setdefault(id(source), []).append(box)
        box.column = max((source.column + 1 for source in sources[id(box)]), default=0)
        while (box.row, box.column) in taken:
            box.column += 1
        taken.add((box.row, box.column))
    for box in placed:
        if not sources[id(box)] and readers.get(id(box)):
            taken.discard((box.row, box.column))
            box.column = min(reader.column for reader in readers[id(box)]) - 1
            while (box.row, box.column) in taken:
                box.column -= 1
            taken.add((box.row, box.column))
    first = min(box.column for box in placed)
    for box in placed:
        box.column -= first
