"""Specs with anything wrong in any way: right ones drawn from the declarations, then mistakes in them."""

from typing import Any

from hypothesis import strategies as st

from cnn_shapes.language.reading.document import KEYS
from cnn_shapes.layers import ALIASES, KINDS, WORDS
from cnn_shapes.layers.class_answers import answers
from cnn_shapes.layers.structure import STRUCTURES
from tests.fuzz.trees import Pairs, Tree, block, changed, child, flow, places

Trees = st.SearchStrategy[Tree]


def choice(*texts: object) -> Trees:
    return st.sampled_from([str(text) for text in texts])


NAMES = choice("a", "b", "x", "y")
COUNTS = choice(
    1, 1, 2, 2, 3, 4, 8, 16, "c", "2*c", "8 if c == 2 else 4", "c_in // 2", "h_in", "2**c", "k[0]"
)
BOOLEANS = choice("true", "false", "c == 2", "not (c > 3)")
SOURCES = st.lists(choice("prev", "prev", "input", "a", "x"), min_size=2, max_size=3)

# what no field takes, or what it takes in a form that nobody tests
JUNK = st.one_of(
    choice(
        "", "~", "null", "-1", 0, "0.5", 3.0, 1e3, "true", "no", "07", "1_000", "0x10", "1:30", "2026-01-01"
    ),
    choice(".inf", "-.inf", ".nan", 2**31 - 1, 2**31, 2**63, "9" * 30, "9" * 5000, "1e400", "1e-400", "-0"),
    choice(
        "[]",
        "{}",
        "[[]]",
        "[[1, 2, 3]]",
        "{a: 1}",
        "[~]",
        "'1'",
        '"conv"',
        "'relu '",
        "ReLU",
        "合",
        "é",
        "a b",
    ),
    choice(
        "1/0",
        "1//0",
        "c % 0",
        "c.real",
        "c[0]",
        "f(1)",
        "lambda: 1",
        "9*9*9*9*9*9*9*9*9*9*9",
        "1 if",
        "(",
        "-" * 90,
    ),
    choice(
        "c" * 2000,
        "'%s {x} %'",
        "'{{c}}'",
        "'%0A::error::'",
        '"\\u0007"',
        '"\\e[31m"',
        '"\\u202e"',
        '"\\ud800"',
    ),
    choice(
        '"\\0"',
        "\x07",
        "\x85",
        "\u2028",
        "*a",
        "&a",
        "&a 1",
        "!!python/name:os.system",
        "!t 1",
        "? 1",
        "|",
        "> \n  x",
    ),
    choice(
        *KINDS, *ALIASES, *answers(), *STRUCTURES, *sorted(WORDS), "B", "Conv", "prev", "input", "c_in", "i"
    ),
    st.text(max_size=8).map(lambda text: "'" + text.replace("'", "''") + "'"),
    st.text("-[]{}:,&*#?|>!%@`'\" \n\tab1", max_size=8),
)


def of_schema(schema: dict[str, Any], words: tuple[str, ...]) -> Trees:
    """Values that a field takes, from its own JSON Schema and words."""
    if "enum" in schema:
        return choice(*schema["enum"])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    found: list[Trees] = []
    if words:
        found.append(choice(*words))
    if "integer" in types:
        found += [COUNTS, COUNTS] if schema.get("minimum", 1) else [choice(0, 1, 2), COUNTS]
    if "number" in types:
        found.append(choice("0.5", 1, 2, "1.5", "1 / 3"))
    if "boolean" in types:
        found.append(BOOLEANS)
    if "null" in types:
        found.append(choice("null"))
    if "array" in types:
        found.append(st.lists(of_schema(schema["items"], ()), min_size=1, max_size=3))
    if "object" in types:
        found.append(st.just(Pairs((("x", "2"), ("y", "2")))))
    return st.one_of(found or [NAMES])


@st.composite
def pairs(draw: st.DrawFn, required: dict[str, Trees], optional: dict[str, Trees], most: int = 3) -> Pairs:
    """A mapping with all of the required keys and a few others."""
    others = sorted(set(optional) - set(required))
    few = draw(st.lists(st.sampled_from(others), max_size=most, unique=True)) if others else []
    return Pairs(
        tuple(
            (name, draw(values))
            for name, values in {**optional, **required}.items()
            if name in (*required, *few)
        )
    )


COMMON: dict[str, Trees] = {
    "name": NAMES,
    "from": choice("prev", "input", "a"),
    "if": BOOLEANS,
    "expect": st.lists(choice("null", "null", 8), min_size=3, max_size=3),
    "share": choice("a", "b", "c"),
}


