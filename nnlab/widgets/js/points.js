// Cells as dots on number lines, one line a row, each with its number above it; where they are editable, to be dragged.

import { decimals, range, round, ticks } from "./axes.js";
import { shown } from "./cells.js";
import { h, setStyle } from "./dom.js";
import { Grid } from "./grid.js";
import { format } from "./numbers.js";

const ROOM = 0.2; // of the range, left free at both ends
const STEPS = 120; // positions that a dot can be dragged to
const STEPPING = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

export class Points extends Grid {
  update(spec) {
    if (!this.moving) {
      this.asked = null;
      this.#fit(Array.from(spec.values));
    }
    super.update(spec);
    this.scale.hidden = true;
    this.#stack();
    const marks = ticks(...this.range);
    for (const axis of this.element.querySelectorAll(".nn-axis")) {
      axis.replaceChildren(
        ...marks.values.map((value) => h("span", { style: `--at:${this.part(value)}` }, format(value, marks.digits))),
      );
    }
  }

  draw(index, spec) {
    super.draw(index, spec);
    const cell = this.cells[index];
    const held = this.moving && this.asked?.cell === index;
    setStyle(cell, "--at", this.part(held ? this.asked.value : spec.values[index]));
    if (!spec.editable) return;
    const [low, high] = this.range;
    const state = { valuemin: low, valuemax: high, valuenow: spec.values[index].toFixed(spec.digits), valuetext: shown(spec, index) };
    for (const [name, value] of Object.entries(state)) cell.setAttribute(`aria-${name}`, value);
  }

  /** A frame says nothing here; each dot gets a ring. */
  show(lit, framed, pointed) {
    super.show(lit, [], pointed, true);
  }

  cell(index, spec) {
    const cell = super.cell(index, spec);
    if (spec.editable) {
      cell.setAttribute("role", "slider");
      cell.removeAttribute("aria-readonly");
    }
    return cell;
  }

  sheet(sheet, spec) {
    const element = super.sheet(sheet, spec);
    const body = element.querySelector(".nn-cells");
    body.append(h("div", { class: "nn-axis", "aria-hidden": "true" }));
    if (spec.editable) for (const part of [body, ...body.querySelectorAll("[role=row]")]) part.setAttribute("role", "group");
    return element;
  }

  listen() {
    super.listen();
    this.width = 0; // pixels of a line, known once it is in the page
    new ResizeObserver(() => this.#resized()).observe(this.element);
    if (!this.spec.editable) return;
    this.cells.forEach((cell, index) => {
      cell.addEventListener("pointerdown", (event) => this.#drag(event, index));
      cell.addEventListener("keyup", () => this.#rest());
      cell.addEventListener("blur", () => this.#rest());
    });
  }

  key(event, index) {
    const by = this.spec.editable && STEPPING[event.key];
    if (!by) return super.key(event, index);
    event.stopPropagation();
    event.preventDefault();
    this.moving = true;
    const from = this.asked?.cell === index ? this.asked.value : this.spec.values[index];
    this.#ask(index, from + by * this.#step());
  }

  clicked(event, index) {
    if (!this.dragged) super.clicked(event, index);
  }

  /** How far to the right a number stands. */
  part(value) {
    const [low, high] = this.range;
    return Math.min(1, Math.max(0, (value - low) / (high - low) || 0)).toFixed(4);
  }

  #resized() {
    const { clientWidth } = this.cells[0].parentElement;
    if (!clientWidth || clientWidth === this.width) return;
    this.width = clientWidth;
    this.#stack();
  }

  /** Keeps numbers apart: each in the first lane above its line that is free. */
  #stack() {
    const { columns, spec } = this;
    for (let start = 0; start < this.cells.length; start += columns) {
      const cells = Array.from({ length: columns }, (_, column) => start + column);
      const row = this.cells[start].parentElement;
      const ends = []; // where the last number of each lane ends
      for (const cell of cells.sort((a, b) => spec.values[a] - spec.values[b])) {
        const [middle, half] = [this.part(spec.values[cell]) * this.width, shown(spec, cell).length * 3.4 + 3];
        const free = ends.findIndex((end) => end <= middle - half);
        const lane = free < 0 ? ends.length : free;
        setStyle(this.cells[cell], "--lane", lane);
        ends[lane] = middle + half;
      }
      const before = this.moving ? Number(row.style.getPropertyValue("--lanes")) : 0; // no line moves during a drag
      setStyle(row, "--lanes", Math.max(before, ends.length));
    }
  }

  #drag(event, index) {
    if (event.button || event.target.tagName === "INPUT") return;
    const cell = this.cells[index];
    const track = cell.parentElement.getBoundingClientRect();
    this.dragged = false;
    cell.setPointerCapture(event.pointerId);
    const move = ({ clientX }) => {
      if (!this.dragged && Math.abs(clientX - event.clientX) < 3) return;
      this.dragged = this.moving = true;
      const [low, high] = this.range;
      const part = Math.min(1, Math.max(0, (clientX - track.left) / track.width));
      this.#ask(index, low + part * (high - low));
    };
    const end = () => {
      cell.removeEventListener("pointermove", move);
      this.#rest();
    };
    cell.addEventListener("pointermove", move);
    cell.addEventListener("lostpointercapture", end, { once: true });
  }

  /** Asks for a number, rounded to a step; its dot goes there at once, what is printed waits for the answer. */
  #ask(cell, value) {
    const step = this.#step();
    const text = (Math.round(value / step) * step).toFixed(decimals(step));
    if (this.asked?.cell === cell && this.asked.text === text) return;
    this.asked = { cell, text, value: Number(text) };
    setStyle(this.cells[cell], "--at", this.part(this.asked.value));
    this.on.edit(cell, text);
  }

  #rest() {
    if (!this.moving) return;
    this.moving = false;
    if (Math.abs(this.spec.values[this.asked.cell] - this.asked.value) < this.#step() / 2) this.update(this.spec);
  }

  #step() {
    return round((this.range[1] - this.range[0]) / STEPS);
  }

  /** Keeps the range while the dots fill enough of it, so that a line does not jump. */
  #fit(values) {
    const [low, high] = range(values, 0);
    const [from, to] = this.range ?? [1, 0];
    if (low > from && high < to && high - low > 0.3 * (to - from)) return;
    this.range = range(values, ROOM);
  }
}
