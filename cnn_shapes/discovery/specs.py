"""Finding specs: a file that is named is taken; in a folder, the YAML files that look like specs.

A spec has the keys `input` and `layers` at its top, with sizes and layers under them, or its name ends in
`.cnn.yaml`. What .gitignore names is
left out, and so are hidden folders and what the configuration excludes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from io import StringIO
from typing import NamedTuple

from cnn_shapes.language.recognition import LOOKED_AT, is_layer_word, is_plainly_a_spec, looks_like_a_spec
from cnn_shapes.settings import INCLUDED, Configuration, Settings, relative
from cnn_shapes.settings.gitignore import Patterns
from cnn_shapes.source import Source, Unreadable, has_keys, read_own_file, read_yaml, reason_of

# the .gitignore files that hold, from the top down, each with its folder
Ignores = tuple[tuple[str, Patterns], ...]

STDIN = "-"
_SUFFIXES = (".yaml", ".yml")
_SURE = (".cnn.yaml", ".cnn.yml")
_MOST = 2**26  # bytes: a dump of gigabytes need not be looked through, nor could it be checked
_KEYS = (b"input", b"layers")
_ESCAPED = rb"""\\[xuU][^"\r\n]*"[ \t]*:"""  # in a key: what it says is known after parsing
# What may come before a root. It gives nothing back (`*+`): a line of many # can be parted in endless ways.
_BEFORE = rb"(?:\xef\xbb\xbf|\s|#[^\r\n]*|%[^\r\n]*|---(?=\s))*+"
_FLOW_ROOT = _BEFORE + rb"\{"
_BLOCK_ROOT = _BEFORE + rb"(?<![^\r\n\xbf])[^\s\-{\[?&!*|>]"  # it is not indented, nor are its keys then
_LINE = rb"(?:\A|[\r\n]|\xc2\x85|\xe2\x80[\xa8\xa9])(?:\xef\xbb\xbf)*"
_PERHAPS = _LINE + rb"""(?:["']?%s|[?&!*<]|"[^"\r\n]*\\)"""
_IN_BLOCK = rb"(?m)^(?:\xef\xbb\xbf)?[\"']?%s[\"']?[ \t]*:"
_COMMENT = rb"(?m)(?:^|(?<=[ \t]))#.*$"
_CLOSED = rb"""(["'])[^"'\\\r\n]*\1"""  # on its line, with nothing in it that could mean otherwise
_DOCUMENT = rb"(?m)^---(?=\s)"
_IN_FLOW = rb"[{,]\s*[\"']?%s[\"']?\s*:"
# what most specs are, of which nothing need be parsed
_PLAIN_SIZES = rb"(?m)^input:[ \t]*\[[ \t]*\d+(?:[ \t]*,[ \t]*\d+)*[ \t]*\][ \t]*(?:#.*)?\r?$"
_LIST = rb"(?m)^layers:[ \t]*(?:#.*)?\r?$"
_BLOCKS = (
    rb"(?m)^blocks:[ \t]*(?:#.*)?\r?\n(?:[ \t]*#.*\n)*(?P<indent> +)\w.*\n(?:[ \t]+.*\n|[ \t]*\r?\n|#.*\n)*"
)
_ENTRY = rb"(?m)^(?P<indent> *)(?:- (?P<word>\w+)|(?P<other>[^\s#]))"


class FoundSpecs(NamedTuple):
    """The specs that were found, the YAML files that are not specs, the folders that cannot be read and why.

    `excluded` are the files and folders that include, exclude or a .gitignore leave out, and hidden ones that
    are named. `outside` are those of the specs that are links out of the folder in which they were found.
    `folders` are those that were looked through, as they were before: who waits for a change sees it.
    """

    specs: list[str]
    skipped: list[str]
    excluded: list[str]
    unreadable: dict[str, str]
    outside: set[str]
    folders: dict[str, os.stat_result]


class Finder:
    """Finds specs with the settings of each folder."""

    def __init__(self, configuration: Configuration, force_exclude: bool = False) -> None:
        self.configuration, self.force_exclude = configuration, force_exclude
        self._chosen: dict[tuple[str, ...], Patterns] = {}
        self._known: dict[str, Ignores] = {}
        self._unreadable: dict[str, str] = {}  # files that say what is left out

    def find(self, paths: Iterable[str]) -> FoundSpecs:
        """The specs that `paths` mean, each once, under its first spelling.

        Those of a folder come sorted, the folder joined in front. A path that does not exist is returned too:
        opening it tells the user why it cannot be read. With `force_exclude` a file or folder that is
        named is left out where a walk would leave it out. Raises BadSettings.
        """
        found = FoundSpecs([], [], [], {}, set(), {})
        for path in paths:
            is_folder = path != STDIN and os.path.isdir(path)
            # what is neither file nor folder, as a pipe, is taken: to look into it would empty it
            named = not (self.force_exclude and (is_folder or os.path.isfile(path)))
            if not named and self._left_out(path, is_folder):
                found.excluded.append(path)
            elif is_folder:
                self._walk(path, found)
            elif named:
                found.specs.append(path)
            else:
                (found.specs if is_spec(path) else found.skipped).append(path)
        found.unreadable.update(self._unreadable)
        return found._replace(
            specs=_once(found.specs), skipped=_once(found.skipped), excluded=_once(found.excluded)
        )

    def _walk(self, top: str, found: FoundSpecs) -> None:
        waiting = [(top, self._ignores(top))]
        while waiting:
            folder, ignores = waiting.pop()
            try:
                found.folders[folder] = os.stat(folder)
                with os.scandir(folder) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                found.unreadable[folder] = reason_of(error)
                continue
            settings = self.configuration.of(folder)
            folders = []
            for entry in listed:
                try:
                    is_folder = entry.is_dir(follow_symlinks=False)
                    included = is_folder or self.includes(entry.path, settings)
                    meant = _may_be_meant(entry, is_folder, included)
                except OSError as error:  # a link that leads to itself
                    found.unreadable[entry.path] = reason_of(error)
                    continue
                if not meant:
                    continue
                if (
                    not included
                    or _ignored(entry.path, is_folder, ignores)
                    or self._excludes(entry.path, is_folder, settings)
                ):
                    found.excluded.append(entry.path)
                elif is_folder:
                    folders.append(entry.path)
                else:
                    named = settings.include != INCLUDED and _is_of_another_tool(entry.path)
                    (found.specs if named or is_spec(entry.path) else found.skipped).append(entry.path)
                    if entry.is_symlink() and not _is_within(entry.path, top):
                        found.outside.add(entry.path)
            waiting += [(path, self._with(ignores, path)) for path in reversed(folders)]

    def includes(self, path: str, settings: Settings) -> bool:
        if settings.include == INCLUDED:
            return _is_yaml(path)
        return self._compiled(settings.include).hold(settings.relative(path))

    def _excludes(self, path: str, is_folder: bool, settings: Settings) -> bool:
        exclude = self._compiled(settings.exclude)
        return bool(exclude and exclude.decide(settings.relative(path), is_folder))

    def _left_out(self, path: str, is_folder: bool) -> bool:
        """Whether what is named would not be found by walking from the top of its repository.

        Where there is none, the walk begins in the working folder.
        """
        if not is_folder and not self.includes(path, self.configuration.of_file(path)):
            return True
        current = os.path.abspath(path)
        folder = current if is_folder else os.path.dirname(current)
        top = self._top(folder)
        inside = relative(folder, top).split("/")
        if any(part.startswith(".") and part != os.curdir for part in inside):
            return True
        while not (is_folder and os.path.exists(os.path.join(current, ".git"))):
            parent = os.path.dirname(current)
            if parent == current:
                break
            below = len(current) > len(top)  # of the folders above only the configuration speaks
            if below and _ignored(current, is_folder, self._ignores(parent)):
                return True
            if self._excludes(current, is_folder, self.configuration.of(parent)):
                return True
            current, is_folder = parent, True
        return False

    def _ignores(self, folder: str) -> Ignores:
        """The .gitignore files that hold in a folder, from the top down."""
        folder = os.path.abspath(folder)
        if folder not in self._known:
            top = self._top(folder)
            above = [folder]
            while above[-1] != top:
                above.append(os.path.dirname(above[-1]))
            ignores: Ignores = ()
            for one in reversed(above):
                ignores = self._with(ignores, one)
            self._known[folder] = ignores
        return self._known[folder]

    def _with(self, ignores: Ignores, folder: str) -> Ignores:
        """What holds in a folder, given what holds above it."""
        for name in (os.path.join(".git", "info", "exclude"), ".gitignore"):
            path = os.path.join(folder, name)
            try:
                data = read_own_file(path)
            except OSError as error:
                self._unreadable[os.path.relpath(path)] = reason_of(error)
                continue
            patterns = Patterns(StringIO((data or b"").decode("utf-8-sig", "surrogateescape"), newline=None))
            if patterns:
                ignores = (*ignores, (folder, patterns))
        return ignores

    def _top(self, folder: str) -> str:
        """Where what leaves out files in a folder begins: its repository; without one, the folder itself.

        What is named is held against a walk from the working folder instead, where it is in there.
        """
        top = _repository(folder)
        if top is None and self.force_exclude:
            working = os.getcwd()
            if os.path.join(folder, "").startswith(os.path.join(working, "")):
                return working
        return top or folder

    def _compiled(self, lines: tuple[str, ...]) -> Patterns:
        if lines not in self._chosen:
            self._chosen[lines] = Patterns(lines)
        return self._chosen[lines]


def _is_within(path: str, folder: str) -> bool:
    """Whether the file that a link leads to is in a folder."""
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), ""))


def _repository(folder: str) -> str | None:
    """The top of the git repository that a folder is in."""
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _once(paths: list[str]) -> list[str]:
    """Each file once, however often and in whatever spelling it is named."""
    spelt: dict[str, str] = {}
    for path in paths:
        spelt.setdefault(path if path == STDIN else os.path.normcase(os.path.abspath(path)), path)
    return list(spelt.values())


def _is_yaml(path: str) -> bool:
    return path.lower().endswith(_SUFFIXES)


def _may_be_meant(entry: os.DirEntry[str], is_folder: bool, included: bool) -> bool:
    """Whether a walk looks at an entry at all: folders that are not hidden, YAML files, what is included."""
    if is_folder:
        return not entry.name.startswith(".")
    return (included or _is_yaml(entry.name)) and entry.is_file()


def _ignored(path: str, is_folder: bool, ignores: Ignores) -> bool:
    """The nearest .gitignore that speaks of a path decides."""
    for root, patterns in reversed(ignores):
        decided = patterns.decide(relative(path, root), is_folder)
        if decided is not None:
            return decided
    return False


def is_spec(path: str) -> bool:
    """Whether a file says that it is a spec: by its name, or by the keys at its top, parsed in doubt only.

    A spec whose YAML is broken is one too, as far as can be seen: checking it says what is wrong.
    """
    if path.lower().endswith(_SURE):
        return True
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST)
    except OSError:
        return True  # checking it says why it cannot be read
    known = _known_from_bytes(data)
    return _known_from_parsing(path, data) if known is None else known


