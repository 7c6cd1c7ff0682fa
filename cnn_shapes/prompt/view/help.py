"""`help`: everything on one screen, and a screen for each layer and command."""

from __future__ import annotations

from cnn_shapes.formats.parts.terminal_text import wrapped
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.short_text import short
from cnn_shapes.prompt.language.vocabulary import FOLLOWERS, LETTERS, kind_summary
from cnn_shapes.prompt.session.commands import COMMANDS
from cnn_shapes.shown_text import padded
from cnn_shapes.words import ENGLISH, say, say_as_is, spoken

GREETING = (
    "Type a network layer by layer and see every size while you type. Begin with what goes in:",
    "  input 28x28x1      then, for example:  conv 32 5   pool 2   flatten   dense 10",
    "show shows all, undo takes back, help explains the rest; Ctrl-D leaves.",
    "learn begins five exercises of two minutes.",
)

_OVERVIEW = (
    "layers   conv 32 5          32 filters, 5x5 kernel; also conv 5x5x32, conv 32@5",
    "         conv 32 5 s2 p1 relu   stride 2, padding 1; padding=same, bn, d2, g4, nobias",
    "         pool 2   avgpool 3 s2   gap   flatten   dense 10 softmax   dropout 0.5",
    "         conv 32 5 -> 24    says what you expect, and is checked",
    "         28x28x1 -> conv 5x5x32 -> pool 2    all at once; also with | or commas between",
    "         several with ;  pasted Conv2D(...), nn.Conv2d(...) and lines of a spec too",
    "input    input 28x28x1      height, width, channels",
    "look     show   show yaml   explain 2   sizes (which input sizes work)",
    "change   edit 2   insert 2 pool 2   delete 3   move 3 1   rounding floor   clear",
    "mend     why   fix lists the repairs, fix 1 makes the first   undo   redo",
    "files    save mnist.yaml   load mnist.yaml   export keras   quit (or Ctrl-D)",
    "more     help conv   help layers   help edit   learn (five exercises of two minutes)",
    "keys     Tab completes, arrow up goes back, Ctrl-R searches, Ctrl-C clears the line",
)
# how the numbers of a kind are called and typed, by the field that is its shorthand
_CALLED = {
    "filters": "FILTERS KERNEL [s p d g] [relu]",
    "kernel_size": "SIZE [s2] [p1]",
    "from": "NAME NAME",
    "into": "NAME NAME",
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
_KERNEL = ("3", "3 s2 p1")  # the numbers of a window that does not move by its own size
_SHORT_NAME = 4  # letters; a longer name leaves room for two examples


def usage(name: str) -> str:
    """How a command or a layer is typed, in a few words."""
    if name in COMMANDS:
        return COMMANDS[name].usage
    shorthand = KINDS[name].shorthand
    return f"{name} {_CALLED.get(shorthand, shorthand.upper())}" if shorthand else name


def summary(name: str) -> str:
    """What a command or a layer does, in one line."""
    return say(COMMANDS[name].summary) if name in COMMANDS else _summary_of(name)


def _summary_of(kind: str) -> str:
    if spoken() == ENGLISH:
        return kind_summary(kind)
    paragraph = " ".join((KINDS[kind].__doc__ or "").split("\n\n")[0].split())
    return say_as_is(paragraph).partition(". ")[0].removesuffix(".")


def help_lines(topic: str, width: int | None) -> list[str]:
    """The lines of help on a kind, a command, `layers` or `commands`; on everything where it is empty."""
    if not topic:
        return [line for text in map(say, _OVERVIEW) for line in _folded(text, _margin(text), width)]
    if topic == "layers":
        return _layers(width)
    if topic == "commands":
        texts = [f"{command.usage:22} {say(command.summary)}" for command in COMMANDS.values()]
        return [line for text in texts for line in _folded(text, 23, width)]
    command = COMMANDS.get(topic)
    if command is None:
        return _kind(topic, width)
    return [command.usage, f"  {say(command.summary)}", f"  {say('as in {text}', text=command.example)}"]


def _layers(width: int | None) -> list[str]:
    families: dict[str, list[str]] = {}
    for kind, layer in KINDS.items():
        families.setdefault(layer.family, []).append(kind)
    lines = []
    for family, kinds in families.items():
        name = family if spoken() == ENGLISH else say(f"kinds: {family}")
        lines += _folded(f"{padded(f'{name}:', 18)} {', '.join(kinds)}", 19, width or 88)
    return [*lines, say("help KIND lists its fields; structures such as residual are written as in a spec")]


_SILENT = ("norm_groups",)  # of norm=group alone: a line more than a screen has


def _kind(kind: str, width: int | None) -> list[str]:
    layer = KINDS[kind]
    lines = _folded(f"{kind}: {_summary_of(kind)}", 2, width)
    examples = _TYPED.get(layer.shorthand or "", ("",))[: 3 if len(kind) <= _SHORT_NAME else 2]
    if layer.shorthand == "kernel_size" and not layer.is_pool:
        examples = _KERNEL
    typed = "   ".join(f"{kind} {example}".strip() for example in examples)
    lines += _folded(f"  {say('as in   {text}', text=typed)}", 10, width)
    fields = [_field(layer, name) for name in layer.fields if name not in _SILENT]
    wide = max((len(field[0]) for field in fields), default=0)
    for names, default, text in fields:
        lines += _folded(f"  {names:{wide}}  {padded(default, 13)}  {text}".rstrip(), wide + 19, width)
    return [*lines, say("  any layer also takes name=NAME from=NAME -> SIZES (what you expect)")]


def _field(layer: type[Layer], name: str) -> tuple[str, str, str]:
    """How a field is called, its default, and what it says."""
    field = layer.fields[name]
    letter = next((letter for letter, full in LETTERS.items() if full == name), "")
    initial = None if field.required else field.initial(2)
    default = "" if initial is None else say("default {value}", value=short(initial))
    if field.required:
        default = say("required")
    text = say_as_is(field.doc)
    if name in (*FOLLOWERS, "padding", "rounding") and field.words:
        text += f": {', '.join(field.words[:4])}{', ...' if len(field.words) > 4 else ''}"
    return f"{name}={f' or {letter}' if letter else ''}", default, text


def _margin(text: str) -> int:
    """The characters of a line of the overview before what it says."""
    return 9 if spoken() == ENGLISH else len(text) - len(text.lstrip()) or text.find(" ") + 1


def _folded(text: str, indent: int, width: int | None) -> list[str]:
    head, tail = text[:indent], text[indent:]
    first, *more = wrapped(tail, indent, width)
    return [head + first, *(" " * indent + line for line in more)]
