// The table of the layers and what adds up below it.
import { $, element } from "./elements.js";

const HEADS = ["#", "layer", "output", "how", "params", "MACs", "RF"];
const NUMBERS = new Set(["params", "MACs", "RF"]);
const LONG = 28; // characters of a layer that has more than one line
const MARKS = { ok: "", error: "✗ ", assumed: "~ ", unreached: "? " };

// `go(line)` is called where the number of a row is chosen
export function showTable(table, go) {
  if (!table) {
    $("table").replaceChildren();
    $("totals").replaceChildren();
    return;
  }
  const heads = HEADS.map((head) => element("th", { scope: "col", class: NUMBERS.has(head) && "number" }, head));
  $("table").replaceChildren(
    element("table", {},
      element("caption", { class: "hidden" }, `Layers of the network, from ${table.input}`),
      element("thead", {}, element("tr", {}, ...heads)),
      element("tbody", {}, ...table.rows.map((row) => shown(row, go)))));
  $("totals").replaceChildren(
    ...table.totals.flatMap(([head, text]) => [element("dt", {}, head), element("dd", {}, text)]));
}

function shown(row, go) {
  const button = element("button", {
    type: "button", class: "go", "aria-label": `${row.index}, go to line ${row.line}`, onclick: () => go(row.line),
  }, row.index);
  const text = MARKS[row.state] + row.layer;
  const layer = element("th", { scope: "row", class: text.length > LONG && "long" }, text);
  layer.style.paddingLeft = `${row.depth + 1.5}ch`;
  layer.style.textIndent = "-1.5ch";
  const cells = [
    layer,
    ...[row.output, row.how].map((words) => element("td", {}, words)),
    ...[row.params, row.macs, row.receptiveField].map((number) => element("td", { class: "number" }, number)),
  ];
  return element("tr", { class: row.state, "data-line": row.line }, element("td", {}, button), ...cells);
}

// Marks the rows of a line.
export function markLine(line) {
  for (const row of document.querySelectorAll("#table tbody tr")) {
    if (Number(row.dataset.line) === line) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}
