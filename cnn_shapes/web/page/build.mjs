// Builds the page: node build.mjs FOLDER_WITH_PYTHON_PACKAGES OUTPUT
import { build } from "esbuild";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packedApp, packedLibrary } from "./pack.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [packages, output] = process.argv.slice(2);
const PYODIDE = join(here, "node_modules/pyodide");

await rm(output, { recursive: true, force: true });
await mkdir(join(output, "py"), { recursive: true });

const { info } = JSON.parse(await readFile(join(PYODIDE, "pyodide-lock.json"), "utf8"));
const text = await readFile(join(packages, "cnn_shapes/zoo/mnist.yaml"), "utf8");
await build({
  entryPoints: { page: join(here, "src/main.js"), worker: join(here, "src/worker.js") },
  outdir: output,
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2024",
  charset: "utf8",
  legalComments: "linked",
  external: ["./py/pyodide.mjs"],
  define: {
    FIRST_TEXT: JSON.stringify(text.replace(/^# yaml-language-server:.*\n/, "")),
    NO_PACKAGES: JSON.stringify({ info, packages: {} }),
  },
  logLevel: "warning",
});
for (const file of ["index.html", "style.css", "icon.svg"]) await cp(join(here, file), join(output, file));
for (const file of ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"]) {
  await cp(join(PYODIDE, file), join(output, "py", file));
}
try {
  await writeFile(join(output, "app.bin"), await packedApp(packages));
  await writeFile(join(output, "py/python_stdlib.zip"), await packedLibrary(join(PYODIDE, "python_stdlib.zip")));
} catch (error) {
  console.error(error.message); // with its place Node would print a line of a megabyte
  process.exit(1);
}
