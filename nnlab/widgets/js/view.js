// The whole view: puts the parts together, and decides what lights up where the learner points.

import { Channel } from "./channel.js";
import { Controls, reasons } from "./controls.js";
import { h, setText } from "./dom.js";
import { Grid } from "./grid.js";
import { Ledger } from "./ledger.js";
import { legend } from "./legend.js";
import { Links } from "./links.js";
import { format } from "./numbers.js";
import { Transport } from "./transport.js";

const UNMADE = "The kernel is busy or has stopped, so this change is not made. Pointing, playing and stepping still work.";
const AHEAD = "The kernel is busy or has stopped. This picture was computed ahead; it is true, but Python does not know of it.";

export class View {
  constructor(model, element) {
    this.channel = new Channel(model, (requests) => this.#unanswered(requests));
    this.cursor = 0;
    this.point = null; // where the learner points: { grid, cell, how }, or nowhere
    this.grids = new Map();
    this.controls = new Controls((name, value) => this.#set(name, value));
    this.transport = new Transport((position) => this.#move(position));
    this.ledger = new Ledger((term) => this.#term(term));
    this.title = h("b", { role: "heading", "aria-level": "3" });
    this.formula = h("span", { class: "nn-formula" });
    this.message = h("p", { class: "nn-message", role: "alert", hidden: true });
    this.sources = h("div", { class: "nn-grids" }); // what the window moves over
    this.others = h("div", { class: "nn-grids" }); // what it is combined with, and what comes out
    this.legend = h("ul", { class: "nn-legend" });
    this.notes = h("ul", { class: "nn-notes" });
    this.code = h("code", { class: "nn-code" });
    this.live = h("p", { class: "nn-spoken", "aria-live": "polite" });
    this.text = h("p", { class: "nn-spoken" });
    this.root = h(
      "div",
      { class: "nn-view", role: "group" },
      h("header", {}, this.title, this.formula),
      this.controls.element,
      this.message,
      h(
        "div",
        { class: "nn-stage" },
        h("div", { class: "nn-left" }, this.sources, this.legend),
        h("div", { class: "nn-right" }, this.others, this.transport.element, this.ledger.element),
      ),
      this.notes,
      this.code,
      this.text,
      this.live,
    );
    element.append(this.root);
  }

  /** Takes what Python sent: the scene, scenes computed ahead, what to say, and whose request it answers. */
  receive({ scene, ahead, message, answer }) {
    if (!this.channel.heard(answer) && this.scene) return;
    this.ahead = ahead;
    this.#draw(scene);
    this.#say(message);
  }

  destroy() {
    this.transport.pause();
    this.channel.close();
    clearTimeout(this.speaking);
    this.root.remove();
  }

  #draw(scene) {
    scene.grid = (name) => scene.grids.find((grid) => grid.name === name);
    const place = this.scene && this.#placeOf(this.cursor);
    this.scene = scene;
    this.links = new Links(scene);
    this.root.setAttribute("aria-label", scene.title);
    setText(this.title, scene.title);
    setText(this.formula, scene.formula);
    setText(this.code, scene.code);
    setText(this.text, scene.text);
    const controls = scene.controls.filter((control) => !scene.hide.includes(control.name));
    this.controls.update(controls);
    this.notes.replaceChildren(...[...scene.notes, ...reasons(controls)].map((note) => h("li", {}, note)));
    this.legend.replaceChildren(...legend(scene));
    this.#grids(scene.grids);
    const { notes, code } = this;
    const parts = { ledger: this.ledger.element, transport: this.transport.element, notes, code };
    for (const [name, part] of Object.entries(parts)) part.hidden = scene.hide.includes(name);
    this.cursor = place ? this.#cellAt(place) : 0;
    this.#show();
  }

  /** Draws the grids, keeping elements (and with them focus) wherever the new numbers fit. */
  #grids(specs) {
    const names = specs.map((spec) => spec.name);
    let changed = names.join() !== [...this.grids.keys()].join();
    const next = specs.map((spec) => {
      const grid = this.grids.get(spec.name);
      if (grid?.fits(spec)) {
        grid.update(spec);
        return grid;
      }
      changed = true;
      const on = {
        point: (cell, how) => this.#point(spec.name, cell, how),
        choose: (cell) => this.#choose(spec.name, cell),
        edit: (cell, text) => this.channel.ask({ kind: "edit", name: spec.name, cell, text }),
      };
      return new Grid(spec, on);
    });
    this.root.style.setProperty("--characters", Math.max(...next.map((grid) => grid.longest)));
    if (!changed) return;
    this.point = null;
    const focused = this.root.contains(document.activeElement) ? document.activeElement.closest(".nn-grid") : null;
    this.grids = new Map(next.map((grid) => [grid.name, grid]));
    const first = names.indexOf(this.scene.ledger.factors[0]);
    const places = specs.filter((spec) => !spec.below).map((spec) => this.#column(spec, specs));
    this.sources.replaceChildren(...places.slice(0, first + 1));
    this.others.replaceChildren(...places.slice(first + 1));
    if (focused) this.grids.get(focused.dataset.name)?.stop(0, true);
  }

  /** A grid, the sign before it, and the grids that stand below it. */
  #column(spec, specs) {
    const stack = [spec, ...specs.filter((other) => other.below === spec.name)];
    const sign = h("span", { class: "nn-sign", "aria-hidden": "true" }, spec.before);
    const elements = stack.map(({ name }) => this.grids.get(name).element);
    return h("div", { class: "nn-place" }, sign, h("div", { class: "nn-stack" }, ...elements));
  }

  #placeOf(cell) {
    const columns = this.scene.grid(this.scene.ledger.result).values.shape[1];
    return [Math.floor(cell / columns), cell % columns];
  }

  #cellAt([row, column]) {
    const [rows, columns] = this.scene.grid(this.scene.ledger.result).values.shape;
    return Math.min(row, rows - 1) * columns + Math.min(column, columns - 1);
  }

