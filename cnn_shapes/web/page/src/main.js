// The page: what is typed is checked at once; fixes and pictures follow when the typing pauses.
import { $, element, save, showPicture } from "./elements.js";
import { Editor } from "./editor.js";
import { Engine, TookTooLong } from "./engine.js";
import { LayerPane } from "./layer.js";
import { showProblems, verdict } from "./problems.js";
import { draft, packed, unpacked } from "./share.js";
import { markLine, showTable } from "./table.js";

const PAUSE = 120; // milliseconds without a key before fixes are looked for
const SAID = 700; // before a screen reader is told
const SECONDS = 20; // that one answer may take
const engine = new Engine(SECONDS * 1000);
let version = 0; // of the text
let judged = 0; // the version that the problems are of
let fileName = "net.yaml";
let network = ""; // the picture
let isRunning = false;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const sent = () => editor.text.toWellFormed(); // half of a pair of units is no character

const editor = new Editor($("editor"), {
  text: "",
  changed: () => {
    version += 1;
    document.documentElement.dataset.version = version; // `table` and `shown` beside it: of which text these are
    $("applied").hidden = true;
    if (location.hash) history.replaceState(null, "", location.pathname + location.search); // it was of another
    draft.set(editor.text);
    run();
  },
  moved: () => showLayer().catch(tell),
  complete: (text, place) => engine.ask("completion", text.toWellFormed(), place),
  leave: () => (document.querySelector("#problem-list .fix") ?? $("problems-heading")).focus(),
});
const layer = new LayerPane((...place) => engine.ask("layer", sent(), ...place));

async function showLayer() {
  markLine(editor.line);
  await layer.show(editor.line);
}

// One round after the other; what is typed meanwhile begins the next.
async function run() {
  if (isRunning) return;
  isRunning = true;
  await engine.ready.catch(() => {});
  for (let done = -1; done !== version; ) {
    done = version;
    try {
      await round(done);
    } catch (error) {
      tell(error);
      document.documentElement.dataset.shown = done;
    }
  }
  isRunning = false;
}

async function round(mine) {
  let hasFixes = true;
  const isOld = () => mine !== version;
  const text = sent();
  const found = await engine.ask("check", text);
  if (isOld()) return;
  fileName = found.name;
  editor.showShapes(found.shapes);
  showTable(found.table, (line) => editor.go(line));
  markLine(editor.line);
  showFound(found, { fixesFollow: !found.isFinal, table: found.table });
  document.documentElement.dataset.table = mine;
  await showLayer();
  if (!found.isFinal) {
    await pause(PAUSE);
    if (isOld()) return;
    const advised = await engine.ask("advice", text).catch(withoutFixes);
    if (isOld()) return;
    hasFixes = advised !== null;
    showFound(advised ?? found, { fixesFollow: false, table: found.table });
    if (!hasFixes) $("others").textContent = `No fix was found in ${SECONDS} seconds: cnn-shapes fix takes its time.`;
  }
  const { svg } = await engine.ask("picture", text, hasFixes);
  if (isOld()) return;
  network = svg;
  showPicture($("picture"), svg);
  if ($("printed").open) await showPrinted();
  document.documentElement.dataset.shown = mine;
}

// Where the search took too long, the problems are told as they are.
function withoutFixes(error) {
  if (error instanceof TookTooLong) return null;
  throw error;
}

// Problems without their fixes wait a little, so that the list does not flicker at each key.
let later;
function showFound(found, about) {
  clearTimeout(later);
  judged = version;
  editor.showProblems(found.problems, apply);
  const said = verdict(found, about);
  const show = () => {
    $("verdict").textContent = said.text;
    $("verdict").className = said.kind;
    showProblems(found, { go: (line) => editor.go(line), apply, explain });
  };
  if (about.fixesFollow) later = setTimeout(show, 400);
  else show();
  announce([said.text, ...found.problems.map(({ message, line }) => `line ${line}: ${message}`)].join(". "));
}

