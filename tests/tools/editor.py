"""Shows what the real yaml-language-server makes of the JSON Schema: `python -m tests.tools.editor`.

It needs npm, which fetches the server into a temporary folder; `--server FILE` names one that is there.
It prints what was asked and answered, and exits 1 where an answer is not what a user should get.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from cnn_shapes import schema
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.structure import STRUCTURES

PACKAGE = "yaml-language-server"
CURSOR = "@"
NETWORK = f"{schema.MODELINE}\ninput: [28, 28, 1]\nlayers:\n"


class Editor:
    """A language client that opens texts in one folder, over the server's standard streams."""

    def __init__(self, server: list[str], folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen([*server, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.number = 0
        self.marks: dict[str, list[dict[str, Any]]] = {}
        root = folder.as_uri()
        self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": root,
                "workspaceFolders": [{"uri": root, "name": "specs"}],
                "capabilities": {
                    "textDocument": {
                        "completion": {"completionItem": {"snippetSupport": True}},
                        "hover": {"contentFormat": ["markdown"]},
                    }
                },
            },
        )
        self.tell("initialized", {})
        settings = {
            "yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
        }
        self.tell("workspace/didChangeConfiguration", {"settings": settings})

    def open(self, name: str, text: str) -> str:
        uri = (self.folder / name).as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def completion(self, name: str, marked: str) -> list[str]:
        """The labels that are offered where the cursor is in a text."""
        text, position = split(marked)
        uri = self.open(name, text)
        where = {"textDocument": {"uri": uri}, "position": position}
        found = self.ask("textDocument/completion", where)
        return [item["label"] for item in (found["items"] if isinstance(found, dict) else found or [])]

    def hover(self, name: str, marked: str) -> str:
        text, position = split(marked)
        uri = self.open(name, text)
        found = self.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": position})
        return str(found["contents"]["value"]) if found else ""

    def problems(self, name: str, text: str) -> list[tuple[str, str]]:
        """What is marked in a text: the marked characters and the message."""
        uri = self.open(name, text)
        while uri not in self.marks:
            self.read()
        lines = text.splitlines()
        found = []
        for mark in self.marks[uri]:
            start, end = mark["range"]["start"], mark["range"]["end"]
            assert start["line"] == end["line"], mark
            found.append((lines[start["line"]][start["character"] : end["character"]], mark["message"]))
        return found

    def ask(self, method: str, parameters: Any) -> Any:
        self.number += 1
        self.send({"id": self.number, "method": method, "params": parameters})
        while True:
            message = self.read()
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def tell(self, method: str, parameters: Any) -> None:
        self.send({"method": method, "params": parameters})

    def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        """The next message; what the server asks is answered with nothing."""
        stream = self.process.stdout
        assert stream is not None
        length = 0
        while (line := stream.readline().strip()) or not length:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        message: dict[str, Any] = json.loads(stream.read(length))
        if "method" in message and "id" in message:
            asked = message["params"].get("items", [])
            answer = [None] * len(asked) if message["method"] == "workspace/configuration" else None
            self.send({"id": message["id"], "result": answer})
        elif message.get("method") == "textDocument/publishDiagnostics":
            self.marks[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message

    def close(self) -> None:
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.wait(timeout=10)


def split(marked: str) -> tuple[str, dict[str, int]]:
    """A text without its cursor, and where that is."""
    before, _, after = marked.partition(CURSOR)
    return before + after, {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}


def show(editor: Editor) -> int:
    failures = 0

    def expect(title: str, found: object, holds: bool) -> None:
        nonlocal failures
        failures += not holds
        print(f"{'ok  ' if holds else 'FAIL'} {title}\n     {found}")

    offered = editor.completion("empty.yaml", f"{NETWORK}  - {CURSOR}\n")
    counts = Counter(offered)
    kinds = {*KINDS, *STRUCTURES}
    expect("an empty layer is offered every kind once", offered, counts == Counter(kinds))
    offered = editor.completion("fields.yaml", f"{NETWORK}  - conv:\n      filters: 8\n      {CURSOR}\n")
    wanted = {*KINDS["conv"].fields, "name", "from", "if", "expect"} - {"filters"}
    expect("a conv is offered its other fields once", offered, Counter(offered) == Counter(wanted))
    offered = editor.completion(
        "words.yaml", f"{NETWORK}  - conv:\n      filters: 8\n      padding: {CURSOR}\n"
    )
    expect("padding is offered its words", offered, {"valid", "half", "same"} <= set(offered))
    shown = editor.hover("hover.yaml", f"{NETWORK}  - conv: {{filters: 8, ker{CURSOR}nel_size: 3}}\n")
    expect("hover shows a field's documentation", repr(shown), "size of the kernel" in shown.lower())
    shown = editor.hover("kind.yaml", f"{NETWORK}  - Con{CURSOR}v2d: {{filters: 8, kernel_size: 3}}\n")
    expect("hover shows a kind's documentation", repr(shown), "A convolution" in shown)
    for number, (text, typo) in enumerate(
        [
            ("  - conv: {filters: 8, kernel-size: 3}\n", "kernel-size"),
            ("  - cnov: {filters: 8}\n", "cnov"),
            ("  - rleu\n", "rleu"),
            ("  - conv: {filters: 0}\n", "0"),
            ("  - conv: {filters: 8, kernel_size: [3, 0]}\n", "0"),
        ]
    ):
        marked = editor.problems(f"typo{number}.yaml", NETWORK + text)
        expect(f"{typo} is marked alone", marked, [place for place, _ in marked] == [typo])
    marked = editor.problems(
        "merge.yaml", NETWORK + "  - conv: &a {filters: 8}\n  - conv: {<<: *a, stride: 2}\n  - B: {c: 4*c}\n"
    )
    expect("a right spec is not marked", marked, marked == [])
    return failures


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments[:1] == ["--server"]:
            server = arguments[1:]
        else:
            npm = shutil.which("npm")
            if npm is None:
                print("this needs npm, or --server FILE", file=sys.stderr)
                return 2
            subprocess.run([npm, "install", "--silent", "--prefix", name, PACKAGE], check=True)
            server = [str(folder / "node_modules" / ".bin" / PACKAGE)]
        (folder / schema.FILE_NAME).write_text(schema.text(), encoding="utf-8")
        editor = Editor(server, folder)
        failures = show(editor)
        editor.close()
    print(f"{failures} not as it should be" if failures else "all as it should be")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
