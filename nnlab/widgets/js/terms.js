// An account of many terms: the sum, the mean or the largest of products, adding up exactly as printed.

import { called, described, marksOf, place, shown } from "./cells.js";
import { h } from "./dom.js";
import { asText, bracketed, counted, format, printed, raised } from "./numbers.js";

const MOST = 200; // terms that are drawn one by one

/** The account of a cell as { element, sentence }; `onCells` gets the [grid, cell] pairs that are pointed at. */
export function termsAccount(scene, links, name, cell, onCells) {
  const account = scene.accounts[name];
  const grid = scene.grid(name);
  const count = links.terms(name);
  const values = account.values.subarray(cell * count, (cell + 1) * count);
  const chips = count > MOST ? [] : Array.from(values, (_, term) => chip(scene, links, name, cell, term, onCells));
  const blocks = (chips.length ? groups(account, values) : []).map(({ label, start, end, sum }) =>
    h(
      "div",
      { class: "nn-group" },
      ...(label ? [h("small", {}, label)] : []),
      h("div", { class: "nn-products" }, ...chips.slice(start, end)),
      ...(label ? [line("nn-subtotal", "subtotal", sum === null ? "" : asText(sum, account.digits))] : []),
    ),
  );
  const longest = (part) => chips.reduce((most, each) => Math.max(most, each.children[part].textContent.length), 3);
  const [rows, columns] = account.layout.slice(-2);
  const list = Math.min(rows, columns) === 1 && !account.groups.length; // wraps where there is no more room
  const style = `--columns:${columns};--characters:${longest(0)};--digits:${longest(1)}`;
  const { lines, sentence } = reckoning(scene, links, name, cell, values);
  const products = h("div", { class: "nn-groups", "data-list": list, style }, ...blocks);
  const element = h("div", { class: "nn-step", "data-grid": name }, products, h("div", { class: "nn-account" }, ...lines));
  return { element, sentence: `${described(grid, cell)}: ${sentence}.` };
}

/** One term as a small card: its factors and what they make, or the number alone. */
export function chip(scene, links, name, cell, term, onCells) {
  const { factors, sign, value, number } = product(scene, links, name, cell, term);
  const [first] = factors;
  const absent = Number.isNaN(number);
  const best = largest(scene.accounts[name], links.terms(name), cell);
  const alone = factors.length === 1 && sign === "=";
  const lower = absent ? "outside" : alone ? place(...first) || first[0].noun : factorText(factors);
  return h(
    "div",
    {
      class: "nn-product",
      "data-term": term,
      "data-sign": number < 0 ? "negative" : number > 0 ? "positive" : "zero",
      "data-marks": first ? marksOf(...first).map((mark) => mark.style).join(" ") : "",
      "data-winner": number === best,
      "data-outside": absent,
      onpointerenter: () => onCells(links.grids(name).map((other) => [other, links.cell(name, other, cell, term)])),
      onpointerleave: () => onCells([]),
    },
    h("small", { class: alone || absent ? "nn-where" : "nn-factors" }, lower),
    h("span", { class: "nn-equals" }, alone || absent ? "" : `${sign} `, h("b", { class: "nn-value" }, absent ? "–" : value)),
  );
}

/** "2 × (−1) = −2"; "≈" where the printed factors do not multiply to the printed product. */
export function equation(scene, links, name, cell, term) {
  const { factors, sign, value } = product(scene, links, name, cell, term);
  const lone = factors.length === 1 && sign === "=";
  return lone || !factors.length ? value : `${factorText(factors)} ${sign} ${value}`;
}

export const line = (kind, name, value) =>
  h("div", { class: kind }, h("span", {}, name), h("span", { class: "nn-value" }, value));

const factorText = (factors) =>
  factors.map(([grid, cell], index) => (index ? bracketed(shown(grid, cell)) : shown(grid, cell))).join(" × ");

