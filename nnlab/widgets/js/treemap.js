// Boxes whose areas are numbers: exactly in proportion, with the number, its share and what it is made of on pointing.

import { h, OWN_KEYS, setText } from "./dom.js";

const [WIDTH, HEIGHT] = [16, 9]; // only their ratio counts
const MOVES = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity };

export class Treemap {
  constructor(spec) {
    this.source = h("em", { class: "nn-source" });
    this.title = h("b", {});
    this.total = h("span", {});
    this.menu = h("select", { "aria-label": "measure", ...OWN_KEYS, onchange: () => this.#measure(this.menu.value) });
    this.menu.addEventListener("keydown", (event) => event.stopPropagation());
    this.boxes = h("div", { class: "nn-boxes", role: "list" });
    this.readout = h("div", { class: "nn-readout", "aria-hidden": "true" });
    this.table = h("div", { class: "nn-spoken" });
    const caption = h("figcaption", {}, this.title, this.total, this.menu, this.source);
    this.element = h("figure", { class: "nn-chart nn-treemap", "data-name": spec.name }, caption, this.boxes, this.readout, this.table);
    this.boxes.addEventListener("pointerleave", () => this.#point(null));
    this.boxes.addEventListener("keydown", (event) => this.#key(event));
    this.update(spec);
  }

  fits() {
    return true;
  }

  update(spec) {
    this.spec = spec;
    setText(this.title, spec.title);
    const labels = spec.measures.map((measure) => measure.label);
    this.menu.replaceChildren(...labels.map((label) => h("option", { value: label }, label)));
    this.menu.hidden = labels.length < 2;
    this.#measure(labels.includes(this.chosen) ? this.chosen : labels[0]);
  }

  #measure(label) {
    this.chosen = this.menu.value = label;
    const { values, details } = this.spec.measures.find((measure) => measure.label === label);
    const total = values.reduce((sum, value) => sum + value, 0);
    this.words = Array.from(values, (value, index) => {
      const sentence = `${this.spec.labels[index]}: ${whole(value)} of ${whole(total)} ${label}, ${share(value, total)}`;
      return details[index] ? `${sentence}; ${details[index]}` : sentence;
    });
    setText(this.total, `${whole(total)} ${label}`);
    this.boxes.setAttribute("aria-label", `${this.spec.title}: ${label}`);
    const places = squarified(Array.from(values), WIDTH, HEIGHT);
    this.boxes.replaceChildren(...places.map((place, order) => this.#box(place, order, values, total)));
    this.#point(null);
    const head = h("tr", {}, ...["name", label, "share", "made of"].map((name) => h("th", {}, name)));
    const row = (name, index) =>
      h("tr", {}, ...[name, whole(values[index]), share(values[index], total), details[index] ?? ""].map((text) => h("td", {}, text)));
    this.table.replaceChildren(h("table", {}, h("caption", {}, `${this.spec.title}: ${label}`), head, ...this.spec.labels.map(row)));
  }

  #box({ index, left, top, width, height }, order, values, total) {
    const percent = (length, side) => `${((100 * length) / side).toFixed(6)}%`;
    const place = `left:${percent(left, WIDTH)};top:${percent(top, HEIGHT)};width:${percent(width, WIDTH)};height:${percent(height, HEIGHT)}`;
    const element = h(
      "div",
      {
        class: "nn-box",
        role: "listitem",
        tabindex: order ? -1 : 0,
        "data-index": index,
        "aria-label": this.words[index],
        style: `${place};--strength:${(0.25 + (0.75 * values[index]) / values.reduce((a, b) => Math.max(a, b))).toFixed(3)}`,
        ...OWN_KEYS,
        onpointerenter: () => this.#point(index),
        onpointerdown: () => this.#point(index),
        onfocus: () => this.#point(index),
        onblur: () => this.#point(null),
      },
      h("span", {}, h("b", {}, this.spec.labels[index]), h("em", {}, whole(values[index])), h("small", {}, share(values[index], total))),
    );
    return element;
  }

  #point(index) {
    setText(this.readout, index === null ? "\u00a0" : this.words[index]);
  }

  #key(event) {
    event.stopPropagation();
    if (!(event.key in MOVES)) return;
    event.preventDefault();
    const boxes = [...this.boxes.children];
    const from = boxes.indexOf(event.target);
    const to = Math.min(boxes.length - 1, Math.max(0, from + MOVES[event.key]));
    boxes[from].setAttribute("tabindex", -1);
    boxes[to].setAttribute("tabindex", 0);
    boxes[to].focus();
  }
}

const whole = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 0 });

/** A share in percent; "≈" where one decimal is not all of it. */
function share(value, total) {
  if (!total) return "";
  const percent = (100 * value) / total;
  return `${Math.abs(percent * 10 - Math.round(percent * 10)) < 1e-9 ? "" : "≈ "}${percent.toFixed(1)} %`;
}

/** Boxes with areas in proportion to the values above zero, the largest first, as even-sided as can be. */
function squarified(values, width, height) {
  const order = [...values.keys()].filter((index) => values[index] > 0).sort((a, b) => values[b] - values[a]);
  const scale = (width * height) / order.reduce((sum, index) => sum + values[index], 0);
  const area = (index) => values[index] * scale;
  const boxes = [];
  let [left, top] = [0, 0];
  const worst = (row, side) => {
    const depth = row.reduce((sum, index) => sum + area(index), 0) / side;
    return Math.max(...row.map((index) => Math.max(area(index) / depth ** 2, depth ** 2 / area(index))));
  };
  while (order.length) {
    const wide = width - left > height - top;
    const side = wide ? height - top : width - left;
    const row = [order.shift()];
    while (order.length && worst([...row, order[0]], side) <= worst(row, side)) row.push(order.shift());
    const depth = row.reduce((sum, index) => sum + area(index), 0) / side;
    let along = 0;
    for (const index of row) {
      const length = area(index) / depth;
      if (wide) boxes.push({ index, left, top: top + along, width: depth, height: length });
      else boxes.push({ index, left: left + along, top, width: length, height: depth });
      along += length;
    }
    if (wide) left += depth;
    else top += depth;
  }
  return boxes;
}
