// Lines over a common axis. Pointing at a place, or stepping there with the keys, prints the numbers of that point.

import { range, ticks } from "./axes.js";
import { h, OWN_KEYS, setText, svg } from "./dom.js";
import { format } from "./numbers.js";

const HUES = ["positive", "negative", "count", "accent", "ink"];
const DASHES = ["", "7 4", "2 3", "9 3 2 3", "1 5", "12 3"]; // told apart without colour

export class Curves {
  constructor(spec) {
    this.point = null; // the number of the point that is pointed at
    this.source = h("em", { class: "nn-source" });
    this.canvas = svg("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.marks = h("div", { class: "nn-marks", "aria-hidden": "true" });
    this.axes = h("div", { class: "nn-ticks", "aria-hidden": "true" });
    this.plot = h(
      "div",
      {
        class: "nn-plot",
        role: "slider",
        tabindex: 0,
        ...OWN_KEYS,
        onpointermove: (event) => this.#near(event),
        onpointerleave: () => this.#go(null),
        onkeydown: (event) => this.#key(event),
        onblur: () => this.#go(null),
      },
      this.axes,
      this.canvas,
      this.marks,
    );
    this.title = h("b", {});
    this.names = h("span", {});
    this.readout = h("div", { class: "nn-readout", "aria-hidden": "true" });
    this.legend = h("ul", { class: "nn-keys" });
    const caption = h("figcaption", {}, this.title, this.names, this.source);
    this.element = h("figure", { class: "nn-chart nn-curves", "data-name": spec.name }, caption, this.plot, this.legend, this.readout);
    this.update(spec);
  }

  fits() {
    return true;
  }

  update(spec) {
    this.spec = spec;
    if (this.point >= spec.x.length) this.point = null;
    setText(this.title, spec.title);
    setText(this.names, [spec.y_label, spec.x_label && `over ${spec.x_label}`].filter(Boolean).join(" "));
    this.across = range(Array.from(spec.x), 0);
    if (spec.x.length === 1) this.across = range(Array.from(spec.x), 0.5);
    this.up = range(spec.lines.flatMap((line) => Array.from(line.values)), 0.06);
    this.#ticks();
    this.canvas.replaceChildren(
      ...spec.lines.map((line, index) => svg("path", { d: this.#path(line.values), ...style(index) })),
    );
    this.legend.replaceChildren(...spec.lines.map((line, index) => key(line.label, index)));
    this.plot.setAttribute("aria-label", `${spec.title}: ${spec.lines.map((line) => line.label).join(", ")}`);
    this.plot.setAttribute("aria-valuemin", 0);
    this.plot.setAttribute("aria-valuemax", spec.x.length - 1);
    this.#show();
  }

  #ticks() {
    const [x, y] = [ticks(...this.across), ticks(...this.up, 4)];
    const tick = (kind, part, text) => h("span", { class: `nn-${kind}`, style: `--at:${part}` }, text);
    this.axes.replaceChildren(
      ...x.values.map((value) => tick("x", part(value, this.across), format(value, x.digits))),
      ...y.values.map((value) => tick("y", part(value, this.up), format(value, y.digits))),
    );
  }

  #path(values) {
    let pen = "M";
    const steps = Array.from(values, (value, index) => {
      const [move, at] = [pen, part(this.spec.x[index], this.across)];
      pen = Number.isFinite(value) ? "L" : "M"; // a number that is missing leaves a gap
      return pen === "L" ? `${move}${at} ${(1 - part(value, this.up)).toFixed(5)}` : "";
    });
    return steps.join("");
  }

  #near(event) {
    const box = this.plot.getBoundingClientRect();
    const [low, high] = this.across;
    const x = low + ((event.clientX - box.left) / box.width) * (high - low);
    const distance = (index) => Math.abs(this.spec.x[index] - x);
    this.#go(Array.from(this.spec.x.keys()).reduce((best, index) => (distance(index) < distance(best) ? index : best), 0));
  }

  #key(event) {
    event.stopPropagation();
    const last = this.spec.x.length - 1;
    const from = this.#shown();
    const page = Math.max(1, Math.round(last / 10));
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -page, PageUp: page, Home: -last, End: last };
    if (!(event.key in by)) return;
    event.preventDefault();
    this.#go(Math.min(last, Math.max(0, from + by[event.key])));
  }

  #go(point) {
    if (point === this.point) return;
    this.point = point;
    this.#show();
  }

  /** The point whose numbers are printed: the one that is pointed at, or where the picture stands, or the last. */
  #shown() {
    return this.point ?? this.spec.at ?? this.spec.x.length - 1;
  }

  #show() {
    const { spec } = this;
    const at = this.#shown();
    const place = part(spec.x[at], this.across);
    const dots = spec.lines.map(({ values }, index) => {
      const finite = Number.isFinite(values[at]);
      return finite ? h("i", { style: `--x:${place};--y:${part(values[at], this.up)};--hue:var(--${HUES[index % 5]})` }) : "";
    });
    const rule = spec.at === null ? "" : h("b", { style: `--x:${part(spec.x[spec.at], this.across)}` });
    this.marks.replaceChildren(rule, this.point === null ? "" : h("u", { style: `--x:${place}` }), ...dots);
    const numbers = spec.lines.map(({ label, values }) => `${label} = ${format(values[at], spec.digits)}`).join(", ");
    const text = `${spec.x_label || "x"} ${format(spec.x[at], spec.x_digits)}: ${numbers}`;
    setText(this.readout, text);
    this.plot.setAttribute("aria-valuenow", at);
    this.plot.setAttribute("aria-valuetext", text);
  }
}

const part = (value, [low, high]) => (high > low ? ((value - low) / (high - low)).toFixed(5) : 0.5);

const style = (index) => ({
  style: `stroke:var(--${HUES[index % HUES.length]})`,
  "stroke-dasharray": DASHES[index % DASHES.length],
  "vector-effect": "non-scaling-stroke",
});

const key = (label, index) =>
  h("li", {}, svg("svg", { viewBox: "0 0 26 4", "aria-hidden": "true" }, svg("path", { d: "M0 2H26", ...style(index) })), label);
