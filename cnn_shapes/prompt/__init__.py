"""The prompt: a pure session over a spec's text, the short form that it reads, and the terminal around it.

`session.step.step(session, line)` is the whole of it: it gives the next session and a reply of facts, which
`view` puts into words. Only `terminal/screen.py` loads prompt_toolkit.
"""
