"""`check --watch`: check again whenever a file changes, comes or goes, seen by looking often."""

import gc
import os
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import typer

from cnn_shapes.commands.parts.runs import STDIN, Request, Targets, find, run
from cnn_shapes.formats.parts import streams
from cnn_shapes.formats.parts.terminal_text import clean, plural
from cnn_shapes.shapes import listed
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.commands.parts.models import NamedModel

FORMATS = ("full", "concise")
_PACE = 0.3  # seconds between two looks
_SETTLED = 0.05  # seconds without a change, after which a file is taken to be whole
_MOST_LOOKS = 20  # for a file to settle: one that is written without end is checked as it is
_MOST_NAMED = 3
# beside the specs: what says which files are specs, and what is found in them
_SETTINGS = ("cnn-shapes.toml", "pyproject.toml", ".gitignore", os.path.join(".git", "info", "exclude"))

# what tells that a file is another one now; None where there is none
State = tuple[int, int, int, int] | None


class Watched(NamedTuple):
    """The files and folders that are looked at, each as it was before it was read."""

    files: dict[str, State]
    folders: dict[str, State]


def watch_over(request: Request) -> None:
    """Check, and again after each change, until Ctrl-C. Raises a usage error."""
    _refuse(request)
    reader = streams.PipeReader()
    try:
        targets = _found(request)
        watched = _watched(request, targets)
        _show(request, targets)
        while _changes(watched, reader):
            changed = _changed_files(watched)
            before, targets = targets, _found(request)
            watched = _watched(request, targets)
            if changed or _specs(before) != _specs(targets):
                _show(request, targets, _named(changed, before, targets))
    except KeyboardInterrupt:
        return  # as it is meant to end


def _refuse(request: Request) -> None:
    """Stop where an option is given that makes no sense over and over."""
    one = request.destinations[0]
    if len(request.destinations) > 1 or one.file is not None or one.format not in FORMATS:
        what = one.format if one.format not in FORMATS else "the file"
        why = f"it shows a person what changes, as {listed(list(FORMATS), 'or')}: leave out {what}"
    elif request.changes:
        why = f"{request.changes[0]} would write while you do: leave one of the two out"
    elif STDIN in request.files:
        why = "it looks at files, and standard input is not one"
    else:
        return
    raise typer.BadParameter(why, param_hint="--watch")


def _found(request: Request) -> Targets | str:
    """What there is to check; where the configuration cannot be read, why."""
    from cnn_shapes.settings import BadSettings

    try:
        return find(request)
    except BadSettings as error:
        return str(error)


def _show(request: Request, targets: Targets | str, changed: str = "") -> None:
    """Check once, in the place of what was shown before; `changed` is what has changed since."""
    one = request.destinations[0]
    is_spacious = one.format != "concise"
    if changed:
        with streams.opened(None, one.color) as out:
            out.clear()
            out.line(f"[{_now()}] {changed}")
            if is_spacious:
                out.line()
    summary = _run(request, targets)
    gc.unfreeze()  # a run counts on its process ending soon
    gc.collect()
    with streams.opened(None, one.color) as out:
        if is_spacious:
            out.line()
        out.line(f"[{_now()}] {summary}watching, Ctrl-C ends")


def _run(request: Request, targets: Targets | str) -> str:
    """Check: how many specs were, in words, where that is not told already.

    What is wrong with the arguments is told, and may be mended.
    """
    if isinstance(targets, str):
        streams.say(targets)
        return ""
    try:
        tally = run(request, targets)
        one, is_quiet = request.destinations[0], request.display["quiet"]
        is_told = not is_quiet and (one.counts or (one.format == "full" and tally.checked > 1))
        return "" if is_told else f"{tally.summary()}: "
    except typer.Exit:
        return ""
    except typer.BadParameter as error:
        streams.say(error.message)
        return ""


