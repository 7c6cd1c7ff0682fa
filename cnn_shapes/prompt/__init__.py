"""The prompt: a pure session over a spec's text, the short form that it reads, and the terminal around it.

`session.step(session, line)` is the whole of it; only `terminal.py` loads prompt_toolkit.
"""

from __future__ import annotations
