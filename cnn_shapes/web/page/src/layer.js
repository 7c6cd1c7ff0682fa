// The layer of the line where the cursor is: its picture, step by step, and its arithmetic.
import { $, element, showPicture } from "./elements.js";

export class LayerPane {
  #ask;
  #asked = "";
  #line = 0;

  // `ask(line, call)` and `ask(line, call, step)` are promises of what is known of a layer
  constructor(ask) {
    this.#ask = ask;
    this.svg = "";
    $("call").addEventListener("change", () => this.#show());
    $("step").addEventListener("input", () => this.#show());
  }

  // Shows the layer of a line, at its first call and as a whole where it is another layer than before.
  async show(line) {
    this.#line = line;
    return this.#show();
  }

  async #show() {
    const [call, step] = [Number($("call").value), Number($("step").value)];
    const wanted = { line: this.#line, call, step };
    const found = await this.#ask(wanted.line, call, ...(step ? [step] : []));
    if (this.#line !== wanted.line) return;
    const name = `${found.line} ${found.calls.join(" ")}`;
    if (this.#asked !== name) {
      this.#asked = name;
      $("call").value = $("step").value = 0;
      if (call || step) return this.#show();
    }
    this.#fill(found, step);
  }

  #fill({ name, calls, svg, steps, text }, step) {
    this.svg = svg;
    $("layer-none").hidden = Boolean(name);
    $("layer-shown").hidden = !name;
    $("layer-heading").textContent = name ? `Layer: ${name}` : "Layer";
    $("calls").hidden = calls.length < 2;
    if ($("call").dataset.calls !== calls.join("\n")) {
      $("call").dataset.calls = calls.join("\n");
      const at = $("call").value;
      $("call").replaceChildren(...calls.map((call, place) => element("option", { value: place }, call)));
      $("call").value = at || "0";
    }
    $("steps").hidden = steps < 2;
    $("step").max = steps;
    $("step-said").textContent = `${step ? `${step.toLocaleString("en")} of` : "all"} ${steps.toLocaleString("en")}`;
    showPicture($("window"), svg);
    $("arithmetic").textContent = text;
  }
}
