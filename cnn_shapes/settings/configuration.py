"""Finds the settings of each folder: those of the nearest file above it."""

from __future__ import annotations

import os

from cnn_shapes.settings.settings import DEFAULTS, Settings
from cnn_shapes.settings.toml import read, read_folder, rule


class Configuration:
    """Finds the settings of each folder, once.

    `file` holds for all folders; `isolated` looks for none; `select`, `ignore` and `fail_on` beat what is
    found.
    """

    def __init__(
        self,
        file: str | None = None,
        isolated: bool = False,
        select: tuple[str, ...] | None = None,
        ignore: tuple[str, ...] = (),
        fail_on: str | None = None,
    ) -> None:
        for name in select or ():
            rule(name, selects=True)
        for name in ignore:
            rule(name)
        self._select, self._ignore, self._fail_on = select, ignore, fail_on
        self._folders: dict[str, Settings] = {}
        self._given: Settings | None = None
        if file is not None:
            self._given = self._finished(read(file, os.curdir))
        elif isolated:
            self._given = self._finished(DEFAULTS)

    def of(self, folder: str) -> Settings:
        """The settings of the files in a folder. Raises BadSettings."""
        if self._given is not None:
            return self._given
        folder = os.path.abspath(folder)
        above = []
        while folder not in self._folders:
            above.append(folder)
            found = read_folder(folder)
            parent = os.path.dirname(folder)
            if found is not None or parent == folder:
                self._folders[folder] = self._finished(found or DEFAULTS)
            else:
                folder = parent
        for below in above:
            self._folders[below] = self._folders[folder]
        return self._folders[folder]

    def of_file(self, path: str) -> Settings:
        return self.of(os.path.dirname(path) if path != "-" else os.curdir)

    def _finished(self, found: Settings) -> Settings:
        if self._select is not None:
            found = found._replace(select=self._select)
        if self._fail_on is not None:
            found = found._replace(fail_on=self._fail_on)
        return found._replace(ignore=(*found.ignore, *self._ignore))
