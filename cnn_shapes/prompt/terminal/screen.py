"""The terminal around a session: a line editor with a live preview. Only this module loads prompt_toolkit."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from cnn_shapes.formats.parts.streams import Output, ask
from cnn_shapes.formats.parts.terminal_text import cells, clean, veiled
from cnn_shapes.prompt.language.completion import complete
from cnn_shapes.prompt.session.commands import context_of
from cnn_shapes.prompt.terminal.lines import Keep, Leave, confirmed, print_replies, run_line
from cnn_shapes.prompt.view.preview import GOOD, GREY, RED, fragments

if TYPE_CHECKING:
    from prompt_toolkit.document import Document
    from prompt_toolkit.key_binding import KeyPressEvent

    from cnn_shapes.prompt.session.state import Session

PROMPT = "> "
_WINDOWS_HINT = (
    "this console cannot show the live preview, so plain lines are read: Windows Terminal can, and `winpty "
    "cnn-shapes interactive` in a mintty window"
)
# the toolbar is the terminal's own colours, and grey is its dim: both follow the theme
_STYLE = {
    "bottom-toolbar": "noreverse",
    f"bottom-toolbar {GREY}": "noreverse fg:ansibrightblack",
    f"bottom-toolbar {RED}": "noreverse fg:ansired bold",
    "auto-suggestion": "fg:ansibrightblack",
    GREY: "fg:ansibrightblack",
    GOOD: "",
    RED: "fg:ansired bold",
}


class NoTerminal(Exception):
    """There is no terminal that this line editor can use."""


class _History(FileHistory):
    """What was typed before, as far as the file can be read and written: no line is lost for its sake."""

    def load_history_strings(self) -> Iterable[str]:
        try:
            return list(super().load_history_strings())
        except OSError:
            return []

    def store_string(self, string: str) -> None:
        with suppress(OSError, UnicodeError):
            super().store_string(string)


class Prompt:
    """One conversation; `session` is what it has come to."""

    def __init__(self, session: Session, history: str | None, keep: Keep, out: Output) -> None:
        self.session, self.keep, self.out = session, keep, out
        self.line: PromptSession[str] = PromptSession(
            message=PROMPT,
            history=_History(history) if history is not None else InMemoryHistory(),
            auto_suggest=AutoSuggestFromHistory(),
            completer=_Completer(self),
            complete_while_typing=False,
            reserve_space_for_menu=6,
            bottom_toolbar=self.toolbar,
            rprompt=self.right_prompt,
            key_bindings=self.keys(),
            input_processors=[_Veil()],
            style=Style(list(_STYLE.items())),
            color_depth=None if session.options.color else ColorDepth.DEPTH_1_BIT,
        )
        # prompt_toolkit would print a warning over the line where a terminal does not say where its cursor is
        self.line.app.renderer.cpr_not_supported_callback = self.line.app.invalidate

    def toolbar(self) -> StyleAndTextTuples:
        return self.preview(self._columns())

    def right_prompt(self) -> StyleAndTextTuples:
        """The preview where a toolbar cannot be drawn: the height of the screen is not known there."""
        app = self.line.app
        if app.renderer.height_is_known or app.is_done:
            return []
        room = self._columns() - len(PROMPT) - cells(self.line.default_buffer.text) - 2
        return self.preview(room) if room > 0 else []

    def preview(self, width: int) -> StyleAndTextTuples:
        buffer = self.line.default_buffer
        shown = fragments(self.session, buffer.text, buffer.cursor_position, width)
        return [(f"class:{style}", clean(text)) for style, text in shown]

    def _columns(self) -> int:
        return self.line.app.output.get_size().columns

    def keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("c-c")
        def clear(event: KeyPressEvent) -> None:
            """Clear the line; a layer that is being edited stays as it is."""
            event.current_buffer.reset()
            self.session = self.session._replace(editing=0)

        return keys

    def run(self) -> None:
        """Read lines until the user leaves."""
        prefill = ""
        while True:
            self._fit()
            try:
                text = self.line.prompt(default=prefill)
            except KeyboardInterrupt:
                prefill = ""
                continue
            except EOFError:
                return
            try:
                prefill = self._answer(text)
            except KeyboardInterrupt:
                prefill = ""
                self.out.line("stopped")
            except Leave:
                return

    def _answer(self, text: str) -> str:
        """Carry out a line and print its replies; returns what the next line begins with."""
        self.session, replies = run_line(self.session, text, self._ask)
        self.keep(self.session)
        return print_replies(self.session, replies, self.out)

    def _fit(self) -> None:
        """Show what comes next in the width that the terminal has now."""
        options = self.session.options
        width = self._columns()
        if options.width != width:
            self.session = self.session._replace(options=options._replace(width=width))

    def _ask(self, question: str) -> bool:
        return confirmed(question, ask)


class _Veil(Processor):
    """Shows what was pasted, or is suggested, with a ? for each character that a terminal would obey."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        return Transformation([(style, veiled(text)) for style, text, *_ in transformation_input.fragments])


class _Completer(Completer):
    def __init__(self, prompt: Prompt) -> None:
        self.prompt = prompt

    def get_completions(self, document: Document, complete_event: Any) -> Iterator[Completion]:
        context = context_of(self.prompt.session)
        for each in complete(document.text, document.cursor_position, context):
            yield Completion(
                each.text,
                start_position=each.start - document.cursor_position,
                display=clean(each.text),
                display_meta=clean(each.meta)[:60],
            )


def run(session: Session, history: str | None, keep: Keep, out: Output) -> None:
    """Talk with a person until they leave; `keep` gets the session after each line.

    Raises NoTerminal where that cannot be.
    """
    try:
        prompt = Prompt(session, history, keep, out)
    except Exception as error:
        if sys.platform == "win32" and type(error).__name__ == "NoConsoleScreenBufferError":
            raise NoTerminal(_WINDOWS_HINT) from None
        raise
    prompt.run()
