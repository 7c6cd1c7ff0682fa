// The layer of the line where the cursor is: its picture, step by step, and its arithmetic.
import { $, element, showPicture } from "./elements.js";

export class LayerPane {
  #ask;
  #asked = "";
  #line = 0;

  // `ask(line, call, step)` is a promise of what is known of a layer
  constructor(ask) {
    this.#ask = ask;
    this.svg = "";
    $("call").addEventListener("change", () => this.#show());
    $("step").addEventListener("input", () => this.#show());
  }

  // Shows the layer of a line, at its first call and first step where it is another layer than before.
  async show(line) {
    this.#line = line;
    return this.#show();
  }

  async #show() {
    const line = this.#line;
    const [call, step] = [Number($("call").value), Number($("step").value)];
    const found = await this.#ask(line, call, step);
    if (this.#line !== line) return;
    const name = `${found.line} ${found.calls.join(" ")}`;
    if (this.#asked !== name) {
      this.#asked = name;
      $("call").value = 0;
      $("step").value = 1;
      if (call !== 0 || step !== 1) return this.#show();
    }
    this.#fill(found, step);
  }

  #fill({ name, calls, svg, steps, text, type }, step) {
    this.svg = svg;
    $("layer-none").hidden = Boolean(name);
    $("layer-shown").hidden = !name;
    $("layer-heading").textContent = name ? `Layer: ${name}` : "Layer";
    $("calls").hidden = calls.length < 2;
    $("calls").firstElementChild.textContent = `One of ${calls.length}`;
    if ($("call").dataset.calls !== calls.join("\n")) {
      $("call").dataset.calls = calls.join("\n");
      const at = $("call").value;
      $("call").replaceChildren(...calls.map((call, place) => element("option", { value: place }, call)));
      $("call").value = at || "0";
    }
    $("steps").hidden = steps < 2;
    $("step").max = steps;
    $("step-said").textContent = `${step.toLocaleString("en")} of ${steps.toLocaleString("en")}`;
    showPicture($("window"), svg);
    $("arithmetic").textContent = text;
    $("arithmetic").className = type;
  }
}
