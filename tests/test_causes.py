"""The cause of an error comes first, at its place, and what follows waits: pairs of a file and a report.

Each file holds one slip. What is said of it was worked out by hand, with the arithmetic in the rows.
"""

import pytest

from cnn_shapes.checking import check_path
from cnn_shapes.repair import advise
from tests import golden
from tests.specs import check

CAUSES = golden.ROOT / "tests" / "causes"
# file, the rules of its errors, what a report without fixes says
SAID = [
    # half of 2 is 0: 32 - 1 = 31
    (
        "even_window_of_the_defaults",
        "pool-not-divisible",
        "line 3: the defaults of conv have an even kernel_size 2",
    ),
    # 32*32*4 + 16*16*4 + 8*8*4 + 4*4*4 = 5440
    ("one_without_from", "wrong-rank", "with from: c in the Head on line 15 the network has no error"),
    (
        "one_of_four_without_from",
        "wrong-rank",
        "the Head on line 15 has no from, as others have: with from: c",
    ),
    # floor((32 + 2 - 3)/3) + 1 = 11, doubled 22; floor((32 + 2 - 3)/2) + 1 = 16, doubled 32
    ("stride_of_three", "shape-mismatch", "the conv has stride 3; with 2 the network has no error"),
    # (32 + 2 - 2)/2 + 1 = 17; floor((32 - 1)/2) + 1 = 16, floor((32 + 2 - 3)/2) + 1 = 16
    ("padded_pool_of_two", "shape-mismatch", "the maxpool has kernel_size 2; with 3 the network"),
    # 28 + 2*3 - 3 + 1 = 32, 28 + 2*1 - 3 + 1 = 28
    ("padding_of_three", "shape-mismatch", "the conv has padding 3; with 1 the network has no error"),
    # (8000 - 82)/16 = 494.875, (8000 - 80)/16 + 1 = 496 = 4*124
    ("window_beside_a_round_one", "size-not-whole", "the conv has kernel_size 82; with 80 the network"),
    (
        "name_that_is_further_down",
        "unknown-name",
        "no from reads p4 (line 8), which would fit in place of o5",
    ),
    # floor((16 + 2 - 3)/2) + 1 = 8, doubled 16
    (
        "name_unlike_the_others",
        "shape-mismatch",
        "with x3d in place of b2 on line 9 the network has no error",
    ),
    # floor((32 + 2 - 3)/2) + 1 = 16, 16/2 = 8; 32/2 = 16
    (
        "from_that_is_lost",
        "shape-mismatch",
        "with from: pre in the avgpool on line 7 the network has no error",
    ),
    # 56 + 2 - 3 + 1 = 56, floor((56 - 1)/2) + 1 = 28; floor((56 + 2 - 3)/2) + 1 = 28
    (
        "stride_that_is_lost",
        "shape-mismatch",
        "the conv has no stride; with stride: s the network has no error",
    ),
    # 56 + 2 - 3 + 1 = 56, 56/2 = 28; with s = 2: floor((56 + 2 - 3)/2) + 1 = 28
    ("if_that_is_lost", "shape-mismatch", "the avgpool has no if; with if: s > 1 the network has no error"),
    # 64*16 = 1024
    (
        "projection_that_is_lost",
        "shape-mismatch",
        "with conv: {filters: c} after line 12 the network has no error",
    ),
    # 32/2 = 16
    ("split_that_is_lost", "unknown-name", "after line 7: with split: [kept, worked] there"),
    # c4: floor((32 + 2 - 3)/2) + 1 = 16, t5: floor((16 + 2 - 3)/2) + 1 = 8, doubled 16, doubled 32
    ("line_of_a_name", "unknown-name", "after line 7: with upsample: {scale: 2, name: u4} there"),
    # 32/2 = 16, doubled 32
    (
        "line_before_a_number",
        "unknown-name",
        "down1 would be before down2 (line 6): a line may be missing there; "
        "for example with conv: {filters: 8, name: down1} before line 5",
    ),
    # floor((32 + 2 - 3)/2) + 1 = 16, floor((16 + 2 - 3)/2) + 1 = 8
    ("name_of_a_kind", "unknown-name", "the Down on line 7 has no name: with name: rest there"),
    # floor((27 - 3)/2) + 1 = 13, floor((13 - 3)/2) + 1 = 6
    ("field_of_the_defaults", "missing-field missing-field", "with kernel_size: 3 in them the network"),
    # 8/2 = 4, 4 + 4 = 8; without the join 8 -> 4 -> 2 -> 1
    (
        "join_that_is_lost",
        "expect-mismatch",
        "no from reads passed (line 5): with concat: [passed, prev] after line 6 the network has no error",
    ),
    # 32/2 = 16, (16 - 1)*2 + 2 = 32
    (
        "transposed_that_is_lost",
        "shape-mismatch",
        "before line 10: with conv_transpose: {filters: c, from: below} there",
    ),
    # 28 - 6 = 22, 11, 11 - 4 = 7; 28 - 4 = 24, 12, 12 - 4 = 8
    ("window_unlike_the_other", "pool-not-divisible", "the conv has kernel_size 7; with 5 the network has"),
    # (16 - 1)*3 + 2 = 47, (16 - 1)*2 + 2 = 32
    ("stride_of_the_defaults", "shape-mismatch", "line 4: the conv_transpose has stride 3; with 2 the"),
    ("param_that_lost_its_use", "missing-field", "with filters: classes the network has no error"),
    ("one_name_twice_all_read", "expect-mismatch", "concat on line 18 takes up1 twice"),
    # (16 - 1)*2 + 3 = 33, (16 - 1)*2 + 2 = 32
    (
        "transposed_window",
        "shape-mismatch",
        "line 4: the conv_transpose has kernel_size 3; with 2 the network",
    ),
    # floor((32 + 2 - 3)/2) + 1 = 16, floor((16 + 2 - 3)/2) + 1 = 8
    (
        "params_that_lost_their_use",
        "shape-mismatch",
        "with conv: {filters: c, kernel_size: 3, stride: s} there the network has no error",
    ),
    # 8 + 8 = 16
    ("join_of_two_names", "expect-mismatch", "with concat: [x22, f2] after line 7 the network has no error"),
    # 4*8 = 32
    ("filters_that_are_lost", "missing-field", "with filters: 4*c, as on line 8, the network has no error"),
    # (8000 - 80)/16 + 1 = 496, 496/4 = 124
    ("round_length", "size-not-whole", "the input is 7998: with 8000 the network has no error"),
    # 30 - 2 - 2 = 26, half of 3 keeps all
    ("padding_for_all", "shape-mismatch", "with padding: half in them the network has no error"),
    # 33 - 4 = 29, 32 - 4 = 28
    (
        "input_that_is_not_square",
        "expect-mismatch",
        "the input is 33x32: with 32x32 the network has no error",
    ),
    # 32/2 = 16, 16/2 = 8
    (
        "name_that_nothing_reads",
        "shape-mismatch",
        "no from reads pre (line 4), which would fit in place of way",
    ),
    ("kind_under_type", "bad-value", "a layer is written under its kind, as in conv: {filters: ...}"),
    ("batch_in_the_input", "wrong-rank", "or leave the batch of 1 out of the input"),
    (
        "channels_of_the_other_layout",
        "expect-mismatch",
        "3 is the length of the input: say layout: channels_last",
    ),
    # 56 -> 28 by the first conv, -> 14 by the second; 56 -> 28 by the shortcut
    (
        "two_strides",
        "shape-mismatch",
        "conv2 has stride 2 and makes 14x14 of 28x28",
    ),
    # 64/2 = 32, 32 - 2 = 30, 30 - 2 = 28, doubled 56
    ("valid_convs_in_a_unet", "shape-mismatch", "conv2 makes 30x30 of 32x32, one more layer shrinks it"),
    # ceil(1/2) = 1, doubled 2
    (
        "height_one",
        "shape-mismatch",
        "height 1 cannot get smaller, so that maxpool1",
    ),
    # 28 - 3 + 1 = 26, the others 28; with half of 3: 28 + 2 - 3 + 1 = 28
    ("pool_without_padding", "shape-mismatch", "pool.maxpool1 makes 26x26 of 28x28, the other ways keep it"),
    # 28 + 2 - 3 + 1 = 28, the others 14
    ("pool_without_stride", "shape-mismatch", "pool.maxpool1 keeps 28x28, the other ways have stride 2"),
    # 28 - 4 = 24; 14 - 4 = 10
    ("pool_before_an_expect", "expect-mismatch", "halves keeps 28x28, where 14x14 is needed"),
    # 32 - 4 = 28, 28 - 4 = 24; 28/2 = 14, 14 - 4 = 10
    ("pool_that_is_lost", "expect-mismatch", "it would be right, were the 28x28 of conv1 halved to 14x14"),
    # 64 -> 32 at down2 and at down3, where 16 was meant
    ("line_that_is_lost", "shape-mismatch", "a line seems to be missing after line 11"),
    # 32/2 = 16, which 3 does not divide; 16/2 = 8
    (
        "number_unlike_all_others",
        "pool-not-divisible",
        "line 6: no other maxpool has kernel_size 3",
    ),
    (
        "numbered_names",
        "unknown-name",
        "the conv on line 4, between c1 (line 3) and c3",
    ),
    # 32 - 2 = 30, 30 - 2 = 28
    ("padding_of_the_defaults", "shape-mismatch", "the defaults of conv on line 3 give no padding"),
    # 28 - 3 = 25, 25 - 2 = 23
    (
        "kernel_two_layers_above",
        "pool-not-divisible",
        "28x28 (line 3, as expected) -> 25x25 (line 4,",
    ),
    ("channels_of_an_expect", "expect-mismatch", "conv1 gives 32x32x63"),
    # 2*2*512 = 2048, 1*1*512 = 512
    ("features_of_a_map", "expect-mismatch", "2048 is 2*2*512, 512 would be a map of 1x1x512"),
    # 16/2 = 8, 8/2 = 4; the smallest is 4*5 = 20
    (
        "window_after_pools",
        "window-too-large",
        "-> 8x8 (line 4, maxpool 2) -> 4x4 (line 6, maxpool 2)",
    ),
    ("window_after_pools", "window-too-large", "input sizes that work: multiples of 4 from 20"),
    # 4*8 = 32
    ("samples", "window-too-large", "input sizes that work: at least 32"),
    # half of 4 is 1: (16 + 2 - 4)/2 + 1 = 8, of 3 at 32: (32 + 2 - 3)/2 + 1 = 16.5
    ("places_of_a_value", "size-not-whole", "k is 3 in this call"),
    ("name_after_a_bad_split", "bad-value", "a name has letters, digits, _ and - only"),
    (
        "param_that_is_not_declared",
        "unknown-name",
        "Cross uses mid and is given it, but its params",
    ),
    ("misspelt_params_of_a_block", "unknown-key", "did you mean params?"),
    ("misspelt_defaults", "unknown-key", "did you mean defaults?"),
    ("argument_that_is_missing", "missing-field", "the call on line 9 gives c: 16"),
    ("name_used_twice", "unknown-name", "it is used 2 times and declared nowhere: on line 7 too"),
    (
        "name_read_on_three_lines",
        "unknown-name",
        "it is used 3 times and declared nowhere: on lines 5",
    ),
    # 32 - 4 = 28, 14, 7, 3, which is odd; without the doubled line 14 - 4 = 10, 5
    ("line_doubled", "pool-not-divisible", "line 5 repeats line 4"),
    ("lines_swapped", "needs-flatten", "lines 5 and 6 look swapped"),
    # 16 + 16 = 32, 16 + 8 = 24
    ("one_name_twice", "expect-mismatch", "no from reads down1 (line 8), which would fit in place of up1"),
    # 29/2 is not whole; of 14, 4 leaves 2; of 3 a window of 5 is too large
    ("after_a_rounded_size", "pool-not-divisible", "what fails after it, on lines 4 and 5, is not judged"),
    # 28 - 2 = 26, 26 - 3 = 23
    ("older_warnings_wait", "pool-not-divisible", "until the error is mended: 1 warning and 1 info"),
    (
        "sequence_into_a_dense",
        "needs-flatten",
        "conv with kernel_size 1, which is the same",
    ),
    ("one_vector_two_ways", "wrong-rank", "what fails after it, on line 6, is not judged"),
    ("name_that_only_one_reads", "unknown-name", "nothing reads ept (line 3): one of the two is misspelt"),
    ("param_that_nothing_uses", "unknown-name", "nothing uses clases (line 2): one of the two is misspelt"),
    (
        "param_misspelt_and_used_twice",
        "unknown-name",
        "nothing uses factr (line 2): did you mean factor there, which is used 2 times?",
    ),
    ("name_after_a_function", "unknown-name", "unknown name max_c: here are width"),
    (
        "call_like_another",
        "missing-field",
        "the call on line 9, which is the same otherwise, gives squeeze: 16",
    ),
    (
        "call_between_two",
        "missing-field",
        "the calls around give first: 112 (line 9) and first: 144 (line 11)",
    ),
    # 2*256 = 512 = 1024/2
    ("call_of_a_series", "missing-field", "512 is between, twice the one and half the other"),
    ("several_names_twice", "duplicate-name duplicate-name", "the name x is taken: line 9 has it already"),
    ("blocks_misspelt", "unknown-key", "a spec has no bblocks: did you mean blocks?"),
    # bottom: 32/2/2 = 8, doubled 16, where down1 has 32; up2: 2*8 = 16, doubled 32
    (
        "name_of_a_deeper_level",
        "shape-mismatch",
        "no from reads up2 (line 15), which would fit in place of bottom",
    ),
    # floor((32 + 1 - 3)/2) + 1 = 16, (32 - 2)/2 + 1 = 16
    (
        "params_that_no_line_uses",
        "shape-mismatch",
        "Scaled declares c, k and s and uses none of them: with conv: {filters: c, kernel_size: k, stride: "
        "s}",
    ),
    # 36 - 4 = 32, 16, 16 - 4 = 12, doubled 24, 24 - 4 = 20
    ("block_that_is_not_called", "expect-mismatch", "Up has no Double: with Double: {c: c} after line 11"),
    # 28 - 2 = 26, 13, 13 - 2 = 11; 28 - 4 = 24, 12, 12 - 4 = 8
    (
        "one_conv_of_two",
        "pool-not-divisible",
        "with a second conv: {filters: c, kernel_size: 3, activation: relu} after",
    ),
    ("line_as_in_another_block", "unknown-name", "name: ta} there, as on line 7, the network has no error"),
    ("sources_of_a_join", "missing-field", "with from: [way, short] the network has no error"),
    # 1024*2**21 = 2**31
    (
        "channels_that_grow",
        "bad-expression",
        "no layer of Inverted has c: with conv: {filters: c} after line 10",
    ),
    # 128/2 = 64, as 256/2 = 128
    (
        "series_before_its_first",
        "unknown-name",
        "with Double: {c: 64, name: down1} before line 8 the network",
    ),
    ("series_of_sources", "unknown-name", "with Head: {from: p3, name: o3} after line 10 the network"),
    # 41 // 2 + 41 // 2 = 40, 80 // 2 + 80 // 2 = 80
    ("channels_of_the_call_before", "shape-mismatch", "with 80, as on line 13, the network has no error"),
    # floor((64 + 1 - 3)/2) + 1 = 32, doubled 64
    ("names_that_would_change", "shape-mismatch", "with t5 or c4 in place of u4 on line 7 the network"),
    # 64/2 = 32, 16, doubled 32; with one more 8, doubled 16; 2*32 = 64
    (
        "stage_that_is_lost",
        "shape-mismatch",
        "for example with Stage: {c: 64, name: c5} there the network has no error",
    ),
    ("word_of_an_activation", "unknown-name", "unknown name rleu: did you mean relu?"),
    # (16 - 2)/2 + 1 = 8, (8 - 2)/2 + 1 = 4
    (
        "from_as_others_have",
        "shape-mismatch",
        "the identity on line 6 has no from, as others have: with from: x",
    ),
    (
        "block_misspelt_where_declared",
        "unknown-layer",
        "nothing calls Transiiton (line 3): did you mean Transition there, which is used 2 times?",
    ),
    # (16 - 2)/2 + 1 = 8, (8 - 2)/2 + 1 = 4
    (
        "line_like_its_neighbour",
        "shape-mismatch",
        "after line 4: with identity: {from: x2} there, like line 6",
    ),
    ("name_lost_with_its_let", "unknown-name", "it is used 2 times and declared nowhere: on line 7 too"),
    ("join_beside_a_lost_name", "unknown-name", "no layer is called missing"),
]


def test_a_name_that_is_further_down_is_not_said_to_be_missing() -> None:
    layers = "- relu: {name: a1}\n- add: [a1, a2]\n- relu: {name: a3}\n- relu: {name: a2}"
    report = advise(check(f"input: [8, 8, 4]\nlayers:\n{layers}\n"))
    (found,) = report.errors
    assert "further down" in found.message()
    assert not any("may be missing" in note.template for note in found.notes)


@pytest.mark.parametrize(("name", "rule", "said"), SAID)
def test_report(name: str, rule: str, said: str, update: bool) -> None:
    file = CAUSES / f"{name}.out"
    golden.check(file, [f"cnn-shapes check {name}.yaml --quiet"], update=update)
    report = "\n".join(line for line in file.read_text(encoding="utf-8").splitlines() if "= fix" not in line)
    assert said in report
    assert " ".join(found.rule for found in check_path(str(CAUSES / f"{name}.yaml")).errors) == rule


def test_every_file_has_its_row() -> None:
    assert sorted(file.stem for file in CAUSES.glob("*.yaml")) == sorted({name for name, *_ in SAID})