def _is_of_another_tool(path: str) -> bool:
    """Whether a file is a network in a language that is read too."""
    from cnn_shapes.language.dialects import dialect_of, is_binary  # most walks meet none

    if is_binary(path):
        return True
    try:
        with open(path, "rb") as file:
            text = file.read(_MOST).decode(errors="replace")
    except OSError:
        return False
    return dialect_of(path, text) is not None


def _known_from_bytes(data: bytes) -> bool | None:
    """Whether a file is a spec, where that is known without parsing it; else None."""
    bare = data.replace(b"\0", b"") if b"\0" in data else data  # of UTF-16 what is ASCII
    if not all(key in bare for key in _KEYS) and not re.search(_ESCAPED, bare):
        return False
    if bare is not data:
        return None
    if _all_in(data, _IN_BLOCK) and _is_plain(data) and _says_so(data):
        return True
    return False if re.match(_BLOCK_ROOT, data) and not _all_in(data, _PERHAPS) else None


def _known_from_parsing(path: str, data: bytes) -> bool:
    try:
        text = Source.decode(path, data).text
    except Unreadable as error:
        text = error.source.text
    found = has_keys(text, [key.decode() for key in _KEYS])
    if found:
        root = read_yaml(Source(path, text)).root
        return looks_like_a_spec(text) if root is None else is_plainly_a_spec(root)
    if found is None:  # its YAML is broken
        data = text.encode("utf-8", "replace")
        keys = _all_in(data, _IN_FLOW if re.match(_FLOW_ROOT, data) else _IN_BLOCK)
        return keys and looks_like_a_spec(text)
    if b"\0" in data:
        return False
    # a spec that a `---` cuts in two is one to complain about
    cut = _all_in(data, _IN_BLOCK) and re.search(_DOCUMENT, data) is not None
    return cut and any(has_keys(text, [key.decode()]) for key in _KEYS) and looks_like_a_spec(text)