def _changes(watched: Watched, reader: streams.PipeReader) -> bool:
    """Wait until anything is not as it was; False where nobody reads it any more."""
    while not reader.has_left():
        time.sleep(_PACE)
        if _states(watched.files) != watched.files or _states(watched.folders) != watched.folders:
            _settle(watched)
            return True
    return False


def _settle(watched: Watched) -> None:
    """Wait until whoever writes has finished."""
    before = None
    for _ in range(_MOST_LOOKS):
        now = _states(watched.files), _states(watched.folders)
        if now == before:
            return
        before = now
        time.sleep(_SETTLED)


def _changed_files(watched: Watched) -> list[str]:
    now = _states(watched.files)
    return [path for path, state in watched.files.items() if now[path] != state]


def _named(changed: list[str], before: Targets | str, after: Targets | str) -> str:
    """`a.yaml changed; b.yaml added; c.yaml removed`."""
    old, new = dict.fromkeys(_specs(before)), dict.fromkeys(_specs(after))
    is_known = not isinstance(before, str) and not isinstance(after, str)
    added = [path for path in new if path not in old] if is_known else []
    removed = [path for path in old if path not in new] if is_known else []
    removed += [path for path in changed if path not in removed and not os.path.lexists(path)]
    others = [path for path in changed if path not in (*added, *removed)]
    parts = [(others, "changed"), (added, "added"), (removed, "removed")]
    return "; ".join(f"{_some(paths)} {what}" for paths, what in parts if paths)


def _some(paths: list[str]) -> str:
    if len(paths) > _MOST_NAMED:
        return plural(len(paths), "file")
    return listed([_short(path) for path in paths])


def _short(path: str) -> str:
    inside = os.path.isabs(path) and path.startswith(os.path.join(os.getcwd(), ""))
    return clean(shown_path(os.path.relpath(path) if inside else path))


def _specs(targets: Targets | str) -> list[str]:
    return [] if isinstance(targets, str) else [*targets.found.specs, *targets.found.unreadable]


def _watched(request: Request, targets: Targets | str) -> Watched:
    """All that has a say in what is found: specs, what may become one, settings, the code of models."""
    named = [path for path in request.files if not os.path.isdir(path)]
    folders: dict[str, State] = {path: None for path in request.files if os.path.isdir(path)}
    files = dict.fromkeys(named)
    if not isinstance(targets, str):
        found = targets.found
        files |= dict.fromkeys([*found.specs, *found.skipped])
        folders |= {path: _key(state) for path, state in found.folders.items()}
        of_models = [path for model in targets.models for path in _code(model)]
        files |= dict.fromkeys(of_models)
        settings = targets.configuration.of(os.curdir).file
        files |= dict.fromkeys([settings] if settings is not None else [])
    around = {os.path.abspath(path) for path in folders}
    around |= {os.path.dirname(os.path.abspath(path)) for path in files}
    for folder in _with_parents(around):
        files |= dict.fromkeys(os.path.join(folder, name) for name in _SETTINGS)
    return Watched(_states(files), {path: state or _state(path) for path, state in folders.items()})


def _with_parents(folders: Iterable[str]) -> set[str]:
    """Absolute folders, and all those that they are in."""
    found: set[str] = set()
    for folder in folders:
        while folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return found


def _code(model: "NamedModel") -> list[str]:
    """The file that a model is in, and the others beside it, which it may import."""
    path = model.target.rpartition(":")[0]
    file = path if path.endswith(".py") else f"{path.replace('.', os.sep)}.py"
    folder = os.path.dirname(os.path.join(model.folder, file))
    try:
        names = [name for name in os.listdir(folder or os.curdir) if name.endswith(".py")]
        return [os.path.normpath(os.path.join(folder, name)) for name in names]
    except OSError:
        return []


def _states(paths: Iterable[str]) -> dict[str, State]:
    return {path: _state(path) for path in paths}


def _state(path: str) -> State:
    try:
        return _key(os.stat(path))
    except (OSError, ValueError):
        return None


def _key(found: os.stat_result) -> State:
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode


def _now() -> str:
    return time.strftime("%H:%M:%S")
