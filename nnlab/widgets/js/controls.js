// The settings: native sliders, menus and switches, so that keys, screen readers and pages without a kernel have them for free.

import { h, OWN_KEYS, renew, setText } from "./dom.js";

export class Controls {
  /** `onSet(name, value)` is called at every move. */
  constructor(onSet) {
    this.onSet = onSet;
    this.element = h("div", { class: "nn-controls" });
    this.fields = new Map();
  }

  /** Shows the settings, in the elements that are there (a slider that is being dragged must live on). */
  update(specs) {
    const names = specs.map((spec) => `${spec.kind} ${spec.name} ${spec.label}`).join();
    if (names !== this.names) {
      this.names = names;
      const kinds = { range: this.#range, choice: this.#choice, switch: this.#switch };
      this.fields = new Map(specs.map((spec) => [spec.name, kinds[spec.kind].call(this, spec)]));
      this.element.replaceChildren(...[...this.fields.values()].map((field) => field.element));
    }
    specs.forEach((spec) => this.fields.get(spec.name).update(spec));
  }

  #range(spec) {
    let options = spec.options;
    const value = h("output", {});
    const box = h("input", {
      type: "range",
      step: 1,
      min: 0,
      "aria-label": called(spec),
      ...OWN_KEYS,
      onkeydown: (event) => event.stopPropagation(),
      oninput: () => {
        setText(value, text(options[box.value]));
        this.onSet(spec.name, options[box.value]);
      },
    });
    const name = h("span", {}, h("code", {}, called(spec)), value);
    const element = h("label", { class: "nn-control", "data-name": spec.name }, name, box);
    const update = (next) => {
      options = next.options;
      const at = options.findIndex((option) => same(option, next.value));
      box.max = Math.max(options.length - 1, 0);
      box.value = Math.max(at, 0);
      box.disabled = options.length < 2;
      box.setAttribute("aria-valuetext", text(next.value));
      setText(value, text(next.value));
      element.title = next.refused;
    };
    return { element, update };
  }

  #choice(spec) {
    const box = h("select", {
      "aria-label": called(spec),
      ...OWN_KEYS,
      onkeydown: (event) => event.stopPropagation(),
      onchange: () => this.onSet(spec.name, box.value),
    });
    const name = h("span", {}, h("code", {}, called(spec)));
    const element = h("label", { class: "nn-control", "data-name": spec.name }, name, box);
    const update = (next) => {
      renew(box, next.options.map((option) => h("option", { value: option }, option)));
      box.value = next.value;
      element.title = next.refused;
    };
    return { element, update };
  }

  #switch(spec) {
    const box = h("input", {
      type: "checkbox",
      role: "switch",
      "aria-label": called(spec),
      ...OWN_KEYS,
      onkeydown: (event) => event.stopPropagation(),
      onchange: () => this.onSet(spec.name, box.checked),
    });
    const element = h("label", { class: "nn-control nn-switch", "data-name": spec.name }, box, h("code", {}, called(spec)));
    const update = (next) => {
      box.checked = next.value;
      box.disabled = next.options.length < 2;
      element.title = next.refused;
    };
    return { element, update };
  }
}

/** Why a slider that cannot move does not; the others tell their limit when they are pointed at. */
export const reasons = (specs) =>
  specs
    .filter((spec) => spec.kind !== "choice" && spec.options.length < 2 && spec.refused)
    .map((spec) => `${called(spec)} stays at ${text(spec.value)}: ${spec.refused}`);

const called = (spec) => spec.label || spec.name;
const text = (value) => (Array.isArray(value) ? value.join(" × ") : String(value ?? "None"));
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
