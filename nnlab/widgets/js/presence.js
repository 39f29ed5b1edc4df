// Whether there is a kernel behind the picture. Jupyter says when the connection to it changed, but not to what; so
// the kernel is asked, and a picture that gets no answer says so and stays.

import { tell } from "./channel.js";
import { h, setText } from "./dom.js";

const PATIENCE = 1500; // milliseconds that a kernel has to answer
const GONE =
  "There is no kernel behind this picture. Pointing, playing and what was computed ahead still work; to change more, run the cell again.";

export class Presence {
  constructor(model) {
    this.model = model;
    this.element = h("p", { class: "nn-gone", role: "status" });
    this.ask = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.#set(true), PATIENCE);
      tell(model, { kind: "here" });
    };
    this.heard = () => {
      clearTimeout(this.timer);
      this.#set(false);
    };
    this.#set(model.alone === true);
    model.on("comm_live_update", this.ask);
    model.on("msg:custom change:header", this.heard);
  }

  destroy() {
    clearTimeout(this.timer);
    this.model.off("comm_live_update", this.ask);
    this.model.off("msg:custom change:header", this.heard);
  }

  #set(gone) {
    this.gone = gone;
    setText(this.element, gone ? GONE : "");
  }
}
