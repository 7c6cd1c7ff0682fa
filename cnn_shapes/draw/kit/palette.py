"""What a picture's classes look like, in light and in dark. Only those that are used are written."""

from __future__ import annotations

from collections.abc import Mapping

_SANS = "Helvetica,Arial,'Liberation Sans',sans-serif"
_MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"

# Each role as it is in light and in dark.
COLOURS: Mapping[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#0d1117"),
    "ink": ("#1f2328", "#e6edf3"),
    "faint": ("#5b636c", "#9198a1"),
    "line": ("#848d97", "#7d8590"),
    "skip": ("#1f756e", "#52aea6"),
    "red": ("#cf222e", "#ff7b72"),
    "red-line": ("#e5484d", "#f0595d"),
    "red-paper": ("#fff5f5", "#2d1316"),
    "green": ("#116329", "#56d364"),
    "green-line": ("#2da44e", "#2ea043"),
    "green-paper": ("#f0fff4", "#0f2417"),
    # of a window and the map that it lies on
    "pixel": ("#edf1f6", "#1d2733"),
    "grid": ("#c3ccd6", "#3d4a58"),
    "pad-line": ("#b19add", "#7a63b8"),
    "outside": ("#d9a441", "#8a6a2c"),
    "left": ("#ffd7d5", "#4a1a1d"),
    "tap": ("#8fb7f3", "#3f6fb5"),
    "kernel": ("#2b5fae", "#79b0ff"),
    "stride": ("#a04d00", "#f0a35e"),
    "padding": ("#6f4fc0", "#b9a3e3"),
    "result": ("#116329", "#56d364"),
    "out": ("#dff3e4", "#15301d"),
    "out-grid": ("#7cc08c", "#3f8f56"),
    "hit": ("#2f7d46", "#56d364"),
}
# Of each family of layers the front, the top, the side and the outline; a box looks the same in the dark.
FAMILIES: Mapping[str, tuple[str, str, str, str]] = {
    "filters": ("#8fb7f3", "#b9d3fa", "#6a98de", "#2b5fae"),
    "up": ("#93d3a2", "#bde6c7", "#6fb681", "#2f7d46"),
    "pool": ("#f6b26b", "#fbd3a5", "#dd9344", "#a8621b"),
    "units": ("#b9a3e3", "#d6c9f1", "#9b82cf", "#5f45a0"),
    "join": ("#79cdc6", "#aee2de", "#52aea6", "#1f756e"),
    "input": ("#c9d1d9", "#e3e8ed", "#a9b4bf", "#57606a"),
    "block": ("#a9b9ee", "#cbd5f7", "#8296d8", "#3f54a0"),
    "plain": ("#d7dbe0", "#e9ecef", "#bcc3cb", "#57606a"),
}
_FACES = ("front", "top", "side")

_OUTLINE = {"stroke-width": ".8", "stroke-linejoin": "round"}
FONTS = {"t": 11.0, "m": 10.5}  # with their sizes: what each text has one of
STYLES: Mapping[str, Mapping[str, str]] = {
    "bg": {"fill": "paper"},
    "t": {"fill": "ink", "font": f"11px {_SANS}"},
    "m": {"fill": "ink", "font": f"10.5px {_MONO}"},
    "b": {"font-weight": "600"},
    "d": {"fill": "faint"},
    "k": {"fill": "#1f2328"},
    "k2": {"fill": "#4b535d"},
    "red-on-box": {"fill": "#a40e26"},
    "edge": {"fill": "none", "stroke": "line", "stroke-width": "1.3"},
    "skip": {"fill": "none", "stroke": "skip", "stroke-width": "1.4"},
    "tip": {"fill": "line"},
    "skip-tip": {"fill": "skip"},
    "err": {"fill": "none", "stroke": "red-line", "stroke-width": "2", "stroke-linejoin": "round"},
    "errt": {"fill": "red"},
    "okt": {"fill": "green"},
    "call": {"fill": "red-paper", "stroke": "red-line"},
    "fix": {"fill": "green-paper", "stroke": "green-line"},
    "disc": {"fill": "red-line"},
    "on-red": {"fill": "#ffffff"},
    "sign": {"fill": "none", "stroke": "#1f756e", "stroke-width": "1.5"},
    "ghost": {"fill-opacity": ".35", "stroke-dasharray": "3 2"},
    "leader": {"fill": "none", "stroke": "red-line", "stroke-width": "1.4"},
    "faded": {"opacity": ".6"},
    "thin": {"fill": "none", "stroke-width": ".7", "stroke-opacity": ".6"},
    "dots": {"fill": "none", "stroke": "line", "stroke-width": "1.8", "stroke-linecap": "round"},
    "px": {"fill": "pixel"},
    "grid": {"fill": "none", "stroke": "grid", "stroke-width": ".7"},
    "margin": {"fill": "none", "stroke": "pad-line", "stroke-width": ".7", "stroke-dasharray": "2 1.7"},
    "beyond": {"fill": "none", "stroke": "outside", "stroke-width": ".7", "stroke-dasharray": "1 2"},
    "left": {"fill": "left", "fill-opacity": ".85", "stroke": "red-line", "stroke-width": ".8"},
    "left-grid": {"fill": "none", "stroke": "red-line", "stroke-width": ".7"},
    "out": {"fill": "out", "stroke": "out-grid", "stroke-width": ".7"},
    "out-grid": {"fill": "none", "stroke": "out-grid", "stroke-width": ".7"},
    "hit": {"fill": "hit"},
    "tap": {"fill": "tap", "fill-opacity": ".65"},
    "win": {"fill": "none", "stroke": "kernel", "stroke-width": "2"},
    "next": {"fill": "none", "stroke": "stride", "stroke-width": "1.5", "stroke-dasharray": "4 2.5"},
    "ray": {"fill": "none", "stroke": "kernel", "stroke-width": ".8", "stroke-opacity": ".5"},
    "step": {"fill": "none", "stroke": "stride", "stroke-width": "1.5"},
    "step-tip": {"fill": "stride"},
    "of-kernel": {"fill": "kernel", "font-weight": "600"},
    "of-stride": {"fill": "stride", "font-weight": "600"},
    "of-padding": {"fill": "padding", "font-weight": "600"},
    "of-result": {"fill": "result", "font-weight": "600"},
    "of-rest": {"fill": "red", "font-weight": "600"},
    "of-size": {"font-weight": "600"},
    **{
        f"{family}-{face}": {"fill": colour, "stroke": colours[3], **_OUTLINE}
        for family, colours in FAMILIES.items()
        for face, colour in zip(_FACES, colours[:3], strict=True)
    },
    **{f"{family}-line": {"stroke": colours[3]} for family, colours in FAMILIES.items()},
}
