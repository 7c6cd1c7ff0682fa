"""All that `check` does to one file after the other: read, change, look for repairs, render."""

import gc
import sys
from typing import TYPE_CHECKING, Any

from cnn_shapes import formats
from cnn_shapes.commands.parts.changes import CHANGES, Changed
from cnn_shapes.commands.parts.shared import SUCCESS, CheckedFile, advised, exit_code, fit_of, report_of

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.commands.parts.outputs import Destination
    from cnn_shapes.language.spec import Overrides
    from cnn_shapes.settings import Configuration

# A report holds no circles: it goes when the next one comes. To look for some after each would take a tenth.
_COLLECTED_AFTER = 500


class FileChecks:
    """What is done to each file of a run; a copy of it may do that in another process.

    `outside` are the paths of links that lead out of the folder in which they were found.
    """

    def __init__(
        self,
        overrides: "Overrides",
        configuration: "Configuration",
        destinations: "list[Destination]",
        changes: tuple[str, ...] = (),
        outside: frozenset[str] = frozenset(),
    ) -> None:
        self.overrides, self.configuration, self.destinations = overrides, configuration, destinations
        self.changes, self.outside = changes, outside
        self._done = 0
        self._pool: Any = None  # what the files of one process have in common

    def of(self, path: str) -> CheckedFile:
        """Check the file at a path. Never raises for what is in it."""
        from cnn_shapes.language.building import LayerPool
        from cnn_shapes.settings import BadSettings

        self._pool = self._pool or LayerPool()
        self._done += 1
        if self._done % _COLLECTED_AFTER == 0:
            gc.collect()
        try:
            report = report_of(path, self.overrides, self.configuration, self._pool)
        except BadSettings as error:
            return CheckedFile(refused=str(error))
        fit = fit_of(report, self.overrides) if self.overrides.any else None
        if fit is not None and fit.misfit:  # a usage error: nothing is changed
            return CheckedFile(fit=fit)
        return self.of_report(report)._replace(fit=fit)

    def lost(self, path: str, error: Exception) -> CheckedFile:
        """What is said of a file over which a process died."""
        from cnn_shapes.checking import faulted

        return self.of_report(faulted(path, error, self.configuration.of_file(path)), is_changed=False)

    def of_report(self, report: "CheckResult", is_changed: bool = True) -> CheckedFile:
        """Change, advise and render what was checked."""
        said: tuple[str, ...] = ()
        code = SUCCESS
        for name in self.changes if is_changed else ():
            changed = _made(name, report, report.source.path in self.outside)
            if changed.refused:
                return CheckedFile(said=said, refused=changed.refused)
            report, code, said = changed.report, max(code, changed.code), said + changed.said
        report, fragments = self._rendered(report)
        found = (bool(report.errors), bool(report.warnings), bool(report.diagnostics))
        return CheckedFile(fragments, max(code, exit_code(report)), *found, said)

    def _rendered(self, report: "CheckResult") -> "tuple[CheckResult, tuple[Any, ...]]":
        """What each output has of a report: with its repairs, or as it was before these were looked for."""
        wanted = [(one.loaded(), one.options) for one in self.destinations]
        with_fixes = [place for place, one in enumerate(wanted) if formats.shows_fixes(one[0])]
        bare = [place for place in range(len(wanted)) if place not in with_fixes]
        made = dict(zip(bare, formats.fragments(report, [wanted[place] for place in bare]), strict=True))
        if with_fixes:
            was_sound = not _is_fault(report)
            report = advised(report)
            shown = formats.fragments(report, [wanted[place] for place in with_fixes])
            made |= zip(with_fixes, shown, strict=True)
            if was_sound and _is_fault(report):  # then nothing else is said of it anywhere
                return report, formats.fragments(report, wanted)
        return report, tuple(made[place] for place in range(len(wanted)))


def _is_fault(report: "CheckResult") -> bool:
    from cnn_shapes.checking import INTERNAL_FAULT

    return any(found.rule == INTERNAL_FAULT for found in report.diagnostics)


def _made(name: str, report: "CheckResult", outside: bool) -> Changed:
    """The report after a change. A fault of ours is a finding of the file, and leaves it as it is."""
    try:
        return CHANGES[name](report, outside)
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        from cnn_shapes.checking import faulted

        return Changed(faulted(report.source.path, error, report.settings))