let speaking;
function announce(text) {
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    if ($("live").textContent !== text) $("live").textContent = text;
  }, SAID);
}

function apply(fix) {
  if (judged !== version) return toast("The spec has changed since: look again.");
  editor.apply(fix.edits);
  $("applied").hidden = false;
  $("applied").firstElementChild.textContent = `Done: ${fix.title}.`;
  $("problems-heading").focus();
}

const explain = async (rule) => (await engine.ask("rule", rule)).text;

// What went wrong beside the text: a reader is told, and the next key tries again.
function tell(error) {
  clearTimeout(later);
  $("verdict").className = "broken";
  $("verdict").textContent = error instanceof TookTooLong
    ? `This took longer than ${SECONDS} seconds, and was given up: the command cnn-shapes takes its time.`
    : `Something is wrong with this page, please report it: ${error.message}`;
}

let hiding;
function toast(text) {
  clearTimeout(hiding);
  $("toast").textContent = text;
  $("toast").hidden = false;
  hiding = setTimeout(() => ($("toast").hidden = true), 6000);
}

async function copied(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    toast(said);
    return true;
  } catch {
    return false;
  }
}

$("undo").addEventListener("click", () => editor.undo());
$("redo").addEventListener("click", () => editor.redo());
$("undo-fix").addEventListener("click", () => {
  editor.undo();
  $("problems-heading").focus();
});

$("full-size").addEventListener("click", ({ currentTarget }) => {
  const isFull = $("picture").classList.toggle("full-size");
  currentTarget.setAttribute("aria-pressed", isFull);
});

$("share").addEventListener("click", async () => {
  const fragment = await packed(sent());
  history.replaceState(null, "", fragment);
  if (!(await copied(location.href, "The link is copied. It holds the whole spec."))) {
    toast("The link is in the address bar. It holds the whole spec.");
  }
});

async function showPrinted() {
  $("printed").querySelector("pre").textContent = (await engine.ask("printed", sent())).text;
}
$("printed").addEventListener("toggle", () => $("printed").open && showPrinted().catch(tell));
$("copy-printed").addEventListener("click", () => copied($("printed").querySelector("pre").textContent, "Copied."));

const SAVES = {
  spec: () => save(fileName, editor.text, "text/plain"),
  network: () => (network ? save("net.svg", network, "image/svg+xml") : toast("There is no picture yet.")),
  layer: () => (layer.svg ? save("layer.svg", layer.svg, "image/svg+xml") : toast("This layer has no picture.")),
  pytorch: () => saveCode("pytorch"),
  keras: () => saveCode("keras"),
};

async function saveCode(framework) {
  const { code, problem } = await engine.ask("code", sent(), framework);
  if (problem) toast(problem);
  else save(`net_${framework}.py`, code, "text/x-python");
}

const menu = $("save");
menu.addEventListener("click", (event) => {
  const wanted = event.target.dataset.save;
  if (!wanted) return;
  menu.open = false;
  menu.querySelector("summary").focus();
  Promise.resolve(SAVES[wanted]()).catch(tell);
});
menu.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  if (!menu.contains(event.target)) menu.open = false;
});

$("examples").addEventListener("change", async ({ target }) => {
  const name = target.value;
  if (!name) return;
  target.value = "";
  editor.load((await engine.ask("example", name)).text);
});

async function linked() {
  try {
    return await unpacked(location.hash);
  } catch {
    toast("This link is damaged: it holds no whole spec.");
    return null;
  }
}

addEventListener("hashchange", async () => {
  const text = await linked();
  if (text !== null) editor.load(text);
});

async function begin() {
  editor.load((await linked()) ?? draft.get() ?? FIRST_TEXT);
  try {
    await engine.ready;
    const { names } = await engine.ask("examples");
    $("examples").append(...names.map((name) => element("option", { value: name }, name)));
    $("examples").disabled = false;
  } catch (error) {
    tell(error);
  }
}
begin();
