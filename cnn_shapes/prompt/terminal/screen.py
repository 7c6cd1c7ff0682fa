"""The terminal around a session: a line editor with a live preview. Only this module loads prompt_toolkit."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Always, has_focus, is_done
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout import (
    CompletionsMenu,
    ConditionalContainer,
    Dimension,
    Float,
    FloatContainer,
    FormattedTextControl,
    HSplit,
    Window,
    walk,
)
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from cnn_shapes.formats.parts.streams import Output, ask
from cnn_shapes.formats.parts.terminal_text import clean, veiled
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
# the terminal's own colours, which follow the theme
_STYLE = {
    "auto-suggestion": "fg:ansibrightblack",
    GREY: "fg:ansibrightblack",
    GOOD: "fg:ansigreen",
    RED: "fg:ansired bold",
}
_INDENT = " " * len(PROMPT)  # of the preview: it begins under what is typed
_MENU = 6  # rows that completions have at least
_MOST_IN_MENU = 16


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
            reserve_space_for_menu=0,
            key_bindings=self.keys(),
            input_processors=[_Veil()],
            style=Style(list(_STYLE.items())),
            color_depth=None if session.options.color else ColorDepth.DEPTH_1_BIT,
        )
        self._lay_out()
        # prompt_toolkit would print a warning over the line where a terminal does not say where its cursor is
        self.line.app.renderer.cpr_not_supported_callback = self.line.app.invalidate

    def _lay_out(self) -> None:
        """Put the preview right under the line, and the completions under that: neither hides the other."""
        layout = self.line.layout
        line = layout.current_window
        around = next(one for one in walk(layout.container) if isinstance(one, FloatContainer))
        rows = next(one for one in walk(around) if isinstance(one, HSplit))
        preview = Window(FormattedTextControl(self.preview), height=1, dont_extend_height=True)
        room = Window(height=self._room)
        line.dont_extend_height = Always()
        rows.children += [ConditionalContainer(one, ~is_done) for one in (preview, room)]
        menu = CompletionsMenu(_MOST_IN_MENU, scroll_offset=1, extra_filter=has_focus(DEFAULT_BUFFER))
        around.floats = [_UnderPreview(line, room, menu)]

    def _room(self) -> Dimension:
        """The rows under the preview: some at least while there are completions to be shown in them."""
        return Dimension(min=_MENU) if self.line.default_buffer.complete_state is not None else Dimension()

    def preview(self) -> StyleAndTextTuples:
        """The row under the line."""
        buffer = self.line.default_buffer
        width = self._columns() - len(_INDENT)
        shown = fragments(self.session, buffer.text, buffer.cursor_position, width)
        return [("", _INDENT), *((f"class:{style}", clean(text)) for style, text in shown)]

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


class _UnderPreview(Float):
    """The menu of completions, under the row of the preview, as high as what is left of the screen."""

    def __init__(self, line: Window, room: Window, menu: CompletionsMenu) -> None:
        self._line, self._room = line, room
        super().__init__(menu, xcursor=True, height=self._height, transparent=True)

    @property
    def top(self) -> int:
        """The row where it begins, after those of the line and that of the preview."""
        return (self._line.render_info.window_height if self._line.render_info is not None else 1) + 1

    @top.setter
    def top(self, value: int | None) -> None:
        pass  # it follows from the line

    def _height(self) -> int:
        app = get_app()
        state = app.current_buffer.complete_state
        known = app.renderer.height_is_known and self._room.render_info is not None
        room = self._room.render_info.window_height if known and self._room.render_info is not None else 0
        return min(len(state.completions) if state is not None else 0, max(_MENU, room), _MOST_IN_MENU)


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
