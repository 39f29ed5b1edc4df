// The whole view: puts the parts together, and passes what the learner asks for to Python.

import { Account } from "./account.js";
import { Channel, NEWEST, PASSING } from "./channel.js";
import { Controls, reasons } from "./controls.js";
import { h, setText } from "./dom.js";
import { legend } from "./legend.js";
import { Spotlight } from "./spotlight.js";
import { Stage } from "./stage.js";
import { Transport } from "./transport.js";

const UNMADE = "The kernel is busy or has stopped, so this change is not made. Pointing, playing and stepping still work.";
const AHEAD = "The kernel is busy or has stopped. This picture was computed ahead; it is true, but Python does not know of it.";

export class View {
  constructor(model, element) {
    this.channel = new Channel(model, (requests) => this.#unanswered(requests));
    this.controls = new Controls((name, value) => this.#set(name, value));
    this.stage = new Stage((name) => this.#handlers(name));
    this.account = new Account((cells) => this.spotlight.pick(cells));
    this.transport = new Transport((position) => this.spotlight.move(position));
    this.live = h("p", { class: "nn-spoken", "aria-live": "polite" });
    this.spotlight = new Spotlight(this.stage, this.account, this.transport, this.live);
    this.title = h("b", { role: "heading", "aria-level": "3" });
    this.formula = h("span", { class: "nn-formula" });
    this.badge = h("em", { class: "nn-source" });
    this.message = h("p", { class: "nn-message", role: "alert", hidden: true });
    this.legend = h("ul", { class: "nn-legend" });
    this.notes = h("ul", { class: "nn-notes" });
    this.code = h("code", { class: "nn-code" });
    this.text = h("p", { class: "nn-spoken" });
    this.left = h("div", { class: "nn-left" }, this.stage.sources);
    this.right = h("div", { class: "nn-right" }, this.stage.others, this.transport.element, this.account.element);
    this.root = h(
      "div",
      { class: "nn-view", role: "group" },
      h("header", {}, this.title, this.formula, this.badge),
      this.controls.element,
      this.message,
      h("div", { class: "nn-stage" }, this.left, this.right),
      this.notes,
      this.code,
      this.text,
      this.live,
    );
    element.append(this.root);
  }

  /** Takes what Python sent: the scene, scenes computed ahead, what to say, and whose request it answers. */
  receive({ scene, ahead, message, answer }) {
    const heard = this.channel.heard(answer);
    const shown = heard === NEWEST || (heard === PASSING && this.stage.moving); // a drag shows what it passes
    if (!shown && this.scene) return;
    this.ahead = ahead;
    this.#draw(scene);
    this.#say(message);
  }

  destroy() {
    this.transport.pause();
    this.channel.close();
    this.spotlight.destroy();
    this.root.remove();
  }

  #draw(scene) {
    const parts = new Map(scene.parts.map((part) => [part.name, part]));
    scene.grid = (name) => parts.get(name);
    this.scene = scene;
    this.root.setAttribute("aria-label", scene.title);
    setText(this.title, scene.title);
    setText(this.formula, scene.formula);
    const badges = new Set(scene.parts.map((part) => part.badge));
    setText(this.badge, badges.size === 1 ? [...badges][0] : "");
    setText(this.code, scene.code);
    setText(this.text, scene.text);
    const controls = scene.controls.filter((control) => !scene.hide.includes(control.name));
    this.controls.update(controls);
    this.notes.replaceChildren(...[...scene.notes, ...reasons(controls)].map((note) => h("li", {}, note)));
    this.legend.replaceChildren(...legend(scene));
    const changed = this.stage.update(scene.parts, this.root);
    this.left.hidden = !this.stage.sources.hasChildNodes();
    (this.left.hidden ? this.right : this.left).append(this.legend);
    this.#hide(scene);
    this.spotlight.take(scene, changed);
  }

  /** Takes away what the scene does not need, and what a teacher hides. */
  #hide(scene) {
    const result = scene.grid(scene.result);
    const idle = { ledger: !Object.keys(scene.accounts).length, transport: !result || result.values.length < 2, code: !scene.code };
    const parts = { ledger: this.account.element, transport: this.transport.element, notes: this.notes, code: this.code };
    for (const [name, part] of Object.entries(parts)) part.hidden = idle[name] || scene.hide.includes(name);
  }

  #handlers(name) {
    return {
      point: (cell, how) => this.spotlight.pointAt(name, cell, how),
      choose: (cell) => this.spotlight.choose(name, cell),
      edit: (cell, text) => this.channel.ask({ kind: "edit", name, cell, text }),
    };
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

  #say(message) {
    this.message.hidden = !message;
    setText(this.message, message ?? "");
  }
}
