"""Reads the settings of one TOML file; every mistake in it is said with its line and with what was meant."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from cnn_shapes.diagnostics import NEVER, SEVERITIES, closest, spelling
from cnn_shapes.rules import READING, RULES
from cnn_shapes.settings.settings import BadSettings, Settings
from cnn_shapes.source import DEEPEST, Limits, reason_of

OWN_FILE, PROJECT_FILE, TABLE = "cnn-shapes.toml", "pyproject.toml", "cnn-shapes"
_HEADS = rb"""(?m)^[ \t]*\[[ \t]*(?:tool[ \t]*\.[ \t]*)?["']?([A-Za-z0-9_-]+)"""
_REFUSED = {
    **dict.fromkeys(("tool", TABLE), f"leave the head of the table out here: it is for {PROJECT_FILE}"),
    "rounding": "rounding is not a setting: write it into the spec, so that it means the same everywhere",
}


def read_folder(folder: str) -> Settings | None:
    """What is configured in one folder; a pyproject.toml without our table does not count."""
    for name in (OWN_FILE, PROJECT_FILE):
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            continue
        if name == OWN_FILE or _mentions_us(path):
            table = _table(path)
            if table is not None:
                return _settings(table, path, folder)
    return None


def _mentions_us(path: str) -> bool:
    """Whether a pyproject.toml is worth parsing: most are not for us, and may be broken in any way."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return False
    return TABLE.encode() in data or any(_near(word.decode()) for word in re.compile(_HEADS).findall(data))


def _near(word: str) -> bool:
    """Whether a table's name is a misspelling of ours, not that of another tool."""
    plain, ours = spelling(word), spelling(TABLE)
    return plain[:3] == ours[:3] and abs(len(plain) - len(ours)) <= 1 and closest(word, [TABLE]) is not None


def read(path: str, root: str) -> Settings:
    """The settings of one file. Raises BadSettings, also where it has none."""
    table = _table(path)
    if table is None:
        raise BadSettings(f"{path} has no [tool.{TABLE}]")
    return _settings(table, path, root)


def _table(path: str) -> dict[str, Any] | None:
    import tomllib

    try:
        with open(path, "rb") as file:
            document = tomllib.loads(file.read().decode("utf-8-sig"))
    except OSError as error:
        raise BadSettings(f"cannot open {path}: {reason_of(error)}") from None
    except UnicodeDecodeError:
        raise BadSettings(f"{path} is not UTF-8: save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        raise BadSettings(f"{path} is not TOML: {said[:1].lower()}{said[1:]}") from None
    if os.path.basename(path) != PROJECT_FILE:
        return document
    tools = document.get("tool")
    tools = tools if isinstance(tools, dict) else {}
    table = tools.get(TABLE)
    if table is None:
        _refuse_misspelt(tools, "tool.", path)
        _refuse_misspelt(document, "", path)
    if table is not None and not isinstance(table, dict):
        raise BadSettings(f"{path}: tool.{TABLE} must be a table, found {_shown(table)}")
    return table


def _refuse_misspelt(tables: dict[str, Any], before: str, path: str) -> None:
    for name, table in tables.items():
        if isinstance(table, dict) and _near(name):
            place = _found(path, rf"\[[ \t]*{re.escape(before)}[\"']?{re.escape(name)}\b")
            raise BadSettings(f"{place}: there is no table {before}{name}: did you mean tool.{TABLE}?")


def _settings(table: dict[str, Any], path: str, root: str) -> Settings:
    values: dict[str, Any] = {}
    for key, value in table.items():
        reader = _READERS.get(key)
        try:
            if reader is None:
                raise BadSettings(_REFUSED.get(key) or _unknown(key, _READERS, "there is no setting"))
            values[key.replace("-", "_")] = reader(key, value)
        except BadSettings as error:
            raise BadSettings(f"{_place(path, key)}: {error}") from None
    return Settings(**values, root=root, file=path)


def _place(path: str, key: str) -> str:
    """`pyproject.toml:7` where a key of our table can be found."""
    start = f"tool.{TABLE}" if os.path.basename(path) == PROJECT_FILE else ""
    pattern = rf"(?:\[[ \t]*(?:tool\.{TABLE}\.)?)?[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]"
    return _found(path, pattern, start)


def _found(path: str, pattern: str, start: str = "") -> str:
    """The path with the first line from that of `start` that begins like this: TOML parsers give none."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
    except OSError:
        return path
    first = text.rfind("\n", 0, max(text.find(start), 0)) + 1
    found = re.compile(rf"(?m)^[ \t]*{pattern}").search(text, first)
    return f"{path}:{text.count(chr(10), 0, found.start()) + 1}" if found else path


def _unknown(word: str, known: Iterable[str], complaint: str) -> str:
    known = list(known)
    near = closest(word, known)
    return f"{complaint} {word}: " + (f"did you mean {near}?" if near else f"choose from {', '.join(known)}")


def rule(name: str, selects: bool = False) -> str:
    """A rule that can be turned off. `selects`: it is to be reported, not left out. Raises BadSettings."""
    if name not in RULES:
        near = closest(name, RULES)
        advice = f"did you mean {near}?" if near else "`cnn-shapes explain --all` lists them"
        raise BadSettings(f"there is no rule {name}: {advice}")
    if RULES.stage(name) == READING:
        if selects:
            raise BadSettings(
                f"{name} is always reported, as every error of reading is: leave it out of select"
            )
        raise BadSettings(f"{name} cannot be turned off or down: what it finds leaves the network unknown")
    return name


def _strings(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadSettings(f"{key} must be a list of strings, found {_shown(value)}")
    return tuple(value)


def _patterns(key: str, value: Any) -> tuple[str, ...]:
    return tuple(_pattern(key, one) for one in _strings(key, value))


def _pattern(key: str, pattern: str) -> str:
    """A pattern, refused where it is a path as shells have it: in .gitignore such a line matches nothing."""
    parts = pattern.removeprefix("!").split("/")
    if os.pardir in parts:
        raise BadSettings(f"{key} has {pattern}, which matches nothing: it can only name what is below here")
    if os.curdir in parts:
        anchored = "/" + ("/".join(part for part in parts if part != os.curdir) or "**")
        written = f"!{anchored}" if pattern.startswith("!") else anchored
        raise BadSettings(f"{key} has {pattern}, which matches nothing: write {written}, as in .gitignore")
    return pattern


def _rules(key: str, value: Any) -> tuple[str, ...]:
    return tuple(rule(name, selects=key == "select") for name in _strings(key, value))


def _severities(key: str, value: Any) -> tuple[tuple[str, str], ...]:
    return tuple((rule(name), _word(f"{key} of {name}", one, SEVERITIES)) for name, one in _items(key, value))


def _per_file(key: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (_pattern(key, pattern), _rules(f"{key} of {pattern}", rules))
        for pattern, rules in _items(key, value)
    )


def _fail_on(key: str, value: Any) -> str:
    return _word(key, value, (*SEVERITIES, NEVER))


def _limits(key: str, value: Any) -> Limits:
    limits = {}
    for name, limit in _items(key, value):
        if name not in Limits._fields:
            raise BadSettings(_unknown(name, Limits._fields, "there is no limit"))
        greatest = DEEPEST if name == "depth" else None
        if type(limit) is not int or limit < 1 or (greatest is not None and limit > greatest):
            allowed = "from 1" if greatest is None else f"from 1 to {greatest}"
            raise BadSettings(f"the limit {name} must be a whole number {allowed}, found {_shown(limit)}")
        limits[name] = limit
    return Limits(**limits)


def _items(key: str, value: Any) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, dict):
        raise BadSettings(f"{key} must be a table, found {_shown(value)}")
    return value.items()


def _word(key: str, value: Any, words: tuple[str, ...]) -> str:
    if value not in words:
        raise BadSettings(f"{key} must be one of {', '.join(words)}, found {_shown(value)}")
    return str(value)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "a table" if isinstance(value, dict) else str(value)


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "select": _rules,
    "ignore": _rules,
    "severity": _severities,
    "per-file-ignores": _per_file,
    "fail-on": _fail_on,
    "limits": _limits,
    "include": _patterns,
    "exclude": _patterns,
}
