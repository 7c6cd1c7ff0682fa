"""What beginners get wrong, and the exact words that the prompt answers; each row has its arithmetic."""

import pytest

from cnn_shapes.prompt.session.state import Session
from tests.prompt_steps import answered

# name, lines typed, what the last one answers
MISTAKES = [
    (
        "25_with_pool_2",  # 25 = 12*2 + 1
        "input 28x28x1; conv 32 4",
        "pool 2",
        "a 25x25 feature map is not a multiple of the 2x2 pool\n"
        "  25 = 12*2 + 1: one row and one column are left over\n"
        "  layer 1 gives (28 + 2*0 - 4)/1 + 1 = 25\n",
    ),
    (
        "rounded_in_the_head",  # (224 - 11)/4 + 1 = 54.25
        "input 224x224x3",
        "conv 96 11 s4 = 54",
        "the output height and width of this conv would be 54.25, not a natural number: "
        "(224 + 2*0 - 11)/4 + 1 = 54.25\n"
        "  one row and one column are left over\n",
    ),
    (
        "a_rounded_size",  # (224 + 6 - 7)/2 + 1 = 112.5
        "input 224x224x3",
        "conv 64 7 s2 p3 -> 112",
        "the output height and width of this conv would be 112.5, not a natural number: "
        "(224 + 2*3 - 7)/2 + 1 = 112.5\n"
        "  one row and one column are left over\n",
    ),
    (
        "divided_by_2_at_stride_1",  # (28 - 5)/2 + 1 = 12.5 in the head; the stride is 1: 24
        "input 28x28x1",
        "conv 32 5 -> 12",
        "expect says 12x12x?, but 24x24x32 comes out\n"
        "  the input is 28x28x1\n"
        "  (28 + 2*0 - 5)/1 + 1 = 24\n"
        "  the stride is 1 here, so nothing is halved: the formula divides by the stride\n",
    ),
    (
        "same_is_padding_1",  # of kernel 3; of kernel 5 it is 2
        "input 28x28x1",
        "conv 32 5 p1 -> 28",
        "expect says 28x28x?, but 26x26x32 comes out\n"
        "  layer 1 gives (28 + 2*1 - 5)/1 + 1 = 26\n"
        "  the input is 28x28x1\n"
        "  layer 1: the conv has padding 1; with 2 the network has no error\n"
        "  a kernel of 5 keeps the size with padding (5 - 1)/2 = 2\n",
    ),
    (
        "same_with_stride_2",  # ceil(28/2) = 14
        "input 28x28x1",
        "conv 32 3 s2 same -> 28",
        "expect says 28x28x?, but 14x14x32 comes out\n"
        "  layer 1 gives ceil(28/2) = 14\n"
        "  the input is 28x28x1\n"
        "  same keeps a size at stride 1 only: otherwise it gives ceil(size/stride)\n",
    ),
    (
        "wrong_units_after_flatten",  # 4*4*64 = 1024
        "input 28x28x1; conv 32 5; pool 2; conv 64 5; pool 2; flatten",
        "nn.Linear(1000, 10)",
        "in_features says 1000, but the input has 1024 features: write 1024 or leave in_features out; "
        "1024 is 4*4*64\n",
    ),
    (
        "the_batch_inside_flatten",  # 64*1024 = 65536
        "input 28x28x1; conv 32 5; pool 2; conv 64 5; pool 2; flatten",
        "nn.Linear(65536, 10)",
        "in_features says 65536, but the input has 1024 features: write 1024 or leave in_features out; "
        "1024 is 4*4*64, 65536 would be a map of 32x32x64\n"
        "  flatten1 gives 1024\n"
        "  the sizes on the way: 28x28x1 (input) -> 24x24x32 (layer 1, conv 5x5) -> "
        "12x12x32 (layer 2, maxpool 2) -> 8x8x64 (layer 3, conv 5x5) -> "
        "4x4x64 (layer 4, maxpool 2) -> 1024 (layer 5, flatten)\n"
        "  65536 = 64*1024: flatten keeps the batch apart, it is never part of a shape\n",
    ),
    (
        "dense_without_flatten",
        "input 28x28x1; conv 32 5; pool 2; conv 64 5; pool 2",
        "dense 10",
        "dense wants a vector, found a 4x4x64 feature map: put flatten or global_avgpool before it\n"
        "  layer 4 gives 8 / 2 = 4\n"
        "  fix 1: insert flatten before layer 5    dense1 becomes 10\n",
    ),
    (
        "channels_first_read_as_height_1",
        "",
        "input 1x28x28",
        "  input 1x28x28: height 1, width 28, 28 channels\n"
        "  warning: the input is read as height 1 and width 28 with 28 channels: write [28, 28, 1], or ",
    ),
    (
        "one_filter_per_channel",  # a filter spans all channels: 5*5*3*8 + 8 = 608, not 5*5*8 + 8
        "input 32x32x3",
        "conv 8 5",
        "  1  conv 5x5, 8   32x32x3 -> 28x28x8   (32 + 2*0 - 5)/1 + 1 = 28   5*5*3*8 + 8 = 608 parameters\n",
    ),
    (
        "dilation_forgotten",  # 2*(3 - 1) + 1 = 5; 28 - 5 + 1 = 24, not 26
        "input 28x28x1",
        "conv 32 3 d2 -> 26",
        "expect says 26x26x?, but 24x24x32 comes out\n"
        "  layer 1 gives (28 + 2*0 - (2*(3 - 1) + 1))/1 + 1 = 24\n"
        "  the input is 28x28x1\n"
        "  with dilation 2 a kernel of 3 covers 2*(3 - 1) + 1 = 5\n",
    ),
]


@pytest.mark.parametrize(("before", "typed", "said"), [pytest.param(*row[1:], id=row[0]) for row in MISTAKES])
def test_mistake(before: str, typed: str, said: str) -> None:
    session, reply = answered(Session(), before)
    assert not reply.wrong
    _, reply = answered(session, typed)
    assert reply.text[: len(said)] == said


@pytest.mark.parametrize(("before", "typed", "said"), [pytest.param(*row[1:], id=row[0]) for row in MISTAKES])
def test_a_wrong_layer_is_not_added_and_its_first_fix_adds_it(before: str, typed: str, said: str) -> None:
    session, _ = answered(Session(), before)
    after, reply = answered(session, typed)
    if not reply.wrong:
        assert after.text != session.text
        return
    assert after.text == session.text
    fixed, reply = answered(after, "fix 1")
    assert not reply.wrong
    assert fixed.report.ok
    assert fixed.report.spec is not None
    assert session.report.spec is not None
    assert len(fixed.report.spec.items) > len(session.report.spec.items)
    undone, _ = answered(fixed, "undo")
    assert undone.text == session.text
