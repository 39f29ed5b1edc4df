// Where the parts of a scene stand: what is given on the left, what is made of it on the right.

import { Bars } from "./bars.js";
import { Curves } from "./curves.js";
import { h, setStyle, setText } from "./dom.js";
import { Grid } from "./grid.js";
import { Points } from "./points.js";
import { Tiles } from "./tiles.js";
import { Treemap } from "./treemap.js";

const LOOKS = { cells: Grid, bars: Bars, points: Points, tiles: Tiles };
const CHARTS = { curves: Curves, treemap: Treemap };

export class Stage {
  /** `on(name)` makes the handlers of the grid of that name. */
  constructor(on) {
    this.on = on;
    this.parts = new Map();
    this.sources = h("div", { class: "nn-grids" });
    this.others = h("div", { class: "nn-grids" });
  }

  /** The parts that are grids, by name. */
  get grids() {
    return new Map([...this.parts].filter(([, part]) => part instanceof Grid));
  }

  /** True while the learner drags a number. */
  get moving() {
    return [...this.parts.values()].some((part) => part.moving);
  }

  /** Draws the parts, keeping elements (and with them focus) wherever the new numbers fit; true if there are other cells. */
  update(specs, root) {
    this.focused = root.contains(document.activeElement) ? document.activeElement.closest("figure")?.dataset.name : undefined;
    let changed = specs.map((spec) => spec.name).join() !== [...this.parts.keys()].join();
    const next = specs.map((spec) => {
      const part = this.parts.get(spec.name);
      if (part?.spec.kind === spec.kind && part.fits(spec)) {
        if (part.holds && !part.holds(spec)) changed = true;
        part.update(spec);
        return part;
      }
      changed = true;
      return this.#made(spec);
    });
    const badges = new Set(specs.map((spec) => spec.badge));
    for (const part of next) setText(part.source, badges.size > 1 ? part.spec.badge : "");
    setStyle(root, "--characters", Math.max(3, ...next.map((part) => part.longest ?? 0)));
    if (!changed) return false;
    const before = this.parts;
    this.parts = new Map(next.map((part) => [part.spec.name, part]));
    const plan = JSON.stringify(specs.map(({ name, kind, below, source, before: sign }) => [name, kind, below, source, sign]));
    if (plan === this.plan) this.#exchange(before);
    else this.#arrange(specs);
    this.plan = plan;
    return true;
  }

  /** Once the other cells are linked: the grid that had the focus has it again, and what is pointed at still is. */
  refocus(root) {
    if (!root.contains(document.activeElement)) this.parts.get(this.focused)?.stop?.(0, true);
    for (const grid of this.grids.values()) grid.repoint();
  }

  /** Puts new parts where the old ones stand; what stays is not touched, so that the page lays out only what is new. */
  #exchange(before) {
    for (const [name, part] of this.parts) {
      const old = before.get(name);
      if (old !== part) old.element.replaceWith(part.element);
    }
  }

  #arrange(specs) {
    const above = specs.filter((spec) => !spec.below || !this.parts.has(spec.below));
    this.sources.replaceChildren(...above.filter((spec) => spec.source).map((spec) => this.#place(spec, specs)));
    this.others.replaceChildren(...above.filter((spec) => !spec.source).map((spec) => this.#place(spec, specs)));
  }

  #made(spec) {
    return spec.kind === "grid" ? new LOOKS[spec.look](spec, this.on(spec.name)).build() : new CHARTS[spec.kind](spec);
  }

  /** A part, the sign before it, and the parts that stand below it. */
  #place(spec, specs) {
    const stack = [spec, ...specs.filter((other) => other.below === spec.name)];
    const sign = h("span", { class: "nn-sign", "aria-hidden": "true" }, spec.before ?? "");
    const elements = stack.map(({ name }) => this.parts.get(name).element);
    return h("div", { class: "nn-place", "data-kind": spec.kind }, sign, h("div", { class: "nn-stack" }, ...elements));
  }
}
