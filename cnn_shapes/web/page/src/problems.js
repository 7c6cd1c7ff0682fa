// The list of problems: each with its place, its cause, its notes and a button for each fix.
import { $, element } from "./elements.js";

const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

// `actions`: `go(line)`, `apply(fix)`, `explain(rule)` (a promise of a text)
export function showProblems({ problems, others }, actions) {
  const explained = document.querySelectorAll("#problem-list details[open]");
  const open = new Set([...explained].map((one) => one.dataset.rule));
  $("problem-list").replaceChildren(...problems.map((problem) => card(problem, actions, open)));
  $("others").textContent = others;
}

// What is said of a text in one line, and whether it is good news.
export function verdict({ problems }, { fixesFollow, table }) {
  const errors = problems.filter(({ severity }) => severity === "error");
  const remarks = problems.length - errors.length;
  const also = remarks ? `, ${plural(remarks, "remark")}` : "";
  if (errors.length) {
    const fixes = errors.flatMap(({ fixes }) => fixes).filter(({ isValid }) => isValid).length;
    const ways = fixes ? `, ${plural(fixes, "way")} to mend ${errors.length === 1 ? "it" : "them"}` : "";
    const then = fixesFollow ? "; looking for fixes…" : ways;
    return { text: `${plural(errors.length, "error")}${also}${then}`, kind: "broken" };
  }
  const last = table?.rows.at(-1)?.output;
  return { text: last ? `The sizes work out: ${table.input} → ${last}${also}` : "", kind: "fits" };
}

function card(problem, { go, apply, explain }, open) {
  const { severity, rule, message, pointer, line, labels, notes, fixes } = problem;
  return element("li", { class: `problem ${severity}` },
    element("h4", {},
      element("span", { class: "severity" }, severity), ": ", message, " ",
      element("button", { type: "button", class: "place", onclick: () => go(line) }, `line ${line}`)),
    pointer && element("p", { class: "pointer" }, pointer),
    element("ul", {},
      ...labels.map((label) => element("li", {}, `line ${label.line}: ${label.text}`)),
      ...notes.map((note) => element("li", {}, note))),
    element("ol", { class: "fixes" }, ...fixes.map((fix) => element("li", {}, offered(fix, apply)))),
    meaning(rule, explain, open));
}

function offered(fix, apply) {
  const remains = fix.isValid ? "" : `leaves ${plural(fix.remaining, "problem")}`;
  const follows = element("span", { class: "follows" }, [fix.outcome, remains].filter(Boolean).join("; "));
  if (!fix.edits.length) return element("p", {}, `by hand: ${fix.title} `, follows);
  const kind = fix.isValid ? "fix" : "fix partial";
  const title = element("span", {}, fix.title);
  return element("button", { type: "button", class: kind, onclick: () => apply(fix) }, title, follows);
}

function meaning(rule, explain, open) {
  const shown = element("pre", { tabindex: "0", "aria-label": `What ${rule} means` });
  const fill = async () => {
    if (!shown.textContent) shown.textContent = await explain(rule);
  };
  const head = element("summary", {}, `What ${rule} means`);
  const made = element("details", { "data-rule": rule, ontoggle: fill }, head, shown);
  made.open = open.has(rule);
  return made;
}