def _all_in(data: bytes, pattern: bytes) -> bool:
    return all(re.search(pattern % key, data) for key in _KEYS)


def _is_plain(data: bytes) -> bool:
    """Whether nothing can hold the lines of the keys: no open quote or bracket, no document before."""
    firsts = (re.search(_IN_BLOCK % key, data) for key in _KEYS)
    head = data[: max(found.end() for found in firsts if found)]
    head = re.sub(_CLOSED, b"", re.sub(_COMMENT, b"", head))
    opened = head.count(b"{") + head.count(b"[")
    closed = head.count(b"}") + head.count(b"]")
    return opened == closed and b'"' not in head and b"'" not in head and not re.search(_DOCUMENT, head)


def _block_names(data: bytes) -> list[bytes]:
    """The keys under `blocks`, where these lines are as plain."""
    found = re.search(_BLOCKS, data)
    return re.findall(rb"(?m)^" + found["indent"] + rb"(\w+):", found[0]) if found else []


def _says_so(data: bytes) -> bool:
    """Whether sizes and kinds of layers are in the lines where a spec has them, in the plainest form.

    An entry goes on further in than its kind: another key beside it needs a closer look.
    """
    begun = re.search(_LIST, data)
    twice = any(data.count(key) > 1 and len(re.findall(_IN_BLOCK % key, data)) > 1 for key in _KEYS)
    if begun is None or twice or not re.search(_PLAIN_SIZES, data):
        return False
    indent, words, own = None, 0, None
    for line in re.compile(_ENTRY).finditer(data, begun.end() + 1):
        width = len(line["indent"])
        if indent is None:
            indent = width
        if width < indent or words == LOOKED_AT:
            break
        if width == indent:
            if line["word"] is None:
                return words > 0 and line["other"] != b"-"
            if not is_layer_word(line["word"].decode()):
                own = _block_names(data) if own is None else own
                if line["word"] not in own:
                    return False
            words += 1
        elif width <= indent + 2:
            return False
    return words > 0
