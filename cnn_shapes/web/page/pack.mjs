// The archives of Python that the page loads, compiled by the Python that will run them.
import { readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { loadPyodide } from "pyodide";

// What the bridge never imports, by the start of its path; `tests/test_page_parts.py` follows the imports.
const LEFT_OUT = [
  "cnn_shapes/__main__.py", "cnn_shapes/cli.py", "cnn_shapes/commands/", "cnn_shapes/importing/",
  "cnn_shapes/prompt/session/", "cnn_shapes/prompt/terminal/", "cnn_shapes/prompt/view/",
  "cnn_shapes/prompt/lessons.toml", "cnn_shapes/korean/", "cnn_shapes/comparing/", "cnn_shapes/draw/front.py",
  "cnn_shapes/formats/comparisons/", "cnn_shapes/sweeps/",
  "cnn_shapes/zoo/README.md", "cnn_shapes/zoo/cnn-shapes.schema.json",
];
// of rich its cells alone are used, by the newest of its tables
const TAKEN = [
  /^cnn_shapes\//, /^yaml\/\w+\.py$/, /^rich\/(__init__|_extension|cells)\.py$/,
  /^rich\/_unicode_data\/(__init__|_versions|unicode17-0-0)\.py$/,
];
// what neither a page nor Pyodide's start asks of the standard library: servers, mail, XML, debuggers, code pages
const NO_PART_OF_A_PAGE = new RegExp(`^(${[
  "_markupbase", "_pyrepl", "bdb", "cProfile", "calendar", "cmd", "code", "compileall", "configparser", "csv",
  "ctypes", "doctest", "email", "filecmp", "fileinput", "ftplib", "getopt", "getpass", "http", "imaplib",
  "mailbox", "mimetypes", "modulefinder", "multiprocessing", "netrc", "optparse", "pdb", "pickletools", "plistlib",
  "poplib", "pprint", "profile", "pstats", "pty", "py_compile", "pyclbr", "pydoc", "pydoc_data", "quopri",
  "rlcompleter", "runpy", "shelve", "smtplib", "socketserver", "sqlite3", "statistics", "symtable", "tabnanny",
  "timeit", "trace", "tracemalloc", "tty", "unittest", "uuid", "wave", "wsgiref", "xml", "xmlrpc", "zipapp",
  "zoneinfo",
].join("|")})(/|\\.py$)|^encodings/(cp|mac_|iso|koi8|big5|euc_|gb|hz|johab|shift_|hp_|kz|ptcp|tis)`);

const PACK = `
import gzip, importlib.util, io, json, marshal, zipfile
from pathlib import Path

def compiled(path, name, folder, optimize=-1):
    """A module as its code. The flag 1 says that its source is not looked at."""
    code = compile(path.read_bytes(), f"{folder}/{name}", "exec", dont_inherit=True, optimize=optimize)
    head = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(b"")
    return head + marshal.dumps(code)

def files(folder):
    return [(path, path.relative_to(folder).as_posix()) for path in sorted(folder.rglob("*")) if path.is_file()]

def packed_app(folder):
    """The same bytes each time: how long the index is, the index with names and sizes, the files.

    The source of a module is empty: its file is there to be found. A page unpacks a tar ten times as slowly.
    """
    index, parts = [], []
    for path, name in files(folder):
        data = path.read_bytes()
        if path.suffix == ".py":
            index.append((name, 0))
            name, data = importlib.util.cache_from_source(name), compiled(path, name, "/app")
        index.append((name, len(data)))
        parts.append(data)
    head = json.dumps(index).encode()
    return gzip.compress(b"".join([len(head).to_bytes(4, "little"), head, *parts]), 9, mtime=0)

def packed_library(folder):
    """The standard library without its texts of help, as the import from an archive wants it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, name in files(folder):
            is_module = path.suffix == ".py"
            data = compiled(path, name, "/lib/python314.zip", 2) if is_module else path.read_bytes()
            archive.writestr(zipfile.ZipInfo(name + "c" * is_module), data, zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()
`;

async function taken(folder, isWanted) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.filter((path) => isWanted(path.slice(folder.length + 1)));
}

// The archive of the package and of what it needs, out of the folder where they are installed.
export async function packedApp(folder) {
  const python = await loadPyodide();
  const isWanted = (name) => {
    return TAKEN.some((pattern) => pattern.test(name)) && !LEFT_OUT.some((start) => name.startsWith(start));
  };
  for (const path of await taken(folder, isWanted)) {
    const copy = join("/files", path.slice(folder.length));
    python.FS.mkdirTree(dirname(copy));
    python.FS.writeFile(copy, await readFile(path));
  }
  python.runPython(PACK);
  return python.runPython("packed_app(Path('/files'))").toJs();
}

// The standard library of Pyodide, without what no page asks of it.
export async function packedLibrary(archive) {
  const python = await loadPyodide();
  python.unpackArchive(new Uint8Array(await readFile(archive)), "zip", { extractDir: "/files" });
  python.globals.set("is_part", (name) => !NO_PART_OF_A_PAGE.test(name));
  python.runPython(`${PACK}
for path, name in files(Path("/files")):
    if not is_part(name):
        path.unlink()
`);
  return python.runPython("packed_library(Path('/files'))").toJs();
}