  #set(name, value) {
    const ready = this.ahead?.[name]?.[JSON.stringify(value)];
    if (ready) {
      this.ahead = { [name]: this.ahead[name] };
      this.#draw(ready);
      this.#say("");
    }
    this.channel.ask({ kind: "set", name, value, shown: ready !== undefined });
  }

  #unanswered(requests) {
    this.#draw(this.scene); // a slider returns to what is shown
    this.#say(requests.every((request) => request.shown) ? AHEAD : UNMADE);
  }

  #move(position) {
    this.cursor = position;
    this.point = null;
    this.#show();
  }

  #choose(grid, cell) {
    if (grid !== this.scene.ledger.result) return;
    this.transport.pause();
    this.cursor = cell;
    this.#show();
  }

  #point(grid, cell, how) {
    if (cell !== null) this.point = { grid, cell, how };
    else if (this.point?.how === how) this.point = null; // the keys may have moved on while the pointer lay still
    else return;
    if (how === "focus" && cell !== null && grid === this.scene.ledger.result) this.cursor = cell;
    this.#show();
  }

  #show() {
    const { point } = this;
    const result = this.scene.ledger.result;
    const where = this.grids.get(result).describe(this.cursor);
    this.transport.update(this.cursor, this.links.results, where);
    this.grids.get(result).stop(this.cursor);
    const onResult = !point || point.grid === result;
    const sentence = onResult ? this.#showResult(point?.cell ?? this.cursor) : this.#showUses(point);
    clearTimeout(this.speaking);
    if (!this.transport.playing) this.speaking = setTimeout(() => setText(this.live, sentence), 300);
  }

  /** Lights up the window of one result cell. */
  #showResult(cell) {
    this.active = cell;
    const { ledger } = this.scene;
    for (const [name, grid] of this.grids) {
      const lit = new Map();
      if (name === ledger.result) lit.set(cell, "");
      else {
        for (let term = 0; term < this.links.terms; term++) {
          const used = this.links.cell(name, cell, term);
          if (used >= 0) lit.set(used, name === ledger.factors[0] ? this.#others(name, cell, term) : "");
        }
      }
      // A grid that every result uses as a whole (the weights) would only light up for ever.
      const whole = name !== ledger.factors[0] && name !== ledger.result && lit.size === grid.cells.length;
      grid.show(whole ? new Map() : lit, whole ? [] : [...lit.keys()], -1, false);
    }
    return this.ledger.showResult(this.scene, this.links, cell);
  }

  /** Lights up every use of one cell. */
  #showUses(point) {
    const { ledger } = this.scene;
    const spec = this.scene.grid(point.grid);
    const what = this.grids.get(point.grid).describe(point.cell);
    const uses = this.links.uses(point.grid, point.cell);
    const added = point.grid === ledger.addend;
    const lit = new Map([...this.grids.keys()].map((name) => [name, new Map()]));
    if (added) {
      const badge = `+${format(spec.values[0], spec.digits)}`;
      for (let cell = 0; cell < this.links.results; cell++) lit.get(ledger.result).set(cell, badge);
    }
    for (const [cell, term] of uses) {
      for (const name of this.grids.keys()) {
        const used = this.links.cell(name, cell, term);
        if (used < 0) continue;
        const badge = name === ledger.result ? this.#others(spec.mirrors || point.grid, cell, term) : "";
        const several = name === ledger.result && lit.get(name).has(used);
        lit.get(name).set(used, several ? "…" : badge);
      }
    }
    for (const [name, grid] of this.grids) {
      const here = name === point.grid;
      grid.show(here ? new Map([[point.cell, ""]]) : lit.get(name), [], here ? point.cell : -1, true);
    }
    if (added) return this.ledger.showText(`${what} is added to every ${this.scene.grid(ledger.result).noun}.`);
    return this.ledger.showUses(this.scene, this.links, uses, what, spec.scale === "count");
  }

  /** What a linked cell is multiplied by in a term: "×−1". */
  #others(name, cell, term) {
    return this.scene.ledger.factors
      .map((factor) => [this.scene.grid(factor), this.links.cell(factor, cell, term)])
      .filter(([grid, used]) => grid.name !== name && used >= 0)
      .map(([grid, used]) => `×${format(grid.values[used], grid.digits)}`)
      .join("");
  }

  /** Points out the factors of one product of the shown result. */
  #term(term) {
    for (const [name, grid] of this.grids) {
      const used = term === null || name === this.scene.ledger.result ? -1 : this.links.cell(name, this.active, term);
      grid.cells.forEach((cell, index) => cell.classList.toggle("nn-pointed", index === used));
    }
  }

  #say(message) {
    this.message.hidden = !message;
    setText(this.message, message ?? "");
  }
}
