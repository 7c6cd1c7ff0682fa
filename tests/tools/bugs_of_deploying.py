"""Wrong ideas about memory, sweeps and comparisons, for `planted_bugs`: name, file, old and new text."""

BUGS_OF_DEPLOYING = (
    (
        "memory: freed at the first use",
        "trace.py",
        "for node in nodes:\n        for source in node.inputs:\n            last_use",
        "for node in reversed(nodes):\n        for source in node.inputs:\n            last_use",
    ),
    (
        "memory: an addition writes over an operand that lives on",
        "memory.py",
        "if sizes[source.index] == sizes[index] and last[buffer[source.index]] <= index:",
        "if sizes[source.index] == sizes[index]:",
    ),
    (
        "memory: what two layers read is written over",
        "memory.py",
        "alone = readers.counts[source.index] == 1 and last[buffer[source.index]] <= index",
        "alone = readers.counts[source.index] >= 1",
    ),
    (
        "memory: a view is kept for training beside what it shows",
        "memory.py",
        "shown[index] = shown[sources[0].index]",
        "shown[index] = index",
    ),
    (
        "memory: the outputs of the network die at their last reader",
        "memory.py",
        "read(node, len(network.nodes))",
        "read(node, node.index)",
    ),
    (
        "budget: what is exactly as much is too much",
        "rules/design/over_budget.py",
        "if found <= limit.most:",
        "if found < limit.most:",
    ),
    (
        "sweep: the end of a range is left out",
        "sweeps/space.py",
        "self._count = max(0, (last - first) // step + 1)",
        "self._count = max(0, (last - first) // step)",
    ),
    (
        "sweep: a network of other params is taken for the last one",
        "sweeps/job.py",
        "items += users",
        "items = []",
    ),
    (
        "sweep: an entry is made again where the param decides whether it is there",
        "sweeps/made.py",
        "deciding = [item.condition, item.expect, *further]",
        "deciding = [item.expect, *further]",
    ),
    (
        "compare: a field whose expression stayed is the change",
        "comparing/written.py",
        "if one is not None and other is not None and self._same_words(one.value, other.value):",
        "if one is not None and other is None:",
    ),
    (
        "compare: padding that comes to the same is a change",
        "comparing/facts.py",
        "if name == PADDING and _slide_alike(before, after):",
        "if name == PADDING and before is after:",
    ),
    (
        "compare: of two layers that are alike the first is new",
        "comparing/sequences.py",
        "if mine == place + 1 and its > other + 1 and after[other + 1] == after[its]:",
        "if mine == place and its > other + 1 and after[other + 1] == after[its]:",
    ),
    (
        "compare: a dropout is the reason for what comes after it",
        "comparing/effects.py",
        "self._few(own | shape if resizes else shape)",
        "self._few(own | shape)",
    ),
    (
        "compare: what grows by just the limit fails",
        "comparing/figures.py",
        "return percent is None or percent > self.percent",
        "return percent is None or percent >= self.percent",
    ),
    (
        "compare: what grows from nothing passes",
        "comparing/figures.py",
        "return percent is None or percent > self.percent",
        "return percent is not None and percent > self.percent",
    ),
    (
        "compare: a bar after a backslash ends a cell",
        "formats/parts/markdown_text.py",
        'return found[1] + "\\\\" * (len(found[1]) % 2)',
        "return found[1]",
    ),
    (
        "compare: a layer that is moved is one gone and one new",
        "comparing/pairing.py",
        "if place in origins or not places or _is_known_again(node) < is_sure:",
        "if place in origins or places or _is_known_again(node) < is_sure:",
    ),
)
