"""What is wrong with comments that silence rules, and the line as their safe fix leaves it."""

import pytest

from cnn_shapes.checking import check_source
from tests.specs import check
from tests.test_suppress import DROPS, IGNORE, UNUSED, spec

WRONG = [
    ("relu", IGNORE, UNUSED, "relu"),
    ("relu", f"# why not {IGNORE}", UNUSED, "relu  # why not"),
    (
        DROPS,
        "# cnn-shapes: ignore[even-kernel, pixels-dropped, heavy-flatten, likely-image] reason",
        "no even-kernel or heavy-flatten or likely-image is found here: the comment hides nothing",
        f"{DROPS}  # cnn-shapes: ignore[pixels-dropped] reason",
    ),
    (
        "relu",
        "# cnn-shapes: ignore-file[pixels-dropped]",
        "no pixels-dropped is found in this file: the comment hides nothing",
        "relu",
    ),
    (
        DROPS,
        "# cnn-shapes: ignore[pixel-dropped]",
        "there is no rule pixel-dropped: did you mean pixels-dropped?",
        f"{DROPS}  {IGNORE}",
    ),
    (
        DROPS,
        "# cnn-shapes: ignore[pixels-dropped, E501]",
        "there is no rule E501: `cnn-shapes explain rules` lists them",
        f"{DROPS}  {IGNORE}",
    ),
    (
        "relu",
        "# cnn-shapes: ignore[unknown-key]",
        "unknown-key cannot be ignored: mend what it finds",
        "relu",
    ),
    (
        "relu",
        "# cnn-shapes: ignore[unused-suppression]",
        "unused-suppression cannot be ignored: mend what it finds",
        "relu",
    ),
    (
        "relu",
        "# cnn-shapes: ignore",
        "name the rules to ignore, as in ignore[pixels-dropped]: there is no form for all of them",
        "relu",
    ),
    (
        "relu",
        "# cnn-shapes: ignore-file[]",
        "name the rules to ignore, as in ignore-file[pixels-dropped]: there is no form for all of them",
        "relu",
    ),
    (
        DROPS,
        "# cnn-shapes: ignore[pixels-dropped",
        "write the rules in brackets: ignore[pixels-dropped]",
        f"{DROPS}  {IGNORE}",
    ),
    (
        DROPS,
        "# cnn-shapes: ignore[pixels-dropped as in the paper",
        "write the rules in brackets: ignore[pixels-dropped]",
        f"{DROPS}  {IGNORE} as in the paper",
    ),
    (
        DROPS,
        "# cnn-shapes: ignore pixels-dropped: as in the paper",
        "write the rules in brackets: ignore[pixels-dropped]",
        f"{DROPS}  {IGNORE}: as in the paper",
    ),
    (
        "conv: {filters: 8, kernel_size: 2, stride: 2, norm: batch, rounding: floor}",
        "# cnn-shapes: ignore bias-before-norm pixels-dropped (see the paper)",
        "write the rules in brackets: ignore[bias-before-norm, pixels-dropped]",
        "conv: {filters: 8, kernel_size: 2, stride: 2, norm: batch, rounding: floor}"
        "  # cnn-shapes: ignore[bias-before-norm, pixels-dropped] (see the paper)",
    ),
    (
        DROPS,
        "# cnn-shapes: ignore-file pixels-dropped, the border is empty",
        "write the rules in brackets: ignore-file[pixels-dropped]",
        f"{DROPS}  # cnn-shapes: ignore-file[pixels-dropped], the border is empty",
    ),
    (
        DROPS,
        "# cnn-shapes: pixels-dropped as in the paper",
        "expected ignore[...] or ignore-file[...] with names of rules, found pixels-dropped",
        f"{DROPS}  {IGNORE} as in the paper",
    ),
    (
        DROPS,
        "# cnn-shapes: ignore[pixels-dropped: border is padding] by ann",
        "only names of rules go in the brackets: put border is padding after them",
        f"{DROPS}  {IGNORE} border is padding by ann",
    ),
    (
        DROPS,
        "# cnn-shapes: ignore[pixels-dropped, see ticket 4711]",
        "only names of rules go in the brackets: put see ticket 4711 after them",
        f"{DROPS}  {IGNORE} see ticket 4711",
    ),
    # what a person wrote stays
    (
        "relu",
        "# cnn-shapes: this network is checked by us",
        "expected ignore[...] or ignore-file[...] with names of rules, found this",
        None,
    ),
    (
        "relu",
        "# cnn-shapes: ignore[] since we know it",
        "name the rules to ignore, as in ignore[pixels-dropped]: there is no form for all of them",
        None,
    ),
    (
        DROPS,
        "# cnn-shapes: ingore[pixels-dropped]",
        "expected ignore[...] or ignore-file[...] with names of rules, found ingore",
        f"{DROPS}  {IGNORE}",
    ),
    (
        "relu",
        "# cnn-shapes: noqa",
        "expected ignore[...] or ignore-file[...] with names of rules, found noqa",
        None,
    ),
    (
        "relu",
        "# cnn-shapes: ignored as in the paper",
        "expected ignore[...] or ignore-file[...] with names of rules, found ignored",
        None,
    ),
    (
        "relu",
        "# cnn-shapes: ignore[E501] as in the paper",
        "there is no rule E501: `cnn-shapes explain rules` lists them",
        None,
    ),
    (
        "relu",
        "# cnn-shapes: ignore-file[unknown-key] as in the paper",
        "unknown-key cannot be ignored: mend what it finds",
        None,
    ),
    (
        "relu",
        "# cnn-shapes:",
        "expected ignore[...] or ignore-file[...] with names of rules, found nothing",
        "relu",
    ),
]


@pytest.mark.parametrize(("layer", "comment", "message", "mended"), WRONG)
def test_a_comment_is_wrong(layer: str, comment: str, message: str, mended: str | None) -> None:
    report = check(spec(f"  - {layer}  {comment}\n"))
    problem = next(one for one in report.diagnostics if one.rule.endswith("-suppression"))
    assert problem.severity == "warning"
    assert problem.message() == message
    if mended is None:
        assert problem.fixes == ()
        return
    (fix,) = problem.fixes
    assert fix.safe
    after = report.source.edited(fix.edits)
    assert after.text == spec(f"  - {mended}\n")
    assert [one.rule for one in check_source(after).diagnostics] == []


def test_a_guess_that_is_far_off_is_not_a_safe_fix() -> None:
    """It could silence what the person never meant."""
    (problem,) = check(spec("  - relu  # cnn-shapes: ignore[padding]\n")).diagnostics
    assert problem.message() == "there is no rule padding: did you mean bad-padding?"
    assert [fix.safe for fix in problem.fixes] == [False]
