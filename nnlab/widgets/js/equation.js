// An account of one line: a template with the printed numbers of the linked cells in it.

import { called, shown } from "./cells.js";
import { h } from "./dom.js";
import { bracketed } from "./numbers.js";

const PLACE = /\{(\w+)\}/;

/** The account of a cell as { element, sentence }; `onCells` gets the [grid, cell] pairs that are pointed at. */
export function equationAccount(scene, links, name, cell, onCells) {
  const grid = scene.grid(name);
  const operand = (other, text) => {
    const used = links.cell(name, other, cell, 0);
    const onpointerenter = () => onCells([[other, used]]);
    const what = { class: "nn-operand", "data-grid": other, "data-cell": used };
    return h("span", { ...what, onpointerenter, onpointerleave: () => onCells([]) }, text);
  };
  const template = templateOf(scene, name, cell);
  const symbols = filled(template, (other) => scene.grid(other).noun).join("");
  const element = h(
    "div",
    { class: "nn-step nn-line", "data-grid": name },
    h("span", { class: "nn-name" }, called(grid, cell), ...(PLACE.test(template) ? [h("small", {}, `= ${symbols}`)] : [])),
    h("span", { class: "nn-side" }, "= ", ...pieces(scene, links, name, cell, operand)),
    h("span", { class: "nn-result" }, `${sign(scene, name, cell)} `, h("b", { class: "nn-value" }, shown(grid, cell))),
  );
  return { element, sentence: `${called(grid, cell)} = ${equationText(scene, links, name, cell)}.` };
}

/** "(−1) × 0.5 = −0.5": the right side of the line and its value. */
export function equationText(scene, links, name, cell) {
  const side = pieces(scene, links, name, cell, (_, text) => text).join("");
  return `${side} ${sign(scene, name, cell)} ${shown(scene.grid(name), cell)}`;
}

function templateOf(scene, name, cell) {
  const { template } = scene.accounts[name];
  return Array.isArray(template) ? template[cell] : template;
}

const sign = (scene, name, cell) => (scene.accounts[name].exact[cell] ? "=" : "≈");

/** The template's pieces, with its odd ones, which name grids, replaced. */
const filled = (template, replace) => template.split(PLACE).map((piece, index) => (index % 2 ? replace(piece, index) : piece));

function pieces(scene, links, name, cell, operand) {
  const template = templateOf(scene, name, cell);
  const leads = template.startsWith("{");
  return filled(template, (other, index) => {
    const text = shown(scene.grid(other), links.cell(name, other, cell, 0));
    return operand(other, leads && index === 1 ? text : bracketed(text));
  });
}
