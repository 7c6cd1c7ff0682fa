"""Wrong ideas about how `check` runs and writes, for `planted_bugs`: name, file, old and new text."""

BUGS_OF_CHECK = (
    (
        "jobs: results are of the items that were sent last",
        "commands/parts/processes.py",
        "self.done.update(zip(worker.assigned.popleft(), said, strict=True))",
        "self.done.update(zip(worker.assigned.pop(), said, strict=True))",
    ),
    (
        "jobs: what was sent to a process that died is given up with it",
        "commands/parts/processes.py",
        "        if len(last) > 1:\n",
        "        if False:\n",
    ),
    (
        "outputs: what shows no fixes is told what a search for them found",
        "commands/parts/file_checks.py",
        "if formats.shows_fixes(one[0])]",
        "if one]",
    ),
    (
        "outputs: one that cannot be written is the last",
        "commands/parts/outputs.py",
        "failures += [one.write(iter(listed)) for one, listed in zip(others, kept, strict=True)]",
        "failures += [one.write(iter(listed)) for one, listed in zip(others, kept) if not failures[0]]",
    ),
    (
        "ignore: a second comment beside the one that is there",
        "repair/baseline.py",
        "if comment.line and comment.rules:",
        "if False:",
    ),
    (
        "ignore: what comes after an ignored error is left",
        "repair/baseline.py",
        "_ROUNDS = 1000",
        "_ROUNDS = 1",
    ),
    ("table: shares of memory are those of MACs", "formats/parts/columns.py", "total.elements", "total.macs"),
    (
        "table: the memory is that of one sample in float32 always",
        "formats/parts/columns.py",
        "size_in_memory(value * element_size(options))",
        "size_in_memory(value * 4)",
    ),
    (
        "table: what is not known costs most",
        "formats/parts/columns.py",
        "else -1  # what is not known comes last",
        "else 10**18",
    ),
    ("csv: a minus begins no formula", "shown_text.py", "\\uff20-]", "\\uff20]"),
    (
        "csv: text with another country's separator is not quoted",
        "shown_text.py",
        '[\\w./ %()-]*"',
        '[\\w./ %();-]*"',
    ),
    (
        "markdown: a | of a text parts two cells",
        "formats/parts/markdown_text.py",
        '+ "\\\\|"',
        '+ "|"',
    ),
    (
        "markdown: three backticks always",
        "formats/parts/markdown_text.py",
        "max([least, *(len(run) + 1",
        "max([least, *(least",
    ),
    (
        "statistics: files are counted as often as findings",
        "formats/parts/statistics.py",
        "places.update(file.found.keys())",
        "places.update(file.found)",
    ),
    (
        "watch: only files that are there are looked at",
        "commands/parts/watching.py",
        " or _states(watched.folders) != watched.folders",
        "",
    ),
)
