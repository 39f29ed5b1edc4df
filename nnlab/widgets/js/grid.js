// One grid of cells: numbers on a signed colour scale, frames, badges, editing, and the keys that move about in it.

import { h, OWN_KEYS, setText } from "./dom.js";
import { format } from "./numbers.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const isTouch = (event) => event.pointerType === "touch";

export class Grid {
  /** `on.point(cell | null, how)`, `on.choose(cell)` and `on.edit(cell, text)` tell what the learner does. */
  constructor(spec, on) {
    this.name = spec.name;
    this.on = on;
    [this.rows, this.columns] = spec.values.shape;
    this.home = 0;
    this.frame = h("div", { class: "nn-frame", "aria-hidden": "true" });
    this.cells = Array.from(spec.values, (_, cell) => this.#cell(cell, spec));
    this.body = this.#body(spec);
    this.scale = h("div", { class: "nn-scale", "aria-hidden": "true" }, h("span"), h("i"), h("span"));
    const style = `--rows:${this.rows};--columns:${this.columns}`;
    this.element = h(
      "figure",
      { class: "nn-grid", "data-name": spec.name, "data-single": this.cells.length === 1, style },
      h("figcaption", {}, h("b", {}, spec.title), h("span", {}, `${this.rows} × ${this.columns}`)),
      this.body,
      this.scale,
    );
    this.update(spec);
  }

  /** True if the new numbers fit into the cells that are there. */
  fits(spec) {
    const [rows, columns] = spec.values.shape;
    return rows === this.rows && columns === this.columns && spec.editable === this.spec.editable;
  }

  /** Shows other numbers in the same cells. */
  update(spec) {
    this.spec = spec;
    const limit = spec.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const texts = Array.from(spec.values, (value) => format(value, spec.digits));
    this.longest = texts.reduce((most, text) => Math.max(most, text.length), 0);
    this.element.style.setProperty("--longest", Math.max(this.longest, 3));
    const strength = (value) => (limit ? Math.abs(value) / limit : 0).toFixed(3);
    spec.values.forEach((value, index) => {
      const cell = this.cells[index];
      setText(cell.firstChild, texts[index]);
      cell.style.setProperty("--strength", strength(value));
      cell.dataset.sign = spec.scale === "count" ? "count" : value < 0 ? "negative" : "positive";
      const marks = spec.marks.filter((mark) => mark.cells[index]);
      cell.dataset.marks = marks.map((mark) => mark.style).join(" ");
      cell.setAttribute("aria-label", this.describe(index, marks));
    });
    const low = spec.scale === "count" ? 0 : -limit;
    setText(this.scale.firstChild, format(low, spec.digits));
    setText(this.scale.lastChild, format(limit, spec.digits));
    this.scale.dataset.scale = spec.scale;
    this.scale.hidden = this.cells.length === 1;
  }

  /** A cell in words: "input (1, 2) = 3". */
  describe(cell, marks = []) {
    const name = [this.spec.noun, this.place(cell)].filter(Boolean).join(" ");
    const what = `${name} = ${format(this.spec.values[cell], this.spec.digits)}`;
    return [what, ...marks.map((mark) => mark.label)].join(", ");
  }

  /** A cell's row and column as text; nothing where there is only one cell. */
  place(cell) {
    if (this.cells.length === 1) return "";
    return `(${Math.floor(cell / this.columns)}, ${cell % this.columns})`;
  }

  /** Lights cells up: `lit` maps cell -> badge text; `framed` is a set of cells to draw one frame around. */
  show(lit, framed, pointed, quiet) {
    this.cells.forEach((cell, index) => {
      cell.classList.toggle("nn-lit", lit.has(index));
      cell.classList.toggle("nn-pointed", index === pointed);
      const badge = lit.get(index) ?? "";
      setText(cell.lastChild, badge);
      cell.lastChild.style.setProperty("--length", Math.max(badge.length, 3));
    });
    this.element.classList.toggle("nn-quiet", quiet);
    this.frame.hidden = framed.length === 0;
    if (!framed.length) return;
    const rows = framed.map((cell) => Math.floor(cell / this.columns));
    const columns = framed.map((cell) => cell % this.columns);
    const [top, left] = [Math.min(...rows), Math.min(...columns)];
    const size = [Math.max(...rows) - top + 1, Math.max(...columns) - left + 1];
    this.frame.style.cssText = `--top:${top};--left:${left};--height:${size[0]};--width:${size[1]}`;
  }

  /** Makes `cell` the one that Tab comes to, and focuses it if asked. */
  stop(cell, focus = false) {
    this.cells[this.home]?.setAttribute("tabindex", "-1");
    this.home = Math.min(cell, this.cells.length - 1);
    this.cells[this.home].setAttribute("tabindex", "0");
    if (focus) this.cells[this.home].focus();
  }

  #body(spec) {
    const heads = [h("span", { class: "nn-corner" }, spec.axes[0] ? `${spec.axes[0]}\u2009${spec.axes[1]}` : "")];
    for (let column = 0; column < this.columns; column++) heads.push(h("span", { class: "nn-head" }, `${column}`));
    const rows = Array.from({ length: this.rows }, (_, row) =>
      h(
        "div",
        { role: "row", class: "nn-row" },
        h("span", { class: "nn-head", "aria-hidden": "true" }, `${row}`),
        ...this.cells.slice(row * this.columns, (row + 1) * this.columns),
      ),
    );
    const label = `${spec.title}, ${this.rows} rows, ${this.columns} columns${spec.editable ? ", editable" : ""}`;
    const onpointerleave = (event) => isTouch(event) || this.on.point(null, "pointer");
    return h(
      "div",
      { role: "grid", class: "nn-cells", "aria-label": label, onpointerleave },
      h("div", { class: "nn-row", "aria-hidden": "true" }, ...heads),
      ...rows,
      this.frame,
    );
  }

