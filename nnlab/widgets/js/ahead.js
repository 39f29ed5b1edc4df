// Pictures that Python computed ahead: asked for while nothing else happens, drawn without asking again.

import { tell } from "./channel.js";
import { unpacker } from "./payload.js";

const IDLE = 250; // milliseconds without a change before the kernel is asked to compute ahead
const TURN = 30; // milliseconds between two turns of its computing, in which it can answer something else

export class Ahead {
  /** `isIdle()` is true while no request of the learner is under way; `root` notes how many pictures are there. */
  constructor(model, isIdle, root) {
    this.model = model;
    this.isIdle = isIdle;
    this.heard = (message) => message?.kind === "more" && this.#ask(TURN);
    this.changed = () => {
      this.scenes = null;
      root.dataset.ahead = Object.keys(model.get("lattice")?.scenes ?? {}).length;
    };
    this.changed();
    model.on("msg:custom", this.heard);
    model.on("change:lattice", this.changed);
  }

  destroy() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.heard);
    this.model.off("change:lattice", this.changed);
  }

  /** Python shows a picture that belongs to the lattice of that number. */
  take(number) {
    this.number = number;
    if (number !== undefined && this.model.get("lattice")?.number !== number) this.#ask(IDLE);
    else clearTimeout(this.timer);
  }

  /** The scene with one control at another value, if it is there. */
  scene(shown, name, value) {
    const lattice = this.model.get("lattice");
    if (lattice?.number === undefined || lattice.number !== this.number || !lattice.controls.includes(name)) return undefined;
    this.scenes ??= this.#unpacked(lattice);
    const values = new Map(shown.controls.map((control) => [control.name, control.value])).set(name, value);
    return this.scenes(JSON.stringify(lattice.controls.map((control) => values.get(control))));
  }

  /** Finds scenes by position; each is unpacked when it is first wanted. */
  #unpacked({ scenes, shared }) {
    const unpack = unpacker(this.model.get("lattice_data"), shared);
    // Python writes 1.0 where JavaScript writes 1: read and written here, both are alike.
    const places = new Map(Object.entries(scenes).map(([key, scene]) => [JSON.stringify(JSON.parse(key)), scene]));
    return (position) => (places.has(position) ? unpack(places.get(position)) : undefined);
  }

  #ask(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.isIdle()) tell(this.model, { kind: "ahead" });
      else this.#ask(IDLE);
    }, wait);
  }
}