function product(scene, links, name, cell, term) {
  const account = scene.accounts[name];
  const factors = account.factors
    .map((factor) => [scene.grid(factor), links.cell(name, factor, cell, term)])
    .filter(([, used]) => used >= 0);
  const number = account.values[cell * links.terms(name) + term];
  const amounts = factors.map(([grid, used]) => printed(grid.values[used], grid.digits));
  const whole = printed(number, account.digits);
  const places = factors.reduce((sum, [grid]) => sum + grid.digits, 0);
  const known = whole !== null && !amounts.includes(null);
  const exact = known && raised(amounts.reduce((all, one) => all * one, 1n), account.digits) === raised(whole, places);
  return { factors, sign: exact ? "=" : "≈", value: format(number, account.digits), number };
}

/** The largest term of a maximum; nothing for other accounts. */
function largest({ operation, values }, count, cell) {
  if (operation !== "max") return undefined;
  return values.subarray(cell * count, (cell + 1) * count).reduce((most, value) => (value > most ? value : most), -Infinity);
}

/** True if any term is a product of several cells. */
function joined(scene, links, name, cell) {
  const { factors } = scene.accounts[name];
  const used = (term) => factors.filter((factor) => links.cell(name, factor, cell, term) >= 0).length;
  return factors.length > 1 && Array.from({ length: links.terms(name) }, (_, term) => used(term)).some((count) => count > 1);
}

/** The printed sum of all terms that there are; null if one of them is no number to reckon with. */
function total(values, digits) {
  let sum = 0n;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const amount = printed(value, digits);
    if (amount === null) return null;
    sum += amount;
  }
  return sum;
}

function groups(account, values) {
  const labels = account.groups.length ? account.groups : [""];
  const size = values.length / labels.length;
  return labels.map((label, index) => {
    const [start, end] = [index * size, (index + 1) * size];
    return { label, start, end, sum: total(values.subarray(start, end), account.digits) };
  });
}

/** The lines under the terms, each true of what is printed in the others. */
function reckoning(scene, links, name, cell, values) {
  const account = scene.accounts[name];
  const { digits, operation } = account;
  const grid = scene.grid(name);
  const there = values.filter((value) => !Number.isNaN(value));
  const terms = counted(there.length, joined(scene, links, name, cell) ? "product" : "number");
  const addends = account.addends.map((addend) => scene.grid(addend));
  const added = addends.map((addend) => addend.values[links.cell(name, addend.name, cell, 0)]);
  const lines = [];
  let [amount, divisor, said] = [total(values, digits), 1n, ""];
  if (operation === "max") {
    const best = there.reduce((most, value) => Math.max(most, value), -Infinity);
    const equals = there.filter((value) => value === best).length;
    amount = there.length ? printed(best, digits) : null;
    said = `largest of ${terms}${equals > 1 ? ` (${equals} are equal)` : ""}`;
    lines.push(line("nn-total", said, there.length ? format(best, digits) : "–"));
    said = `the ${said}`;
  } else {
    const text = amount === null ? "–" : asText(amount, digits);
    for (const { label, sum } of values.length > MOST && account.groups.length ? groups(account, values) : []) {
      lines.push(line("nn-part", label, sum === null ? "–" : asText(sum, digits)));
    }
    lines.push(line("nn-total", `sum of ${terms}`, text));
    said = `${terms} add up to ${text}`;
    if (operation === "mean") {
      const count = account.count ? account.count[cell] : there.length;
      divisor = BigInt(count);
      lines.push(line("nn-count", "divided by", `${count}`));
      said += `, divided by ${count}`;
    }
  }
  addends.forEach((addend, index) => {
    const plus = printed(added[index], digits);
    const text = format(added[index], digits);
    amount = amount === null || plus === null ? null : amount + plus * divisor;
    lines.push(line("nn-addend", `+ ${addend.noun}`, text));
    said += `, plus ${addend.noun} ${text}`;
  });
  const most = Math.max(digits, grid.digits);
  const value = printed(grid.values[cell], grid.digits);
  const known = amount !== null && value !== null;
  const rest = known ? raised(value, most - grid.digits) * divisor - raised(amount, most - digits) : 0n;
  const reconciled = operation === "sum" && rest !== 0n;
  if (reconciled) lines.push(line("nn-rounding", "+ rounding of the printed digits", asText(rest, most)));
  const sign = known && (rest === 0n || reconciled) ? "=" : "≈";
  lines.push(line("nn-result", `${sign} ${called(grid, cell)}`, shown(grid, cell)));
  return { lines, sentence: said };
}