  #cell(index, spec) {
    return h(
      "div",
      {
        role: "gridcell",
        class: "nn-cell",
        "data-cell": index,
        tabindex: index === 0 ? 0 : -1,
        "data-editable": spec.editable,
        "aria-readonly": spec.editable ? undefined : "true",
        ...OWN_KEYS,
        onpointerenter: (event) => isTouch(event) || this.on.point(index, "pointer"),
        onpointerdown: () => this.stop(index),
        onclick: (event) => this.#clicked(event, index),
        onfocus: () => this.#focused(index),
        onblur: () => this.on.point(null, "focus"),
        onkeydown: (event) => this.#key(event, index),
      },
      h("span", { class: "nn-value" }),
      h("span", { class: "nn-badge", "aria-hidden": "true" }),
    );
  }

  #focused(index) {
    if (this.cells[index].matches(":focus-visible")) this.on.point(index, "focus");
  }

  /** A finger cannot hover: its first tap points at a cell, the second chooses it. */
  #clicked(event, index) {
    if (isTouch(event) && !this.cells[index].classList.contains("nn-pointed")) this.on.point(index, "pointer");
    else this.#choose(index);
  }

  #choose(index) {
    this.on.choose(index);
    if (this.spec.editable) this.#edit(index);
  }

  #key(event, index) {
    if (event.target.tagName === "INPUT") return;
    event.stopPropagation();
    const move = MOVES[event.key];
    const row = Math.floor(index / this.columns);
    let next = null;
    if (move) {
      const to = [row + move[0], (index % this.columns) + move[1]];
      if (to[0] >= 0 && to[0] < this.rows && to[1] >= 0 && to[1] < this.columns) next = to[0] * this.columns + to[1];
    } else if (event.key === "Home") next = row * this.columns;
    else if (event.key === "End") next = (row + 1) * this.columns - 1;
    else if (event.key === "Enter" || event.key === "F2" || event.key === " ") this.#choose(index);
    else if (this.spec.editable && /^[-+.\d]$/.test(event.key)) this.#edit(index, event.key);
    else return;
    event.preventDefault();
    if (next !== null) this.stop(next, true);
  }

  #edit(index, start) {
    const cell = this.cells[index];
    if (cell.querySelector("input")) return;
    const before = String(this.spec.values[index]);
    const shown = format(this.spec.values[index], this.spec.digits).replace("\u2212", "-");
    const box = h("input", { class: "nn-edit", inputmode: "decimal", "aria-label": `new value of ${this.describe(index)}` });
    box.value = start ?? (Number(shown) === Number(before) ? before : shown);
    const original = start === undefined ? box.value : null;
    let open = true;
    const close = (keep, focus) => {
      if (!open) return;
      open = false;
      const text = box.value.trim();
      box.remove();
      if (focus) this.stop(index, true);
      if (keep && text !== original) this.on.edit(index, text);
    };
    box.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") close(true, true);
      if (event.key === "Escape") close(false, true);
    });
    box.addEventListener("click", (event) => event.stopPropagation());
    box.addEventListener("blur", () => close(true, false));
    cell.append(box);
    box.focus();
    if (start === undefined) box.select();
  }
}
