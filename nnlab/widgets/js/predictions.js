// Predict mode: asks for a number before it is shown, says whether it is right, and keeps the score.

import { described, place, shown } from "./cells.js";
import { h, OWN_KEYS, setText } from "./dom.js";
import { masked } from "./masked.js";

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const COUNTS = ["right", "wrong", "shown"];

export class Predictions {
  /** `on.ask(request)`, `on.redraw()` and `on.move(cell)`: for Python, for what is revealed, and to go on to a cell. */
  constructor(on) {
    this.on = on;
    this.found = new Map(); // by the key of a picture: a Map from grids to their cells that are known
    this.counts = { right: 0, wrong: 0, shown: 0 };
    this.cell = 0;
    const button = (text, onclick, type = "button") => h("button", { type, ...OWN_KEYS, onclick, onkeydown }, text);
    this.box = h("input", { inputmode: "decimal", autocomplete: "off", maxlength: 40, ...OWN_KEYS });
    this.question = h("span", {});
    this.hint = h("small", {});
    this.check = button("check", () => {}, "submit");
    this.quick = ["0", "1"].map((text) => button(text, () => this.#say(text)));
    this.give = button("show me", () => this.#say(null));
    this.next = button("next", () => this.#next());
    this.verdict = h("p", { class: "nn-verdict", role: "status" });
    this.form = h("div", {}, h("label", {}, this.question, this.box), this.check, ...this.quick, this.give, this.hint);
    this.element = h("form", { class: "nn-prompt", "aria-label": "predict", hidden: true }, this.form, this.verdict, this.next);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say(this.box.value.trim());
    });
    this.element.addEventListener("keydown", (event) => event.stopPropagation());
    this.toggle = h("input", { type: "checkbox", role: "switch", "aria-label": "predict", ...OWN_KEYS, onkeydown });
    this.toggle.addEventListener("change", () => this.#switch());
    this.score = h("output", { class: "nn-score" });
    this.tools = h("div", { class: "nn-tools" }, h("label", { class: "nn-switch", title: "hide the results until I have said them" }, this.toggle, h("code", {}, "predict")), this.score);
  }

  /** What Python says: whether to ask, and what is known of the picture that it sent. */
  take({ predict, score }, scene) {
    this.able = predict !== undefined;
    this.wanted = Boolean(predict);
    this.grid = predict || this.grid || true; // what to ask for when it is switched on again
    if (!score) return;
    this.counts = { ...score };
    this.found.set(scene.key, new Map(Object.entries(score.found).map(([name, cells]) => [name, new Set(cells)])));
  }

  /** The scene as the learner may see it. */
  mask(scene, hidden) {
    this.scene = scene;
    this.tools.hidden = hidden || !this.able || !scene.waiting.length;
    this.toggle.checked = this.wanted;
    this.element.hidden = !this.asking;
    return this.asking ? masked(scene, this.#known()) : scene;
  }

  /** The steps have come to a cell of the result. */
  at(cell) {
    if (!this.#asked || this.#asked.name === this.scene.result) this.#turn(cell);
    else this.#turn(this.cell);
  }

  /** A cell was clicked; true if that was an answer or a wish to give one. */
  choose(name, cell, links) {
    if (!this.asking) return false;
    const asked = this.#asked;
    if (name === asked.name) {
      this.#turn(cell);
      if (this.#waits(cell)) this.box.focus();
      return true;
    }
    const account = this.scene.accounts[asked.name];
    const isCandidate = account?.operation === "max" && this.#waits(this.cell) && links.used(asked.name, name, this.cell).includes(cell);
    if (isCandidate) this.#say(shown(this.scene.parts.find((part) => part.name === name), cell), true);
    return isCandidate;
  }

  /** True while there is something to ask for. */
  get asking() {
    return this.wanted && this.scene.waiting.length > 0;
  }

  get #asked() {
    return this.scene?.parts.find((part) => part.name === this.scene.waiting[0]);
  }

  #known() {
    const { key, waiting } = this.scene;
    if (!this.found.has(key)) this.found.set(key, new Map());
    const grids = this.found.get(key);
    if (!grids.has(waiting[0])) grids.set(waiting[0], new Set());
    return grids.get(waiting[0]);
  }

  #waits(cell) {
    return this.asking && !this.#known().has(cell);
  }

  /** Asks for a cell, or says what there is to say of it. */
  #turn(cell) {
    const asked = this.#asked;
    setText(this.score, this.asking || COUNTS.some((name) => this.counts[name]) ? COUNTS.map((name) => `${this.counts[name]} ${name}`).join(", ") : "");
    if (!this.asking) return;
    const at = `${this.scene.key} ${asked.name} ${cell}`;
    if (at !== this.place) {
      this.place = at;
      this.box.value = "";
      setText(this.verdict, "");
    }
    this.cell = Math.min(cell, asked.values.length - 1);
    const waits = this.#waits(this.cell);
    this.form.hidden = !waits;
    this.next.hidden = waits || this.#left() === undefined;
    setText(this.question, `${asked.noun} ${place(asked, this.cell)} = `);
    const places = asked.digits ? `to ${asked.digits} decimal${asked.digits > 1 ? "s" : ""}` : "a whole number";
    const winner = this.scene.accounts[asked.name]?.operation === "max" ? "; or click the cell that wins" : "";
    setText(this.hint, places + winner);
    const binary = asked.values.every((value) => value === 0 || value === 1);
    this.quick.forEach((button) => (button.hidden = !binary));
    if (!waits && !this.verdict.textContent) setText(this.verdict, `${described(asked, this.cell)}.`);
  }

  /** Takes an answer (null: none), reveals the number, and tells Python. */
  #say(said, picked = false) {
    const asked = this.#asked;
    const { cell } = this;
    if (!this.#waits(cell)) return;
    const text = said?.replace("\u2212", "-").replace(",", ".");
    if (said !== null && !NUMBER.test(text)) {
      setText(this.verdict, `A number such as 2 or \u22120.5 is expected, received \u201c${said}\u201d.`);
      return;
    }
    const value = asked.values[cell];
    const near = Math.abs(Number(text) - Number(value.toFixed(asked.digits))) <= 0.5 * 10 ** -asked.digits * (1 + 1e-9);
    const outcome = said === null ? "shown" : near ? "right" : "wrong";
    this.counts[outcome] += 1;
    this.#known().add(cell);
    this.on.ask({ kind: "predict", name: asked.name, cell, text: said === null ? null : text, key: this.scene.key, shown: true });
    this.on.redraw();
    const words = { right: "Right: ", wrong: "No: ", shown: "" };
    const mine = outcome === "wrong" ? `; ${picked ? "you chose" : "you said"} ${said}` : "";
    setText(this.verdict, `${words[outcome]}${described(asked, cell)}${mine}.`);
    if (!picked) (this.next.hidden ? this.toggle : this.next).focus();
  }

  /** The next cell that waits, if there is one. */
  #left() {
    const size = this.#asked.values.length;
    for (let step = 1; step <= size; step++) {
      const cell = (this.cell + step) % size;
      if (this.#waits(cell)) return cell;
    }
    return undefined;
  }

  #next() {
    const cell = this.#left();
    if (this.#asked.name === this.scene.result) this.on.move(cell);
    else this.#turn(cell);
    this.box.focus();
  }

  #switch() {
    this.wanted = this.toggle.checked;
    this.on.ask({ kind: "set", name: "predict", value: this.wanted && this.grid, shown: true });
    this.on.redraw();
  }
}

const onkeydown = (event) => event.stopPropagation();
