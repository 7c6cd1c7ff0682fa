"""Steps of a session with their replies in words, as a person reads them."""

from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.session.step import step
from cnn_shapes.prompt.view.wording import WordedReply, worded


def answered(session: Session, line: str) -> tuple[Session, WordedReply]:
    """The session after a line, and what is said to it."""
    session, reply = step(session, line)
    return session, worded(reply)