def layer(kind: str) -> Trees:
    """A layer of a kind: the bare word, the shorthand, or some of its fields under any of their names."""
    declared = KINDS[kind].fields
    fields = {name: of_schema(field.schema(), field.words) for name, field in declared.items()}
    needed = {name: fields[name] for name in KINDS[kind].required}
    others = {alias: fields[name] for name, field in declared.items() for alias in field.aliases}
    joins = KINDS[kind].joins or 1 not in KINDS[kind].takes
    if joins:
        needed["from"] = SOURCES
    written = [pairs(needed, fields), pairs(needed, {**fields, **others, **COMMON})]
    shorthand = needed["from"] if joins else fields.get(KINDS[kind].shorthand or "")
    if shorthand is not None:
        written += [shorthand, shorthand]
    if len(KINDS[kind].takes) > 1:
        written.append(pairs({**needed, "from": SOURCES}, fields))
    words = choice(*[kind] * 5, *KINDS[kind].aliases)
    whole = st.builds(lambda word, body: Pairs(((word, body),)), words, st.one_of(written))
    return whole if needed or kind == "upsample" else st.one_of(words, whole)


LAYERS = st.one_of([layer(kind) for kind in KINDS])
CALLS = st.builds(
    lambda body: Pairs((("B", body),)),
    pairs({}, {"c": COUNTS, "s": choice(1, 2, "i + 1"), "into": choice("[p]", "[p, q]"), **COMMON}),
)
VALUES: dict[str, Trees] = {
    "add_if": BOOLEANS,
    "activation": choice("relu", "none", "relu if c == 2 else silu"),
    "merge": choice("concat", "add", "multiply"),
    "times": choice(0, 1, 2, 3, "c"),
    "collect": choice("concat"),
    "inputs": choice("[x]", "[x, y]"),
    "outputs": choice("[x]", "[x, prev]", "[a, b]"),
    "into": choice("[p]", "[p, q]"),
}


def structures(inner: Trees) -> Trees:
    several = st.lists(inner, min_size=1, max_size=3)
    branches = st.one_of(
        st.builds(lambda a, b, when: [Pairs((("if", when), ("layers", a))), b], several, several, BOOLEANS),
        st.lists(several, min_size=1, max_size=3),
        st.builds(lambda a, b: Pairs((("a", a), ("b", b))), several, several),
    )
    found: list[Trees] = []
    bodies: list[Trees]
    for kind, declared in STRUCTURES.items():
        lists = {name: branches if name == "branches" else several for name in declared.lists}
        fields = {**lists, **{name: VALUES[name] for name in declared.values}}
        needed = {name: fields[name] for name in declared.required}
        bodies = [pairs(needed, {**fields, **COMMON})]
        if declared.shorthand is not None:
            bodies.append(several)
        found.append(st.builds(lambda kind, body: Pairs(((kind, body),)), st.just(kind), st.one_of(bodies)))
    return st.one_of(found)


INSIDE = st.lists(st.recursive(LAYERS, structures, max_leaves=4), min_size=1, max_size=3)
ENTRIES = st.lists(
    st.recursive(st.one_of(LAYERS, LAYERS, CALLS), structures, max_leaves=8), min_size=1, max_size=6
)
BLOCK = pairs(
    {
        "params": pairs(
            {"c": choice("required", 2, 4)},
            {"s": choice(1, 2), "k": choice("c", "c_in", "2*c", "h_in", "[1, 2]")},
        ),
        "layers": INSIDE,
    },
    {
        "let": pairs({}, {"wide": COUNTS, "n": COUNTS}),
        "inputs": choice("[x]", "[x, y]"),
        "outputs": choice("[x]", "[prev, input]", "[a, b]"),
    },
)
SIZES = choice(1, 2, 7, 8, 16, 28, 32, 224, "c")
INPUT = st.one_of(
    st.lists(SIZES, min_size=1, max_size=4),
    st.lists(SIZES, min_size=3, max_size=3),
    choice("28x28x1", "8x8x8", "[28, 28, 4]", "[32, 32, 16]", 64),
    choice("{a: [28, 28, 4], b: 8x8x4}", "{x: [16, 4], y: [16, 4], z: [3]}"),
)
DEFAULTS = pairs(
    {},
    {
        kind: pairs(
            {}, {name: of_schema(field.schema(), field.words) for name, field in declared.fields.items()}
        )
        for kind, declared in KINDS.items()
    },
)
RIGHT: Trees = pairs(
    {
        "input": INPUT,
        "rounding": choice("floor", "floor", "exact"),
        "params": pairs(
            {"c": choice(2, 4, 8)}, {"width": choice("0.25", "true", "2**c", "[c, 2]", "[1, 2]")}
        ),
        "blocks": BLOCK.map(lambda block: Pairs((("B", block),))),
        "layers": ENTRIES,
    },
    {
        "version": choice(1),
        "name": choice("net", "합성곱", "'a b'"),
        "layout": choice("channels_last", "channels_first"),
        "defaults": DEFAULTS,
        "outputs": st.lists(NAMES, max_size=1),
    },
)

