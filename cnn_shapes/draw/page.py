"""A page of HTML that needs nothing else: no script, no request, light and dark, on a screen and on paper."""

from __future__ import annotations

from cnn_shapes.draw.kit.svg import escaped

# A browser that finds a reference in it all the same follows none.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,Helvetica,Arial,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;
background:#fff;color:#1f2328}
h1{font-size:1.3rem}h2{font-size:1.1rem;margin-top:2.5rem}
figure{margin:1rem 0;overflow-x:auto}svg{display:block;max-width:100%;height:auto}
.table{overflow-x:auto}
table{border-collapse:collapse;font:13px/1.5 ui-monospace,Menlo,Consolas,monospace;white-space:pre}
th{text-align:left;font-weight:normal;color:#5b636c}td,th{padding:1px 14px 1px 0}
pre{font:13px/1.45 ui-monospace,Menlo,Consolas,monospace;overflow-x:auto}
pre.error,pre.warning,pre.info{border-left:3px solid #e5484d;padding:.4rem .8rem;background:#fff5f5}
pre.warning{border-color:#bf8700;background:#fffaeb}pre.info{border-color:#4a8fe0;background:#f3f8ff}
@media(prefers-color-scheme:dark){
body{background:#0d1117;color:#e6edf3}th{color:#9198a1}
pre.error{background:#2d1316}pre.warning{background:#2b2310}pre.info{background:#101c2d}}
@media print{
body{max-width:none;margin:0;font-size:10pt}figure,.table,pre{overflow:visible}
table,pre{font-size:7.5pt}pre{white-space:pre-wrap}
figure,pre,tr{break-inside:avoid}h1,h2{break-after:avoid}thead{display:table-header-group}}
@page{size:A4 landscape;margin:14mm}
"""


def head(title: str) -> str:
    """The page up to its first content."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{escaped(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    )


FOOT = "</main>\n</body>\n</html>\n"


def figure(picture: str) -> str:
    """A picture of the page."""
    return f"<figure>\n{picture}</figure>\n"


def page(title: str, picture: str) -> str:
    """A page that shows one picture."""
    return f"{head(title)}<h1>{escaped(title)}</h1>\n{figure(picture)}{FOOT}"
