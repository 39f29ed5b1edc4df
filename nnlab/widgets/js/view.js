// The whole view: puts the parts together, and passes what the learner asks for to Python.

import { Account } from "./account.js";
import { Ahead } from "./ahead.js";
import { Channel, NEWEST, PASSING } from "./channel.js";
import { Controls, reasons } from "./controls.js";
import { h, renew, setText } from "./dom.js";
import { History } from "./history.js";
import { legend } from "./legend.js";
import { Line } from "./line.js";
import { Predictions } from "./predictions.js";
import { Presence } from "./presence.js";
import { Spotlight } from "./spotlight.js";
import { Stage } from "./stage.js";
import { Transport } from "./transport.js";

const AGAIN = "If it has stopped, run the cell again to go on.";
const UNMADE = `The kernel is busy or has stopped, so this change is not made; pointing, playing and stepping still work. ${AGAIN}`;
const AHEAD = `The kernel is busy or has stopped. This picture was computed ahead; it is true, but Python does not know of it. ${AGAIN}`;
const SETTLE = 1000; // milliseconds after the last move of a slider in which the view keeps its height

export class View {
  constructor(model, element) {
    this.root = h("div", { class: "nn-view", role: "group" });
    this.presence = new Presence(model);
    this.channel = new Channel(model, (requests) => this.#unanswered(requests), () => this.presence.gone);
    this.ahead = new Ahead(model, () => !this.channel.open, this.root);
    this.line = new Line((text) => this.channel.ask({ kind: "line", text }));
    this.predictions = new Predictions({
      ask: (request) => this.channel.ask(request),
      redraw: () => this.#draw(this.given),
      move: (cell) => this.spotlight.move(cell),
    });
    this.controls = new Controls((name, value) => this.#set(name, value));
    this.stage = new Stage((name) => this.#handlers(name));
    this.account = new Account((cells) => this.spotlight.pick(cells));
    const playing = (on) => this.root.classList.toggle("nn-playing", on);
    this.transport = new Transport((position) => this.spotlight.move(position), playing);
    this.live = h("p", { class: "nn-spoken", "aria-live": "polite" });
    this.spotlight = new Spotlight(this.stage, this.account, this.transport, this.live);
    this.spotlight.onMove = (cell) => this.predictions.at(cell);
    this.title = h("b", { role: "heading", "aria-level": "3" });
    this.formula = h("span", { class: "nn-formula" });
    this.badge = h("em", { class: "nn-source" });
    this.message = h("p", { class: "nn-message", role: "alert", hidden: true });
    this.legend = h("ul", { class: "nn-legend" });
    this.notes = h("ul", { class: "nn-notes" });
    this.text = h("p", { class: "nn-spoken" });
    this.left = h("div", { class: "nn-left" }, this.stage.sources);
    this.right = h("div", { class: "nn-right" }, this.stage.others, this.transport.element, this.predictions.element, this.account.element);
    this.history = new History(this.root, (kind) => this.channel.ask({ kind }));
    this.root.append(
      h("header", {}, this.title, this.formula, this.badge, h("div", { class: "nn-bar" }, this.predictions.tools, this.history.element)),
      this.controls.element,
      this.message,
      this.presence.element,
      h("div", { class: "nn-stage" }, this.left, this.right),
      this.notes,
      this.line.element,
      this.text,
      this.live,
    );
    this.root.addEventListener("input", () => this.#hold(), true);
    element.append(this.root);
  }

  /** Takes what Python sent: the scene, what to say, whose request it answers, and the manners. */
  receive({ scene, message, answer, manners }) {
    const heard = this.channel.heard(answer);
    const shown = heard === NEWEST || (heard === PASSING && this.stage.moving); // a drag shows what it passes
    if (!shown && this.scene) return;
    this.manners = manners;
    this.ahead.take(manners.lattice, manners.at);
    this.predictions.take(manners, scene);
    if (this.drawn === placeOf(manners) && !message) this.history.update(manners, scene.hide.includes("undo"));
    else this.#draw(scene, !message);
    this.#say(message);
  }

  destroy() {
    clearTimeout(this.settling);
    this.ahead.destroy();
    this.presence.destroy();
    this.transport.pause();
    this.channel.close();
    this.spotlight.destroy();
    this.root.remove();
  }

  /** Draws what the learner may see of a scene; `accepted` if it is what was asked for. */
  #draw(given, accepted = false) {
    this.given = given;
    this.drawn = undefined;
    const { hide } = given;
    const scene = { waits: () => false, ...this.predictions.mask(given, hide.includes("predict")) };
    const parts = new Map(scene.parts.map((part) => [part.name, part]));
    scene.grid = (name) => parts.get(name);
    this.scene = scene;
    this.root.setAttribute("aria-label", scene.title);
    setText(this.title, scene.title);
    setText(this.formula, scene.formula);
    const badges = new Set(scene.parts.map((part) => part.badge));
    setText(this.badge, badges.size === 1 ? [...badges][0] : "");
    this.line.update(scene.code, this.manners.line === true && !hide.includes("line"), accepted);
    this.history.update(this.manners, hide.includes("undo"));
    setText(this.text, scene.text);
    const controls = scene.controls.filter((control) => !scene.hide.includes(control.name));
    this.controls.update(controls);
    renew(this.notes, [...scene.notes, ...reasons(controls)].map((note) => h("li", {}, note)));
    renew(this.legend, legend(scene));
    this.linked = false; // while the cells change, the focus that goes with one of them points at nothing
    const changed = this.stage.update(scene.parts, this.root);
    this.left.hidden = !this.stage.sources.hasChildNodes();
    const side = this.left.hidden ? this.right : this.left;
    if (this.legend.parentElement !== side) side.append(this.legend);
    this.#hide(scene);
    this.spotlight.take(scene, changed);
    this.linked = true;
    if (changed) this.stage.refocus(this.root);
  }

  /** Takes away what the scene does not need, and what a teacher hides. */
  #hide(scene) {
    const result = scene.grid(scene.result);
    const idle = { ledger: !Object.keys(scene.accounts).length, transport: !result || result.values.length < 2, code: !scene.code };
    const parts = { ledger: this.account.element, transport: this.transport.element, notes: this.notes, code: this.line.element };
    for (const [name, part] of Object.entries(parts)) part.hidden = idle[name] || scene.hide.includes(name);
  }

  #handlers(name) {
    return {
      point: (cell, how) => this.linked && this.spotlight.pointAt(name, cell, how),
      choose: (cell) => {
        this.spotlight.choose(name, cell);
        return this.predictions.choose(name, cell, this.spotlight.links);
      },
      edit: (cell, text) => this.channel.ask({ kind: "edit", name, cell, text, gesture: this.history.gesture }),
    };
  }

  #set(name, value) {
    const ready = this.channel.settled ? this.ahead.move(name, value) : undefined;
    if (ready) {
      this.#draw(ready);
      this.drawn = this.manners.predict ? undefined : placeOf({ lattice: this.ahead.number, at: this.ahead.at });
      this.#say("");
    }
    this.channel.ask({ kind: "set", name, value, gesture: this.history.gesture, shown: ready !== undefined });
  }

  /** Keeps the view from shrinking while a slider moves: neither the slider nor the page below jumps under the pointer. */
  #hold() {
    const { style, offsetHeight } = this.root;
    if (offsetHeight > (parseFloat(style.minHeight) || 0)) style.minHeight = `${offsetHeight}px`;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => (style.minHeight = ""), SETTLE);
  }

  #unanswered(requests) {
    this.#draw(this.given); // a slider returns to what is shown
    const made = requests.every((request) => request.shown);
    this.#say(made ? (this.presence.gone ? "" : AHEAD) : UNMADE);
  }

  #say(message) {
    this.message.hidden = !message;
    setText(this.message, message ?? "");
  }
}

/** Which picture of those that are computed ahead it is: Python's answer to a move need not be drawn again. */
const placeOf = ({ lattice, at }) => JSON.stringify([lattice, at]);
