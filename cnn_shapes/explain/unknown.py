"""The one way in which an explanation fails."""

from __future__ import annotations


class Unknown(LookupError):
    """A name that means nothing, or a spec that cannot be read: `str` gives the message."""
