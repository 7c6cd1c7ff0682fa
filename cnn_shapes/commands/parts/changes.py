"""What `check` changes in the files: spelling, pins, comments that ignore what is found."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.commands.parts.shared import FOUND, SUCCESS, other_names
from cnn_shapes.formats.parts.terminal_text import plural

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.diagnostics import Diagnostic


class Changed(NamedTuple):
    """The report after a change, what to say of it, the least exit code, and why the run cannot go on."""

    report: "CheckResult"
    said: tuple[str, ...] = ()
    code: int = SUCCESS
    refused: str = ""


# Makes a change in the file of a report, unless that leads `outside` of the folder.
Change = Callable[["CheckResult", bool], Changed]


def respelled(report: "CheckResult", outside: bool) -> Changed:
    """Write every safe fix into the file."""
    from cnn_shapes.repair.report.spelling import respelled

    if report.source.is_derived:  # no text says it
        return Changed(report)
    path = report.source.path
    after, done, undone = respelled(report)
    said = [f"{path}: left alone, for it would bring another error: {', '.join(undone)}"] if undone else []
    if not done:
        return Changed(after, tuple(said))
    return _written(after, report, outside, said, [f"{path}: {', '.join(done)}"])


def pinned(report: "CheckResult", outside: bool) -> Changed:
    """Write the shapes of today into the file.

    A file where some could not be written fails: whoever pins relies on it.
    """
    from cnn_shapes.repair.pins import pin

    path, must_hold = report.source.path, report.settings.fail_on != "never"
    if refused := _of_another_tool(report, "--pin writes expect into specs"):
        return Changed(report, refused=refused)
    if outside:
        return Changed(report, (_outside(path),), FOUND)
    found = pin(report)
    if found is None:
        said = (f"{path}: not pinned, since it has errors",)
        return Changed(report, said, FOUND if must_hold else SUCCESS)
    counts = ((found.added, "added"), (found.renewed, "renewed"), (len(found.left), "missing"))
    parts = [f"{count} {what}" for count, what in counts if count]
    if parts:
        number, what = parts[0].split()
        parts[0] = f"{number} {'pin' if number == '1' else 'pins'} {what}"
    told = [f"{path}: {', '.join(parts) or 'all pins hold'}"]
    told += [f"{path}:{one.line}: {one.name} is not pinned: {one.reason}" for one in found.left]
    code = FOUND if found.left and must_hold else SUCCESS
    if not found.added + found.renewed:
        return Changed(report, tuple(told), code)
    changed = _written(found.report, report, outside, [], told)
    return changed._replace(code=max(changed.code, code))


def ignored(report: "CheckResult", outside: bool) -> Changed:
    """Write comments into the file that ignore what is found, and name what no comment can ignore."""
    from cnn_shapes.checking import NO_VERDICT
    from cnn_shapes.repair.baseline import baseline

    path = report.source.path
    if refused := _of_another_tool(report, "--add-ignore writes comments into specs"):
        return Changed(report, refused=refused)
    made = baseline(report)
    left = [_of_left(path, made.report, one) for one in made.report.diagnostics if one.rule not in NO_VERDICT]
    if not made.ignored:
        return Changed(report, tuple(left))
    told = f"{path}: {plural(made.ignored, 'finding')} ignored by comments"
    return _written(made.report, report, outside, [], [told, *left])


def _of_left(path: str, report: "CheckResult", found: "Diagnostic") -> str:
    """What to say of a finding that is still there."""
    from cnn_shapes.repair.baseline import can_be_ignored

    line = report.source.position(found.span.start)[0]
    if can_be_ignored(found.rule):
        return f"{path}:{line}: {found.rule} is not ignored: its text has no place for a comment"
    return f"{path}:{line}: {found.rule} cannot be ignored: mend it"


# in the order in which they are made
CHANGES: dict[str, Change] = {"--fix": respelled, "--add-ignore": ignored, "--pin": pinned}


def _of_another_tool(report: "CheckResult", what: str) -> str:
    """Why a file cannot be changed as specs can; empty where it is one."""
    from cnn_shapes.language.dialects import is_binary

    path = report.source.path
    if not report.source.is_translated and not is_binary(path):
        return ""
    return f"check {what}, and {path} is not one: import writes its spec"


def _outside(path: str) -> str:
    return f"{path}: not changed, for it is a link that leads out of the folder: name it to do so"


def _written(
    after: "CheckResult", before: "CheckResult", outside: bool, said: list[str], done: list[str]
) -> Changed:
    """Write a changed text into its file, which must still be as it was read.

    `done` is what to say where that succeeds; else the report becomes one of the failure.
    """
    from cnn_shapes.checking import unwritable
    from cnn_shapes.edit.files import write_atomically
    from cnn_shapes.source import reason_of

    path = before.source.path
    if outside:
        return Changed(before, (*said, _outside(path)))
    try:
        others = write_atomically(path, after.source.encode(), before.source.encode())
    except OSError as error:
        return Changed(unwritable(path, reason_of(error), before.settings), tuple(said))
    return Changed(after, (*said, *other_names(path, others), *done))
