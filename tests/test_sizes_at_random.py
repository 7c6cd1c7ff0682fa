"""`sizes` agrees with brute force through `check` on networks drawn at random."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_shapes.checking import check_source
from cnn_shapes.input_sizes import as_json, sizes
from cnn_shapes.source import Source
from tests.tools.verify_sizes import disagreements

_small = st.integers(1, 4)
_ends = st.integers(0, 2)
_rounding = st.sampled_from(["exact", "floor", "ceil"])
_drawn = st.one_of(
    st.builds(
        "conv: {{filters: 4, kernel_size: [{}, {}], stride: {}, padding: {}}}".format,
        _small,
        _small,
        _small,
        _ends,
    ),
    st.builds("conv: {{filters: 4, kernel_size: {}, stride: {}, padding: same}}".format, _small, _small),
    st.builds(
        "maxpool: {{kernel_size: {}, stride: [{}, {}], rounding: {}}}".format,
        _small,
        _small,
        _small,
        _rounding,
    ),
    st.builds(
        "conv_transpose: {{filters: 4, kernel_size: {}, stride: {}, padding: {}}}".format,
        _small,
        _small,
        _ends,
    ),
    st.builds(
        "upsample: {{scale: {}, rounding: {}}}".format, st.sampled_from([2, 1.5, 0.75, 1.4]), _rounding
    ),
    st.builds("upsample: {{size: [{}, null]}}".format, _small),
    st.builds("crop: [[{}, {}], [{}, {}]]".format, _ends, _ends, _ends, _ends),
    st.builds("adaptive_avgpool: [null, {}]".format, _small),
    st.builds("residual: [conv: {{filters: 4, kernel_size: {}, padding: {}}}]".format, _small, _ends),
    st.builds(
        "parallel: {{branches: {{a: [conv: {{filters: 4, stride: {}}}], b: [maxpool: {{kernel_size: {}, "
        "stride: 2, rounding: ceil}}]}}, merge: {}}}".format,
        _small,
        _small,
        st.sampled_from(["add", "concat", "multiply"]),
    ),
    st.sampled_from(
        [
            "permute: [1, 0, 2]",
            "permute: [2, 1, 0]",
            "space_to_depth: 2",
            "pixel_shuffle: 2",
            "reshape: [-1, 3, 4]",
            "gate: [global_avgpool: {keepdims: true}, conv: 4]",
            "attention: {key_size: 1}",
            "multihead_attention: 2",
            "matmul: {from: [prev, prev]}",
            "matmul: {from: [prev, prev], transpose: b}",
        ]
    ),
)
_ends_with = st.sampled_from(
    [
        (),
        ("flatten", "dense: 3"),
        ("flatten", "dense: {units: 3, in_features: 144}"),
        ("reshape: [-1]", "dense: 2"),
    ]
)


@settings(max_examples=60)
@given(
    st.lists(_drawn, min_size=1, max_size=5), _ends_with, st.sampled_from(["exact", "floor"]), st.booleans()
)
def test_any_chain(drawn: list[str], ending: tuple[str, ...], rounding: str, square: bool) -> None:
    lines = "".join(f"  - {entry}\n" for entry in (*drawn, *ending))
    report = check_source(Source("spec", f"input: [12, 20, 4]\nrounding: {rounding}\nlayers:\n{lines}"))
    found = sizes(report, square=square)
    assert found is not None
    assert disagreements(report.source.text, as_json(found, report), 30) == []
