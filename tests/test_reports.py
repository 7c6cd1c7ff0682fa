"""Shape errors that people had and reported: the change that helped them is among the three that are told.

A report is a spec in `tests/reports` with a file of the three fixes beside it. What was accepted is in the
rows here, with the arithmetic that shows it.
"""

import pytest

from cnn_shapes.checking import check_path
from cnn_shapes.repair import repairs
from tests.golden import ROOT

REPORTS = ROOT / "tests" / "reports"
NAMES = sorted(file.stem for file in REPORTS.glob("*.yaml"))

# what was accepted, as it begins, and the place that it may have at the most
ACCEPTED = {
    # 64 -> 32 -> 16 -> 8 -> 4, less 1: 3 rows; of 32: 32 -> 16 -> 8 -> 4 -> 2, less 1: 1 row
    "text_lines_64_high": ("input: 1x32x128", 2),
    # (32 - 11)/2 + 1 = 11 frames, as many as the second kernel is long
    "clip_too_short": ("input: 1x161x32", 1),
    # rounded down: (112 + 2*1 - 3)/2 + 1 = 56, then 28, 14, 7: 512 features of 1x1
    "pool_rounded_up": ("rounding: floor on line 20", 3),
    # (1600 - 1)*5 - 2*3 + 10 + 1 = 8000, (8000 - 1)*3 - 2*2 + 6 + 1 = 24000
    "codec_four_samples_short": ("output_padding: 1 on both conv_transpose layers", 1),
    # 656 = 41*16, 1360 = 85*16
    "unet_of_a_photo": ("input: 656x1360x1", 1),
    # 64 = 4*16, 80 = 5*16
    "volume_72_deep": ("input: 1x160x160x64", 1),
    # 20/4 = 5 columns are left for the second pool; 32/4/8 = 1
    "twenty_samples": ("kernel_size: [1, 5]", 1),
    # 10*7*7 = 490
    "features_without_pixels": ("in_features: 490", 1),
    "output_padding_at_stride_1": ("output_padding: 0", 1),
    # 33 + 2*1 - 1*2 = 33, 33 + 2*4 - 4*2 = 33
    "padding_unlike_dilation": ("p: 1 on line 18 and p: 4 on line 20", 2),
    "stride_taken_twice": ("take out stride: s on line 12", 1),
    # 544 = 34*16 comes back to 544 where every convolution keeps its size
    "unet_without_crops": ("input: 544x544x3 on line 2 and padding: same", 1),
    # floor(512*1.33) = 680, twice: 1360
    "two_rounded_widths": ("in_channels: 1360", 1),
    "channels_taken_for_height": ("layout: channels_first", 1),
    # 96/2/2/2/2 = 6
    "two_scores_each_way": ("kernel_size: 6", 1),
    # (63 - 1)*2 + 3 = 127, (127 - 1)*2 + 3 = 255
    "decoder_without_strides": ("output_padding: 0 and stride: 2 on both", 1),
    "one_convolution_of_voxels": ("Conv3d -> Conv2d", 1),
    # 668 = 4*167
    "photo_of_odd_halves": ("input: 3x668x668", 1),
    # 64 = 4*16, 48 = 3*16
    "channels_that_do_not_shuffle": ("filters: 64", 1),
    "pyramid_of_a_wide_photo": ("like: l4", 1),
    "gate_of_every_pixel": ("s0 instead of x on line 7 and s1 instead of x on line 8", 1),
    # larger crops: 48/16 = 3, less 1, less 1: 1
    "crops_too_small": ("input: 6x48x48", 3),
    "tall_pictures": ("global_avgpool instead of avgpool", 1),
}
# what was said is not to be had: the size that is expected would have to be another, too
BEYOND = {"voxels_that_do_not_come_back"}


def test_every_report_has_its_row() -> None:
    assert {*NAMES} == {*ACCEPTED} | BEYOND
    assert len(NAMES) == 24


@pytest.mark.parametrize("name", NAMES)
def test_fixes(name: str, update: bool) -> None:
    file = REPORTS / f"{name}.fixes"
    found = repairs(check_path(str(REPORTS / f"{name}.yaml"))).found
    told = "".join(f"{repair.headline}    {repair.outcome}\n" for repair in found)
    if update:
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")
    for repair in found:
        assert repair.after.ok


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_was_accepted_is_told(name: str) -> None:
    beginning, place = ACCEPTED[name]
    told = (REPORTS / f"{name}.fixes").read_text(encoding="utf-8").splitlines()
    places = [number for number, line in enumerate(told, 1) if line.startswith(beginning)]
    assert places
    assert places[0] <= place


def test_how_many_are_first() -> None:
    first = [name for name, (_, place) in ACCEPTED.items() if place == 1]
    assert len(first) >= 14
    assert len(ACCEPTED) >= 19
