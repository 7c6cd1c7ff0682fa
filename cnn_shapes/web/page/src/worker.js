// The worker: Python with the package, asked one question after the other.
import { loadPyodide } from "./py/pyodide.mjs";

const at = (file) => new URL(file, import.meta.url).href;

// The files of the package, as `pack.mjs` packs them: [name, bytes] each.
async function packed() {
  const answer = await fetch(at("app.bin"));
  if (!answer.ok) throw new Error(`app.bin: ${answer.status}`);
  const stream = answer.body.pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const begin = 4 + new DataView(bytes.buffer).getUint32(0, true);
  const index = JSON.parse(new TextDecoder().decode(bytes.subarray(4, begin)));
  let end = begin;
  return index.map(([name, size]) => [name, bytes.subarray(end, (end += size))]);
}

async function loaded() {
  const files = packed();
  // Pyodide has a list of packages that it could fetch: none is wanted
  const python = await loadPyodide({ indexURL: at("py/"), lockFileContents: JSON.stringify(NO_PACKAGES) });
  const made = new Set();
  for (const [name, bytes] of await files) {
    const path = `/app/${name}`;
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(folder)) python.FS.mkdirTree(folder);
    made.add(folder);
    python.FS.writeFile(path, bytes);
  }
  python.runPython("import sys; sys.path.insert(0, '/app')");
  return python.pyimport("cnn_shapes.web.bridge");
}

const bridge = loaded();
bridge.then(
  () => postMessage({ isReady: true }),
  (error) => postMessage({ failed: String(error) }),
);

onmessage = async ({ data: { id, question, given } }) => {
  try {
    postMessage({ id, answer: JSON.parse((await bridge).ask(question, ...given)) });
  } catch (error) {
    // what went wrong inside of Python may have left it in pieces: the page starts another worker
    const lines = String(error.message ?? error).trim().split("\n");
    postMessage({ id, fault: lines.at(-1) });
  }
};
