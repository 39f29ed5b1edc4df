// The account: how a number comes about, line by line, and where else it is used.

import { called, described, place } from "./cells.js";
import { h, renew } from "./dom.js";
import { equationAccount, equationText } from "./equation.js";
import { ADDED } from "./links.js";
import { counted } from "./numbers.js";
import { chip, equation, termsAccount } from "./terms.js";

const MOST = 200; // uses that are drawn one by one
const TALLEST = 480; // pixels up to which the panel grows, so that what it shows under the pointer is in view

export class Account {
  /** `onCells` gets the [grid, cell] pairs whose numbers are pointed at here. */
  constructor(onCells) {
    this.onCells = onCells;
    this.sum = h("div", { class: "nn-sum" });
    this.uses = h("div", { class: "nn-uses", hidden: true });
    this.element = h("div", { class: "nn-ledger", role: "group", "aria-label": "how the number comes about" }, this.sum, this.uses);
  }

  /** How a cell comes about and where it is used, in place of the result's account if `over`; returns a sentence. */
  show(scene, links, name, cell, over) {
    const steps = this.#steps(scene, links, name, cell);
    const uses = this.#uses(scene, links, name, cell, steps.elements.length > 0);
    renew(over ? this.uses : this.sum, [...steps.elements, ...uses.elements]);
    this.uses.hidden = !over;
    if (over) this.#grow();
    else this.element.classList.toggle("nn-empty", !this.sum.hasChildNodes());
    this.element.querySelector(":is(.nn-product, .nn-operand):hover")?.onpointerenter?.(); // it holds other numbers now
    return [steps.sentence, uses.sentence].filter(Boolean).join(" ");
  }

  /** Nothing is pointed at, and no result is shown. */
  clear() {
    renew(this.sum, []);
    this.uses.hidden = true;
    this.element.classList.add("nn-empty");
  }

  #uses(scene, links, name, cell, explained) {
    const spec = scene.grid(name);
    const uses = links.uses(name, cell);
    if (explained && !uses.length) return { elements: [], sentence: "" };
    const added = uses.filter(([, , term]) => term === ADDED);
    const others = uses.filter(([, , term]) => term !== ADDED);
    const times = ["nowhere", "once"][others.length] ?? `${others.length} times`;
    const sums = this.#sums(scene, added);
    const silent = spec.scale === "count" || !links.joins(name) || (sums.length && !others.length); // a count says it itself
    const head = [described(spec, cell), [...(silent ? [] : [`is used ${times}`]), ...sums].join(" and ")].filter(Boolean).join(" ");
    const several = links.names.length > 1;
    const goal = (grid, at) => (several ? "" : place(scene.grid(grid), at)) || called(scene.grid(grid), at);
    const drawn = others.slice(0, MOST);
    const chips = h("div", { class: "nn-chips" }, ...drawn.map((use) => this.#use(scene, links, use, goal(...use))));
    const more = others.length > MOST ? [h("p", {}, `and ${others.length - MOST} more`)] : [];
    const said = drawn.map((use) => `${text(scene, links, use)} in ${goal(...use)}`).join("; ");
    return { elements: [h("p", {}, head), chips, ...more], sentence: `${[head, said].filter(Boolean).join(": ")}.` };
  }

  #steps(scene, links, name, cell) {
    const known = links.trail(name, cell).filter(([grid, at]) => !scene.waits(grid, at));
    const steps = known.map(([grid, at]) => {
      const account = scene.accounts[grid].kind === "terms" ? termsAccount : equationAccount;
      return { grid, ...account(scene, links, grid, at, this.onCells) };
    });
    const sentence = steps.find(({ grid }) => grid === name)?.sentence ?? "";
    return { elements: steps.map(({ element }) => element), sentence };
  }

  /** "is added to every output" for each grid whose cells it is added to. */
  #sums(scene, added) {
    return [...new Set(added.map(([name]) => name))].map((name) => {
      const grid = scene.grid(name);
      const count = added.filter(([other]) => other === name).length;
      return `is added to ${count === grid.values.length ? `every ${grid.noun}` : counted(count, grid.noun)}`;
    });
  }

  #use(scene, links, [name, cell, term], goal) {
    const target = h("small", { class: "nn-goal" }, `→ ${goal}`);
    if (scene.waits(name, cell)) return h("div", { class: "nn-product" }, "?", target);
    if (scene.accounts[name].kind === "terms") {
      const element = chip(scene, links, name, cell, term, this.onCells);
      element.append(target);
      return element;
    }
    return h("div", { class: "nn-product" }, equationText(scene, links, name, cell), target);
  }

  /** Grows to hold what is in it and stays so, for a panel that changes size under the pointer is hard to read. */
  #grow() {
    const height = Math.min(this.uses.scrollHeight, TALLEST);
    if (height > this.element.clientHeight) this.element.style.minHeight = `${height}px`;
  }
}

function text(scene, links, [name, cell, term]) {
  if (scene.waits(name, cell)) return "?";
  return scene.accounts[name].kind === "terms"
    ? equation(scene, links, name, cell, term)
    : equationText(scene, links, name, cell);
}
