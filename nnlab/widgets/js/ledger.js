// The ledger: how one result comes about, product by product, adding up exactly as printed; or where a cell is used.

import { h } from "./dom.js";
import { asText, bracketed, format, printed } from "./numbers.js";

export class Ledger {
  /** `onTerm(term | null)` tells which product of the result is pointed at. */
  constructor(onTerm) {
    this.onTerm = onTerm;
    this.sum = h("div", { class: "nn-sum" });
    this.uses = h("div", { class: "nn-uses", hidden: true });
    this.element = h("section", { class: "nn-ledger", "aria-label": "how the number comes about" }, this.sum, this.uses);
  }

  /** The account of result cell `cell`; returns it as a sentence. */
  showResult(scene, links, cell) {
    this.uses.hidden = true;
    const { ledger } = scene;
    const digits = ledger.digits;
    const result = scene.grid(ledger.result);
    const chips = [];
    let total = 0n;
    for (let term = 0; term < links.terms; term++) {
      total += printed(product(scene, links, cell, term), digits);
      chips.push(this.#chip(scene, links, cell, term));
    }
    const addend = ledger.addend ? scene.grid(ledger.addend) : null;
    const added = addend ? printed(addend.values[0], digits) : 0n;
    const value = printed(result.values[cell], digits);
    const rounding = value - total - added;
    const name = `${result.noun} ${place(result, cell)}`;
    const products = links.terms === 1 ? "1 product" : `${links.terms} products`;
    const lines = [line("nn-total", `sum of ${products}`, asText(total, digits))];
    if (addend) lines.push(line("nn-addend", `+ ${addend.noun}`, asText(added, digits)));
    if (rounding) lines.push(line("nn-rounding", "+ rounding of the printed digits", asText(rounding, digits)));
    lines.push(line("nn-result", `= ${name}`, format(result.values[cell], digits)));
    const longest = Math.max(...chips.flatMap((chip) => Array.from(chip.children, (part) => part.textContent.length)));
    const layout = `--columns:${ledger.layout[1]};--characters:${longest}`;
    this.sum.replaceChildren(
      h("div", { class: "nn-products", style: layout }, ...chips),
      h("div", { class: "nn-account" }, ...lines),
    );
    const bias = addend ? `, plus ${addend.noun} ${asText(added, digits)}` : "";
    return `${name} = ${asText(value, digits)}: ${products} add up to ${asText(total, digits)}${bias}.`;
  }

  /** Every product in which a cell is used; returns it as a sentence. `what` names the cell. */
  showUses(scene, links, uses, what, isCount) {
    const result = scene.grid(scene.ledger.result);
    const times = ["nowhere", "once"][uses.length] ?? `${uses.length} times`;
    const head = isCount ? what : `${what} is used ${times}`; // a count says it itself
    const chips = uses.map(([cell, term]) => {
      const chip = this.#chip(scene, links, cell, term);
      chip.append(h("small", { class: "nn-goal" }, `→ ${place(result, cell)}`));
      return chip;
    });
    this.uses.replaceChildren(h("p", {}, head), h("div", {}, ...chips));
    this.uses.hidden = false;
    const said = ([cell, term]) => `${equation(scene, links, cell, term)} in ${result.noun} ${place(result, cell)}`;
    return uses.length ? `${head}: ${uses.map(said).join("; ")}.` : `${head}.`;
  }

  /** One sentence in place of the account. */
  showText(text) {
    this.uses.replaceChildren(h("p", {}, text));
    this.uses.hidden = false;
    return text;
  }

  #chip(scene, links, cell, term) {
    const [factors, sign, value] = parts(scene, links, cell, term);
    const number = product(scene, links, cell, term);
    return h(
      "div",
      {
        class: "nn-product",
        "data-term": term,
        "data-sign": number < 0 ? "negative" : number > 0 ? "positive" : "zero",
        "data-marks": marks(scene, links, cell, term),
        onpointerenter: () => this.onTerm(term),
        onpointerleave: () => this.onTerm(null),
      },
      h("small", { class: "nn-factors" }, factors),
      h("span", { class: "nn-equals" }, `${sign} `, h("b", { class: "nn-value" }, value)),
    );
  }
}

const product = (scene, links, cell, term) => scene.ledger.terms[cell * links.terms + term];

const line = (kind, name, value) => h("div", { class: kind }, h("span", {}, name), h("span", { class: "nn-value" }, value));

function place(grid, cell) {
  const columns = grid.values.shape[1];
  return `(${Math.floor(cell / columns)}, ${cell % columns})`;
}

/** The linked cells that are multiplied, as [grid, cell]. */
function factorsOf(scene, links, cell, term) {
  return scene.ledger.factors
    .map((name) => [scene.grid(name), links.cell(name, cell, term)])
    .filter(([, factor]) => factor >= 0);
}

/** "2 × (−1)", "=" or "≈", "−2": equal only if the printed factors multiply to the printed product. */
function parts(scene, links, cell, term) {
  const factors = factorsOf(scene, links, cell, term);
  const texts = factors.map(([grid, factor]) => format(grid.values[factor], grid.digits));
  const value = product(scene, links, cell, term);
  const digits = scene.ledger.digits;
  const places = factors.reduce((sum, [grid]) => sum + grid.digits, 0);
  const exact = factors.reduce((all, [grid, factor]) => all * printed(grid.values[factor], grid.digits), 1n);
  const equal = exact * 10n ** BigInt(digits) === printed(value, digits) * 10n ** BigInt(places);
  const shown = texts.map((text, index) => (index ? bracketed(text) : text)).join(" × ");
  return [shown, equal ? "=" : "≈", format(value, digits)];
}

const equation = (scene, links, cell, term) => parts(scene, links, cell, term).join(" ");

function marks(scene, links, cell, term) {
  const [first] = factorsOf(scene, links, cell, term);
  if (!first) return "";
  const [grid, factor] = first;
  return grid.marks.filter((mark) => mark.cells[factor]).map((mark) => mark.style).join(" ");
}
