"""Random networks, wrong ones among them, are the same networks when they are flat."""

from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.expand import Unexpandable, expand
from tests.test_expand import assert_same_network, check

# Sizes are small and wrong often, so that errors are met too.
COUNT = st.sampled_from(["1", "2", "4", "c", "2*c", "c_in", "i + 1"])
SMALL = st.sampled_from(["1", "2", "3"])
NORM = st.sampled_from(["none", "batch", "instance"])
ACTIVATION = st.sampled_from(["none", "relu", "prelu"])
NAME = st.sampled_from(["a", "b", "a-b", "conv1"])


def fields(**values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries({}, optional=values).map(
        lambda drawn: "".join(f", {name}: {value}" for name, value in drawn.items())
    )


LEAVES = st.one_of(
    st.builds(
        "conv: {{filters: {}{}}}".format,
        COUNT.map(lambda text: text.replace("i + 1", "4")),
        fields(
            kernel_size=SMALL,
            stride=SMALL,
            padding=st.sampled_from(["half", "same", "1", "[[1, 0], [0, 1]]"]),
            norm=NORM,
            activation=ACTIVATION,
            groups=SMALL,
            name=NAME,
        ),
    ),
    st.builds("maxpool: {{kernel_size: {}{}}}".format, SMALL, fields(stride=SMALL, rounding=st.just("ceil"))),
    st.sampled_from(
        [
            "relu",
            "upsample: 2",
            "upsample: 1.5",
            "global_avgpool",
            "flatten",
            "dense: 4",
            "Conv1d: 3",
            "batchnorm",
        ]
    ),
    st.builds("identity: {{if: {}, name: {}}}".format, st.sampled_from(["true", "false", "c > 2"]), NAME),
    st.sampled_from(["add: [prev, input]", "concat: [input, prev, prev]", "multiply: [input, prev]"]),
    st.builds("split: {}".format, st.sampled_from(["[x, y]", "{into: {x: 1, y: 3}}"])),
    st.builds("Block: {{c: {}, expect: [null, null, {}]}}".format, SMALL, SMALL),
)


def structures(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=3).map(lambda entries: f"[{', '.join(entries)}]")
    return st.one_of(
        st.builds(
            "residual: {{layers: {}{}}}".format,
            several,
            fields(shortcut=several, activation=ACTIVATION, add_if=st.just("c > 1"), name=NAME),
        ),
        st.builds("gate: {}".format, several),
        st.builds(
            "parallel: {{branches: {{p: {}, q r: {}}}, merge: {}}}".format,
            several,
            several,
            st.sampled_from(["add", "concat", "multiply"]),
        ),
        st.builds(
            "repeat: {{times: {}, layers: {}{}}}".format,
            st.sampled_from("012"),
            several,
            fields(collect=st.just("concat")),
        ),
    )


ENTRIES = st.lists(st.recursive(LEAVES, structures, max_leaves=6), min_size=1, max_size=5)


@given(
    entries=ENTRIES,
    block=ENTRIES,
    rounding=st.sampled_from(["exact", "floor"]),
    layout=st.sampled_from(["channels_last", "channels_first"]),
    affine=st.booleans(),
)
def test_random_networks(
    entries: list[str], block: list[str], rounding: str, layout: str, affine: bool
) -> None:
    inside = [entry for entry in block if "Block" not in entry]
    text = "\n".join(
        [
            "input: [8, 8, 8]",
            f"rounding: {rounding}",
            f"layout: {layout}",
            "params: {c: 4}",
            f"defaults: {{instancenorm: {{affine: {str(affine).lower()}}}}}",
            "blocks: {Block: {params: {c: 2}, layers: [identity, " + ", ".join(inside) + "]}}",
            "layers:",
            *(f"  - {entry.replace('c_in', 'c')}" for entry in entries),
        ]
    )
    report = check(text)
    try:
        flat = expand(report)
    except Unexpandable:
        return
    if "is not unfolded" not in flat:
        assert_same_network(report)
