"""`help`: everything on one screen, and a screen for each layer and command."""

from __future__ import annotations

from cnn_shapes.formats.parts.terminal_text import wrapped
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.base import Layer, short
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.language.vocabulary import COMMANDS, LETTERS, command_of, kind_of

GREETING = (
    "Type a network layer by layer and see every size while you type. Begin with what goes in:",
    "  input 28x28x1      then, for example:  conv 32 5   pool 2   flatten   dense 10",
    "show shows all, undo takes back, help tells the rest; Ctrl-D leaves.",
)

_OVERVIEW = (
    "layers   conv 32 5          32 filters, 5x5 kernel; also conv 5x5x32, conv 32@5",
    "         conv 32 5 s2 p1 relu   stride 2, padding 1; padding=same, bn, d2, g4, nobias",
    "         pool 2   avgpool 3 s2   gap   flatten   dense 10 softmax   dropout 0.5",
    "         conv 32 5 -> 24    says what you expect, and is checked",
    "         several with ;  pasted Conv2D(...), nn.Conv2d(...) and lines of a spec too",
    "input    input 28x28x1      height, width, channels",
    "look     show   show yaml   explain 2   sizes (which input sizes work)",
    "change   edit 2   insert 2 pool 2   delete 3   move 3 1   rounding floor",
    "mend     fix lists the repairs, fix 1 makes the first   undo   redo",
    "files    save mnist.yaml   load mnist.yaml   quit (or Ctrl-D)",
    "more     help conv   help layers   help edit",
    "keys     Tab completes, arrow up goes back, Ctrl-R searches, Ctrl-C clears the line",
)
_COMMANDS = {
    "input": ("input SIZES", "what goes in, without the batch: height, width, channels", "input 28x28x1"),
    "show": ("show [yaml]", "the table of all layers with the problems, or the text itself", "show"),
    "undo": ("undo", "takes back the last change, whatever it was", "undo"),
    "redo": ("redo", "makes again what undo took back", "redo"),
    "edit": (
        "edit N [LAYER]",
        "changes layer N: fills in the line, or takes the layer given",
        "edit 2 conv 32 3",
    ),
    "insert": (
        "insert N LAYER",
        "puts a layer in before layer N, so that it gets that number",
        "insert 2 relu",
    ),
    "delete": ("delete N", "takes layer N out", "delete 3"),
    "move": ("move N M", "moves layer N so that it becomes layer M", "move 3 1"),
    "fix": ("fix [K]", "lists what would mend the network, best first; fix K does it", "fix 1"),
    "explain": (
        "explain N",
        "draws the arithmetic of layer N, or tells of a layer kind or rule",
        "explain 1",
    ),
    "sizes": ("sizes", "which input sizes this network works with, to infinity", "sizes"),
    "rounding": (
        "rounding exact|floor",
        "whether every size must be whole, or is rounded down as PyTorch and Keras do",
        "rounding floor",
    ),
    "save": ("save [FILE]", "writes the spec; asks before another file is lost", "save mnist.yaml"),
    "load": ("load FILE", "reads a spec; undo brings back what was here", "load mnist.yaml"),
    "help": ("help [NAME]", "tells of everything, a layer or a command", "help conv"),
    "quit": ("quit", "leaves; what is not saved goes to a recovery file", "quit"),
}
_TYPED = {
    "filters": ("32 5", "5x5x32", "32@5 s2 p1 relu"),
    "kernel_size": ("2", "3 s2", "3x2"),
    "units": ("10", "128 relu"),
    "rate": ("0.5",),
    "output_size": ("1", "7x7"),
    "groups": ("8",),
    "amount": ("1", "1x2"),
    "scale": ("2",),
    "factor": ("2",),
    "shape": ("7x7x64",),
    "order": ("2 0 1",),
    "from": ("a", "a b"),
    "into": ("a b",),
}


def usage(name: str) -> str:
    """How a command or a layer is typed, in a few words."""
    if name in _COMMANDS:
        return _COMMANDS[name][0]
    layer = KINDS[name]
    words = {
        "filters": "FILTERS KERNEL [s p d g] [relu]",
        "kernel_size": "SIZE [s2] [p1]",
        "from": "NAME NAME",
        "into": "NAME NAME",
    }
    return f"{name} {words.get(layer.shorthand, layer.shorthand.upper())}" if layer.shorthand else name


def summary(name: str) -> str:
    """What a command or a layer does, in one line."""
    if name in _COMMANDS:
        return _COMMANDS[name][1]
    return " ".join((KINDS[name].__doc__ or "").strip().partition("\n")[0].split())


def help_text(name: str, width: int | None) -> list[str] | None:
    """The lines of help on a name; None where the name means nothing."""
    word = name.strip()
    if not word:
        return [line for text in _OVERVIEW for line in _folded(text, 9, width)]
    if word in ("layers", "layer", "kinds"):
        return _layers(width)
    if word == "commands":
        texts = [f"{usage(command):22} {summary(command)}" for command in COMMANDS]
        return [line for text in texts for line in _folded(text, 23, width)]
    kind = kind_of(word)
    if kind is not None:
        return _kind(kind[0], width)
    try:
        command = command_of(word)
    except Misread:
        return None
    if command is None:
        return None
    call, text, example = _COMMANDS[command]
    return [call, f"  {text}", f"  as in {example}"]


def _layers(width: int | None) -> list[str]:
    families: dict[str, list[str]] = {}
    for kind, layer in KINDS.items():
        families.setdefault(layer.family, []).append(kind)
    lines = []
    for family, kinds in families.items():
        lines += _folded(f"{family + ':':18} {', '.join(kinds)}", 19, width or 88)
    return [*lines, "help KIND tells its fields; structures such as residual are written as in a spec"]


def _kind(kind: str, width: int | None) -> list[str]:
    layer = KINDS[kind]
    lines = _folded(f"{kind}: {summary(kind)}", 2, width)
    examples = _TYPED.get(layer.shorthand or "", ("",))
    if kind == "depthwise_conv":
        examples = ("3", "3 s2 p1")
    elif len(kind) > len("conv"):
        examples = examples[:2]
    lines += _folded(
        "  as in   " + "   ".join(f"{kind} {example}".strip() for example in examples), 10, width
    )
    cells = [_field(layer, name) for name in layer.fields]
    wide = max((len(cell[0]) for cell in cells), default=0)
    for names, default, text in cells:
        lines += _folded(f"  {names:{wide}}  {default:13}  {text}".rstrip(), wide + 19, width)
    return [*lines, "  any layer also takes name=NAME from=NAME -> SIZES (what you expect)"]


def _field(layer: type[Layer], name: str) -> tuple[str, str, str]:
    field = layer.fields[name]
    letter = next((letter for letter, full in LETTERS.items() if full == name), "")
    initial = None if field.required else field.initial(2)
    default = "required" if field.required else "" if initial is None else f"default {short(initial)}"
    text = field.doc
    if name in ("activation", "norm", "padding", "rounding") and field.words:
        text += f": {', '.join(field.words[:4])}{', ...' if len(field.words) > 4 else ''}"
    return f"{name}={f' or {letter}' if letter else ''}", default, text


def _folded(text: str, indent: int, width: int | None) -> list[str]:
    head, tail = text[:indent], text[indent:]
    first, *more = wrapped(tail, indent, width)
    return [head + first, *(" " * indent + line for line in more)]
