"""The page in the browser: what it asks of the tool, as plain functions of a text with answers made of JSON.

Nothing here knows a browser. `page/` is the page itself, which `.ci/site` builds; no wheel carries it.
"""
