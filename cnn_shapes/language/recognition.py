"""Whether a YAML file is plainly a spec: what a walk takes for one, and where a fix may be made unasked.

Other files have the keys `input` and `layers` too: a configuration of a training run says `input: train.csv`,
`layers: [512, 256]`. In a spec `input` can be sizes and the entries of `layers` are layers; a slip in some of
them, or in the spelling of a key, leaves it a spec.
"""

from __future__ import annotations

import re
from itertools import islice

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.reading.document import KEYS
from cnn_shapes.language.reading.wording import is_empty
from cnn_shapes.layers import ALIASES, KINDS
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.source import Map, Scalar, Sequence, TreeNode

LOOKED_AT = 8  # entries: what the first are, the others are
_WORD = r"[^\W\d][\w-]*"
_NUMBER = r"\d"
_SIZES = r"[\[(]?\s*\d+(?:\s*[xX×*,]\s*\d+)+\s*[\])]?"
_EXPRESSION = r"[\w\s+*/%(),.<>=!-]*"
# the same in a text whose YAML is broken, as far as can be seen
_INPUT_LINE = r"""(?m)(?:^|[{,]\s*)["']?input["']?[ \t]*:[ \t]*(?:\[|["']?\d[\d \txX×*,]*(?:$|["'#},]))"""
_ENTRY = r"""(?m)(?:^[ \t]*-[ \t]+|[\[{,]\s*)["']?([^\W\d]\w*)"""


def is_plainly_a_spec(root: TreeNode | None) -> bool:
    """Whether the tree of a text is that of a spec, however many mistakes are in it."""
    if not isinstance(root, Map):
        return False
    sizes, layers = _given(root, "input"), _given(root, "layers")
    if sizes is None or layers is None or not (is_empty(sizes) or _can_be_sizes(sizes)):
        return False
    blocks = root.get("blocks")
    own = {key.text for key, _ in blocks.pairs} if isinstance(blocks, Map) else set()
    if isinstance(layers, Sequence) and layers.items:
        return _are_layers([_word(item) for item in layers.items[:LOOKED_AT]], own)
    # nothing yet, or the dashes are missing: then the sizes must leave no doubt
    if not _are_several_sizes(sizes):
        return False
    if isinstance(layers, Map):
        return _are_layers([key.text for key, _ in layers.pairs[:LOOKED_AT]], own)
    return isinstance(layers, Sequence) or is_empty(layers)


def looks_like_a_spec(text: str) -> bool:
    """The same of a text whose YAML is broken."""
    if not re.compile(_INPUT_LINE).search(text):
        return False
    return any(
        _is_layer(found[1], set()) for found in islice(re.compile(_ENTRY).finditer(text), 10 * LOOKED_AT)
    )


def is_layer_word(word: str) -> bool:
    """Whether a word is that of a kind, a structure or a class that has one of them for its like."""
    return word in KINDS or word in STRUCTURES or word in ALIASES


def _given(root: Map, key: str) -> TreeNode | None:
    """What is under a key, also where that is misspelt."""
    found = root.get(key)
    if found is not None:
        return found
    unknown = (other for other, _ in root.pairs if other.text not in KEYS)
    meant = next((other for other in unknown if closest(other.text, KEYS) == key), None)
    return root.get(meant.text) if meant is not None else None


def _can_be_sizes(node: TreeNode | None) -> bool:
    """A number, sizes with `x` between them, a list or a mapping with numbers in it."""
    if isinstance(node, Scalar):
        return _is_number(node.value) or re.compile(_SIZES).fullmatch(node.text) is not None
    if isinstance(node, Sequence):
        items = node.items
        written = all(
            isinstance(item, Scalar) and re.compile(_EXPRESSION).fullmatch(item.text) for item in items
        )
        return written and any(
            isinstance(item, Scalar) and re.compile(_NUMBER).search(item.text) for item in items
        )
    return isinstance(node, Map) and bool(node.pairs) and all(_can_be_sizes(value) for _, value in node.pairs)


def _are_several_sizes(node: TreeNode | None) -> bool:
    return not (isinstance(node, Scalar) and _is_number(node.value)) and _can_be_sizes(node)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_layers(words: list[str | None], own: set[str]) -> bool:
    """Whether at least half of the words are layers or structures of ours, of a framework or of the file."""
    layers = sum(word is not None and _is_layer(word, own) for word in words)
    return 2 * layers >= len(words) > 0


def _is_layer(word: str, own: set[str]) -> bool:
    if is_layer_word(word) or word in own:
        return True
    from cnn_shapes.layers.framework_classes import is_class, misspelt  # most words are ours
    from cnn_shapes.layers.synonyms import synonym

    plain = re.sub(r"_?\d+$", "", word)  # conv1: a name in the place of a kind
    if is_layer_word(plain) or synonym(word) is not None or is_class(word):
        return True
    return misspelt(word, [*KINDS, *STRUCTURES, *ALIASES]) is not None


def _word(node: TreeNode) -> str | None:
    """The word that says what an entry is; None where it cannot be a layer.

    A mapping of several keys has forgotten its indentation, or is something else: the fields of a layer have
    values of their own.
    """
    if isinstance(node, Map) and node.pairs:
        key, value = node.pairs[0]
        alone = len(node.pairs) == 1 or isinstance(value, Map) or is_empty(value)
        return key.text if alone else None
    if isinstance(node, Scalar) and isinstance(node.value, str):
        found = re.compile(_WORD).match(node.text)
        return found[0] if found else None
    return None