# networks whose layers read one another: inputs of sizes that nearly fit, joins, sizes taken from others
REFERENCES = choice("a", "b", "p", "p", "q", "prev", "input")
EXPECTED = st.lists(choice("null", "null", 4, 7, 8, 9), min_size=3, max_size=3)
REFERRING: Trees = st.one_of(
    st.builds(
        lambda kind, name, size, expect: Pairs(
            ((kind, Pairs((("kernel_size", size), ("name", name), *expect))),)
        ),
        choice("maxpool", "maxpool", "avgpool", "depthwise_conv"),
        choice("p", "q"),
        choice(1, 2, 3),
        st.one_of(st.just(()), EXPECTED.map(lambda sizes: (("expect", sizes),))),
    ),
    st.builds(
        lambda kind, like, expect: Pairs(((kind, Pairs((("like", like), *expect))),)),
        choice(*(kind for kind, declared in KINDS.items() if declared.reference)),
        REFERENCES,
        st.one_of(st.just(()), EXPECTED.map(lambda sizes: (("expect", sizes),))),
    ),
    st.builds(
        lambda kind, sources: Pairs(((kind, sources),)),
        choice(*(kind for kind, declared in KINDS.items() if declared.joins)),
        st.lists(REFERENCES, min_size=2, max_size=3),
    ),
    LAYERS,
)
NEARLY_EQUAL = st.lists(choice(7, 8, 8, 8, 9), min_size=3, max_size=3)
REFERRING_SPEC: Trees = st.builds(
    lambda inputs, rounding, layers: Pairs((("input", inputs), ("rounding", rounding), ("layers", layers))),
    st.one_of(NEARLY_EQUAL, st.builds(lambda a, b: Pairs((("a", a), ("b", b))), NEARLY_EQUAL, NEARLY_EQUAL)),
    choice("floor", "exact"),
    st.lists(REFERRING, min_size=2, max_size=7),
)

MISTAKES = ("replace", "drop", "double", "rename", "wrap", "list", "move", "comment")


def wrong(draw: st.DrawFn, tree: Tree, path: tuple[int, ...]) -> Tree:
    """The tree with one mistake at a place."""
    if len(path) > 1:
        return changed(tree, path[0], wrong(draw, child(tree, path[0]), path[1:]))
    if not path:
        return draw(JUNK)
    number, mistake = path[0], draw(st.sampled_from(MISTAKES))
    value = child(tree, number)
    if mistake == "wrap":
        return changed(tree, number, Pairs(((draw(st.one_of(JUNK, choice(*KEYS, *KINDS))), value),)))
    if mistake == "list":
        return changed(tree, number, [value] * draw(st.integers(1, 3)))
    if mistake == "comment":
        rules = draw(choice("", "[pixels-dropped]", "[bad-value, x", "-file[unknown-key]"))
        return changed(tree, number, [f"1 # cnn-shapes: ignore{rules}\n", value])
    items = list(tree.pairs if isinstance(tree, Pairs) else tree)
    if mistake == "drop":
        del items[number]
    elif mistake == "double":
        items.insert(number, items[number])
    elif mistake == "move":
        items.append(items.pop(number))
    elif mistake == "rename" and isinstance(tree, Pairs):
        key = items[number][0]
        items[number] = (draw(st.one_of(JUNK, st.just(key[1:]), st.just(f"{key}s"), st.just("<<"))), value)
    else:
        return changed(tree, number, draw(JUNK))
    return Pairs(tuple(items)) if isinstance(tree, Pairs) else items


@st.composite
def specs(draw: st.DrawFn) -> bytes:
    """The bytes of a spec with up to three mistakes, rarely with a byte that is not text."""
    tree = draw(st.one_of(RIGHT, RIGHT, REFERRING_SPEC))
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2, 3]))):
        if not isinstance(tree, str):
            tree = wrong(draw, tree, draw(st.sampled_from(places(tree))))
    text = flow(tree) if isinstance(tree, str) or draw(st.booleans()) else block(tree)
    if draw(st.sampled_from([False] * 7 + [True])):
        text = text.replace("\n", draw(st.sampled_from(["\r\n", "\r", "\n\n", "\n\t"])))
    data = text.encode("utf-8", "surrogatepass")
    if draw(st.sampled_from([False] * 19 + [True])):
        at = draw(st.integers(0, len(data)))
        data = (
            data[:at] + draw(st.sampled_from([b"\xff", b"\0", b"\xef\xbb\xbf", b"\xed\xa0\x80"])) + data[at:]
        )
    return data
