"""Reads the settings of one TOML file; every mistake in it is said with its line and with what was meant."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import NEVER, SEVERITIES, closest, spelling
from cnn_shapes.rules import READING, RULES
from cnn_shapes.settings.settings import BadSettings, Settings
from cnn_shapes.source import DEEPEST, Limits, on_one_line, read_file, read_own_file, reason_of

OWN_FILE, PROJECT_FILE, TABLE = "cnn-shapes.toml", "pyproject.toml", "cnn-shapes"
_LONGEST = 100  # characters of a value in a message
_GREATEST = 10**15  # of a limit: no text comes near
_HEADS = rb"""(?m)^[ \t]*\[[ \t]*(?:tool[ \t]*\.[ \t]*)?["']?([A-Za-z0-9_-]+)"""
_REFUSED = {
    **dict.fromkeys(("tool", TABLE), f"leave the head of the table out here: it is for {PROJECT_FILE}"),
    "rounding": "rounding is not a setting: write it into the spec, so that it means the same everywhere",
}


def read_folder(folder: str) -> Settings | None:
    """What is configured in one folder; a pyproject.toml without our table does not count."""
    for name in (OWN_FILE, PROJECT_FILE):
        path = os.path.join(folder, name)
        try:
            data = read_own_file(path, must_be_file=True)
        except OSError as error:
            advice = "--isolated looks for no configuration"
            raise BadSettings(f"cannot open {path}: {reason_of(error)} ({advice})") from None
        if data is not None and (name == OWN_FILE or _mentions_us(data)):
            file = _config_file(path, data)
            if file.table is not None:
                return _settings(file, folder)
    return None


def _mentions_us(data: bytes) -> bool:
    """Whether a pyproject.toml is worth parsing: most are not for us, and may be broken in any way."""
    return TABLE.encode() in data or any(_near(word.decode()) for word in re.compile(_HEADS).findall(data))


def _near(word: str) -> bool:
    """Whether a table's name is a misspelling of ours, not that of another tool."""
    plain, ours = spelling(word), spelling(TABLE)
    return plain[:3] == ours[:3] and abs(len(plain) - len(ours)) <= 1 and closest(word, [TABLE]) is not None


class _ConfigFile(NamedTuple):
    """A file that is TOML: its path, its text, and our table in it, None where it has none."""

    path: str
    text: str
    table: dict[str, Any] | None

    def found(self, pattern: str, start: str = "") -> str:
        """The path with the first line from that of `start` that begins like this: TOML parsers give none."""
        first = self.text.rfind("\n", 0, max(self.text.find(start), 0)) + 1
        found = re.compile(rf"(?m)^[ \t]*{pattern}").search(self.text, first)
        return f"{self.path}:{self.text.count(chr(10), 0, found.start()) + 1}" if found else self.path

    def place(self, key: str) -> str:
        """`pyproject.toml:7` where a key of our table can be found."""
        start = f"tool.{TABLE}" if os.path.basename(self.path) == PROJECT_FILE else ""
        pattern = rf"(?:\[[ \t]*(?:tool\.{TABLE}\.)?)?[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]"
        return self.found(pattern, start)


def read(path: str, root: str) -> Settings:
    """The settings of one file. Raises BadSettings, also where it has none."""
    try:
        data = read_file(path)
    except (OSError, ValueError) as error:
        raise BadSettings(f"cannot open {path}: {reason_of(error)}") from None
    file = _config_file(path, data)
    if file.table is None:
        raise BadSettings(f"{path} has no [tool.{TABLE}]")
    return _settings(file, root)


def _config_file(path: str, data: bytes) -> _ConfigFile:
    import tomllib

    try:
        text = data.decode("utf-8-sig")
        values = tomllib.loads(text)
    except UnicodeDecodeError:
        raise BadSettings(f"{path} is not UTF-8: save it as UTF-8") from None
    except RecursionError:
        raise BadSettings(f"{path} is not TOML that can be read: it is nested too deeply") from None
    except ValueError as error:  # also a number of more digits than Python reads
        said = str(error).partition(";")[0]
        raise BadSettings(f"{path} is not TOML: {said[:1].lower()}{said[1:]}") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if os.path.basename(path) != PROJECT_FILE:
        return _ConfigFile(path, text, values)
    tools = values.get("tool")
    tools = tools if isinstance(tools, dict) else {}
    table = tools.get(TABLE)
    file = _ConfigFile(path, text, table)
    if table is None:
        _refuse_misspelt(tools, "tool.", file)
        _refuse_misspelt(values, "", file)
    elif not isinstance(table, dict):
        raise BadSettings(f"{path}: tool.{TABLE} must be a table, found {_shown(table)}")
    return file


def _refuse_misspelt(tables: dict[str, Any], before: str, file: _ConfigFile) -> None:
    for name, table in tables.items():
        if isinstance(table, dict) and _near(name):
            place = file.found(rf"\[[ \t]*{re.escape(before)}[\"']?{re.escape(name)}\b")
            raise BadSettings(f"{place}: there is no table {before}{name}: did you mean tool.{TABLE}?")


def _settings(file: _ConfigFile, root: str) -> Settings:
    values: dict[str, Any] = {}
    for key, value in (file.table or {}).items():
        setting = SETTINGS.get(key)
        try:
            if setting is None:
                raise BadSettings(_REFUSED.get(key) or _unknown(key, SETTINGS, "there is no setting"))
            values[key.replace("-", "_")] = setting.read(key, value)
        except BadSettings as error:
            raise BadSettings(f"{file.place(key)}: {error}") from None
    return Settings(**values, root=root, file=file.path)


def _unknown(word: str, known: Iterable[str], complaint: str) -> str:
    known = list(known)
    near = closest(word, known)
    return f"{complaint} {word}: " + (f"did you mean {near}?" if near else f"choose from {', '.join(known)}")


def rule(name: str, selects: bool = False) -> str:
    """A rule that can be turned off. `selects`: it is to be reported, not left out. Raises BadSettings."""
    if name not in RULES:
        near = closest(name, RULES)
        advice = f"did you mean {near}?" if near else "`cnn-shapes explain rules` lists them"
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
        greatest = DEEPEST if name == "depth" else _GREATEST
        if type(limit) is not int or not 1 <= limit <= greatest:
            allowed = f"from 1 to {DEEPEST}" if name == "depth" else "from 1"
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
    if isinstance(value, dict):
        return "a table"
    try:
        text = on_one_line(str(value))
    except (ValueError, RecursionError):  # a number of thousands of digits, lists in lists in lists
        return "a list" if isinstance(value, list) else "a number of thousands of digits"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


class SettingKey(NamedTuple):
    """One key of the configuration: how its value is read, what it is in a JSON Schema, what it means."""

    read: Callable[[str, Any], Any]
    schema: Callable[[], dict[str, Any]]
    text: str


def _listed(**items: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", **items}}


def _rule_names() -> list[str]:
    """The rules that may be turned off or down."""
    return [name for name in RULES if RULES.stage(name) != READING]


def _limit_schemas() -> dict[str, Any]:
    most = {"depth": {"maximum": DEEPEST}}
    initial = Limits()._asdict()
    return {
        name: {"type": "integer", "minimum": 1, "default": initial[name], **most.get(name, {})}
        for name in initial
    }


SETTINGS = {
    "select": SettingKey(
        _rules,
        lambda: _listed(enum=_rule_names()),
        "The only warnings and infos that are reported. Without it, all are. Errors always are.",
    ),
    "ignore": SettingKey(
        _rules, lambda: _listed(enum=_rule_names()), "Rules whose findings are not reported."
    ),
    "severity": SettingKey(
        _severities,
        lambda: {
            "type": "object",
            "properties": {name: {"enum": list(SEVERITIES)} for name in _rule_names()},
            "additionalProperties": False,
        },
        "How severe the findings of a rule are, instead of as it says.",
    ),
    "per-file-ignores": SettingKey(
        _per_file,
        lambda: {"type": "object", "additionalProperties": _listed(enum=_rule_names())},
        "Rules whose findings are not reported in the files of a pattern, as in .gitignore.",
    ),
    "fail-on": SettingKey(
        _fail_on,
        lambda: {"enum": [*SEVERITIES, NEVER], "default": Settings().fail_on},
        "The least severe finding for which the exit code is 1.",
    ),
    "limits": SettingKey(
        _limits,
        lambda: {"type": "object", "properties": _limit_schemas(), "additionalProperties": False},
        "What one file may ask for.",
    ),
    "include": SettingKey(
        _patterns,
        lambda: {**_listed(), "default": list(Settings().include)},
        "The files of a folder that may be specs: patterns as in .gitignore.",
    ),
    "exclude": SettingKey(
        _patterns,
        lambda: {**_listed(), "default": []},
        "The files and folders that are left out, as in .gitignore.",
    ),
    "models": SettingKey(
        _strings,
        lambda: {**_listed(), "default": []},
        "PyTorch and Keras models that check --models runs, as in net.py:Model --input 3x224x224 "
        "--arg classes=10.",
    ),
}


def schema() -> dict[str, Any]:
    """The JSON Schema (draft-07) of cnn-shapes.toml, for editors."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"The settings of cnn-shapes, in {OWN_FILE}",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {"description": setting.text, **setting.schema()} for name, setting in SETTINGS.items()
        },
    }
