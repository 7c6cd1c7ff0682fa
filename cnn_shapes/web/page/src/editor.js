// The editor: squiggles with fixes, the causes they name, the shapes after each line, completion.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, redo, undo } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration, EditorView, ViewPlugin, WidgetType, drawSelection, highlightActiveLine, keymap, lineNumbers, tooltips,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

class ShapeWidget extends WidgetType {
  constructor({ text, state }) {
    super();
    this.text = text;
    this.state = state;
  }

  eq(other) {
    return other.text === this.text && other.state === this.state;
  }

  toDOM() {
    const shown = document.createElement("span");
    shown.className = `cm-shape cm-shape-${this.state}`;
    shown.textContent = `→\u00a0${this.text}`; // the arrow is not left alone at the end of a line
    shown.ariaHidden = "true"; // the table says it
    return shown;
  }

  ignoreEvent() {
    return false; // a click on it puts the cursor on its line
  }
}

// decorations that are replaced as a whole, and follow the text until then
function decorations() {
  const replaced = StateEffect.define();
  const field = StateField.define({
    create: () => Decoration.none,
    update(shown, transaction) {
      for (const effect of transaction.effects) if (effect.is(replaced)) return effect.value;
      return shown.map(transaction.changes);
    },
    provide: (self) => EditorView.decorations.from(self),
  });
  return { replaced, field };
}

// Lines are wrapped: what is beyond the edge, shapes above all, would not be seen. What goes on below is as far in
// as its line is.
const hanging = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = this.#made(view);
    }

    update(update) {
      if (update.docChanged || update.viewportChanged) this.decorations = this.#made(update.view);
    }

    #made({ state, visibleRanges }) {
      const made = [];
      for (const { from, to } of visibleRanges) {
        for (let line = state.doc.lineAt(from); ; line = state.doc.line(line.number + 1)) {
          const wide = line.text.search(/[^\s-]|$/) + 2;
          const style = `text-indent: -${wide}ch; padding-left: calc(${wide}ch + 6px)`;
          made.push(Decoration.line({ attributes: { style } }).range(line.from));
          if (line.to >= to || line.number === state.doc.lines) break;
        }
      }
      return Decoration.set(made);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const shapes = decorations();
const causes = decorations();

const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--key)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--number)" },
  { tag: [tags.string, tags.content, tags.attributeValue], color: "var(--word)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--faint)", fontStyle: "italic" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "14px", color: "var(--ink)", backgroundColor: "var(--paper)" },
  "&.cm-focused": { outline: "none" }, // all of the editor has one
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--ink)", paddingBottom: "2rem" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--faint)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--raised)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "var(--mark)",
  },
  ".cm-shape": { color: "var(--faint)", paddingLeft: "2ch", fontStyle: "italic" },
  ".cm-shape-error": { color: "var(--error)" },
  ".cm-cause": { textDecoration: "underline dotted var(--info) 2px", textUnderlineOffset: "3px" },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "6px",
    maxWidth: "min(36rem, 90vw)",
  },
  ".cm-diagnostic": { fontFamily: "var(--sans)", padding: ".4rem .6rem", whiteSpace: "pre-wrap" },
  ".cm-diagnosticAction": {
    backgroundColor: "var(--fix-paper)", color: "var(--fix)", border: "1px solid var(--fix-line)",
    borderRadius: "5px", font: "12px var(--mono)", margin: ".3rem .4rem 0 0", padding: ".2rem .5rem",
  },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "14rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--mark)", color: "var(--ink)" },
  ".cm-completionDetail": { fontStyle: "normal", color: "var(--faint)", fontFamily: "var(--sans)" },
});

// Over a selection Chromium types with the styles that were there, as attributes, which the policy forbids and
// reports: so what is typed is put there without it.
function replaceSelection(event, view) {
  const { main } = view.state.selection;
  if (event.inputType !== "insertText" || event.data === null || main.empty || view.composing) return false;
  event.preventDefault();
  const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, main.from, main.to, event.data, insert))) view.dispatch(insert());
  return true;
}

// what a person reads first of a problem
const told = (problem) => [problem.message, problem.pointer].filter(Boolean).join("\n");

