// The line of code, which a learner may rewrite. It is sent as text; what it means is found out by reading, not running.

import { h, OWN_KEYS } from "./dom.js";

const HELP = "Enter applies the line, Escape brings the old one back";

export class Line {
  /** `onSend(text)` gets what the learner wrote. */
  constructor(onSend) {
    this.onSend = onSend;
    this.code = "";
    this.element = h("code", { class: "nn-code", spellcheck: "false", ...OWN_KEYS });
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows the line; what the learner is writing stays, unless it was `accepted`. */
  update(code, editable, accepted) {
    if (code !== this.code || accepted) {
      this.code = code;
      if (this.element.textContent !== code) this.element.textContent = code;
    }
    if (editable === this.editable) return;
    this.editable = editable;
    const box = { contenteditable: "plaintext-only", role: "textbox", "aria-label": "line of code", "aria-description": HELP, title: HELP };
    for (const [name, value] of Object.entries(box)) {
      if (editable) this.element.setAttribute(name, value);
      else this.element.removeAttribute(name);
    }
  }

  #key(event) {
    event.stopPropagation();
    if (!this.editable) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.onSend(this.element.textContent);
    }
    if (event.key === "Escape") this.element.textContent = this.code;
  }
}
