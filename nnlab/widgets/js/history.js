// Undo and redo, as buttons and keys; and which moves belong to one gesture, which is taken back as one.

import { h, icon, OWN_KEYS } from "./dom.js";

const UNDO = "M6.2 2 2 6.2l4.2 4.2V7.6h3.1a2.7 2.7 0 0 1 0 5.4H5v1.6h4.3a4.3 4.3 0 0 0 0-8.6H6.2z";
const REDO = "M9.8 2 14 6.2l-4.2 4.2V7.6H6.7a2.7 2.7 0 0 0 0 5.4H11v1.6H6.7a4.3 4.3 0 0 1 0-8.6h3.1z";
const WRITING = "input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]";

export class History {
  /** `onAsk("undo" | "redo")` is called for both ways, keys inside `root` among them. */
  constructor(root, onAsk) {
    this.onAsk = onAsk;
    this.gesture = 0;
    this.undo = this.#button("undo", UNDO);
    this.redo = this.#button("redo", REDO);
    this.element = h("div", { class: "nn-history", role: "group", "aria-label": "undo and redo" }, this.undo, this.redo);
    root.addEventListener("pointerdown", () => (this.gesture += 1), true);
    root.addEventListener("keydown", (event) => this.#key(event), true);
  }

  /** `undo` and `redo` name what they would change, if there is anything. */
  update({ undo, redo }, hidden) {
    this.element.hidden = hidden || undo === undefined;
    for (const [button, name, what] of [[this.undo, "undo", undo], [this.redo, "redo", redo]]) {
      button.setAttribute("aria-disabled", !what); // not disabled, which would take the focus away
      button.title = what ? `${name} ${what}` : `nothing to ${name}`;
    }
  }

  #key(event) {
    if (!event.repeat) this.gesture += 1;
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y") || event.target.closest(WRITING)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#ask(key === "y" || event.shiftKey ? this.redo : this.undo);
  }

  #ask(button) {
    if (button.getAttribute("aria-disabled") !== "true" && !this.element.hidden) this.onAsk(button.getAttribute("aria-label"));
  }

  #button(name, path) {
    const button = h("button", { type: "button", "aria-label": name, ...OWN_KEYS }, icon(path));
    button.addEventListener("click", () => this.#ask(button));
    button.addEventListener("keydown", (event) => event.stopPropagation());
    return button;
  }
}