export class Editor {
  // `changed` and `moved(line)` are called after the text or the line of the cursor is another one;
  // `complete(text, place)` gives `from` and `options`; `leave` is what Ctrl+. does.
  constructor(parent, { text, changed, moved, complete, leave }) {
    // in a shadow tree the editor's styles are sheets of their own: the policy allows no inline style
    const root = parent.attachShadow({ mode: "open" });
    this.line = 1;
    this.view = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: text,
        extensions: [
          history(), lineNumbers(), drawSelection(), highlightActiveLine(), indentOnInput(), closeBrackets(),
          indentUnit.of("  "), EditorState.tabSize.of(2), yaml(), syntaxHighlighting(colours),
          EditorView.lineWrapping, hanging, shapes.field, causes.field, tooltips({ position: "fixed" }), theme,
          autocompletion({ override: [(context) => this.#complete(context, complete)], icons: false }),
          keymap.of([
            { key: "Mod-.", run: () => (leave(), true) },
            ...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap,
          ]),
          EditorView.domEventHandlers({ beforeinput: replaceSelection }),
          EditorView.contentAttributes.of({ "aria-label": "Spec of the network, in YAML", spellcheck: "false" }),
          EditorView.updateListener.of((update) => this.#updated(update, changed, moved)),
        ],
      }),
    });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  // another text, which undo takes back
  load(text) {
    const { state } = this.view;
    this.view.dispatch({ changes: { from: 0, to: state.doc.length, insert: text }, selection: { anchor: 0 } });
    this.view.scrollDOM.scrollTop = 0;
  }

  apply(edits) {
    this.view.dispatch({ changes: edits, scrollIntoView: true, userEvent: "input.fix" });
  }

  undo() {
    return undo(this.view);
  }

  redo() {
    return redo(this.view);
  }

  go(line) {
    const { doc } = this.view.state;
    const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
    this.view.dispatch({
      selection: { anchor: found.from + found.text.search(/[^\s-]|$/) },
      effects: EditorView.scrollIntoView(found.from, { y: "center" }),
    });
    this.view.focus();
  }

  showShapes(found) {
    const { doc } = this.view.state;
    const placed = found
      .filter(({ line }) => line <= doc.lines)
      .map((one) => Decoration.widget({ widget: new ShapeWidget(one), side: 1 }).range(doc.line(one.line).to));
    this.view.dispatch({ effects: shapes.replaced.of(Decoration.set(placed, true)) });
  }

  // `applied(fix)` is called where a fix of a squiggle is chosen
  showProblems(found, applied) {
    const end = this.view.state.doc.length;
    const within = ({ from, to }) => ({ from: Math.min(from, end), to: Math.min(Math.max(from, to), end) });
    const squiggles = found.map((problem) => ({
      ...within(problem),
      severity: problem.severity,
      message: told(problem),
      actions: problem.fixes
        .filter((fix) => fix.isValid && fix.edits.length)
        .map((fix) => ({ name: fix.title, apply: () => applied(fix) })),
    }));
    const marks = found
      .flatMap(({ labels }) => labels)
      .map((label) => ({ ...within(label), text: label.text }))
      .filter(({ from, to }) => from < to)
      .map(({ from, to, text }) => {
        return Decoration.mark({ class: "cm-cause", attributes: { title: text } }).range(from, to);
      });
    this.view.dispatch({
      effects: [
        causes.replaced.of(Decoration.set(marks, true)),
        ...setDiagnostics(this.view.state, squiggles).effects,
      ],
    });
  }

  #updated(update, changed, moved) {
    if (update.docChanged) changed();
    const line = update.state.doc.lineAt(update.state.selection.main.head).number;
    if (line !== this.line) {
      this.line = line;
      moved(line);
    }
  }

  async #complete(context, complete) {
    if (!context.explicit && !context.matchBefore(/[\w]|[-:{,[] $/)) return null;
    const { from, options } = await complete(context.state.doc.toString(), context.pos);
    return {
      from,
      options: options.map(({ text, about }, place) => ({
        label: text.replace(/: $/, ""), apply: text, detail: about, boost: -place / 2,
      })),
      validFor: /^\w*$/,
    };
  }
}
