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
    this.changed = () => this.#read(root);
    this.changed();
    model.on("msg:custom", this.heard);
    model.on("change:lattice", this.changed);
  }

  destroy() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.heard);
    this.model.off("change:lattice", this.changed);
  }

  /** Python shows a picture that belongs to the lattice of that number, and stands `at` these values in it. */
  take(number, at) {
    this.number = number;
    this.at = at;
    if (number !== undefined && this.model.get("lattice")?.number !== number) this.#ask(IDLE);
    else clearTimeout(this.timer);
  }

  /** The scene with one control at another value, if it is there; it is taken to be drawn. */
  move(name, value) {
    const control = this.lattice && this.lattice.number === this.number ? this.lattice.controls.indexOf(name) : -1;
    if (control < 0) return undefined;
    const at = this.at.with(control, value);
    const scene = this.find(JSON.stringify(at));
    if (scene) this.at = at;
    return scene;
  }

  /** Unzips what arrived. Each scene is unpacked when it is first wanted. */
  async #read(root) {
    const lattice = this.model.get("lattice");
    if (!lattice?.count) return;
    const zipped = new Blob([this.model.get("lattice_data")]).stream();
    const unzipped = new Response(zipped.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
    const buffer = await unzipped.catch(() => undefined); // what cannot be read, say in a page that closes, is asked for
    if (!buffer || lattice !== this.model.get("lattice")) return;
    const { scenes, shared } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 0, lattice.header)));
    const unpack = unpacker(new DataView(buffer, lattice.header), shared);
    // Python writes 1.0 where JavaScript writes 1: read and written here, both are alike.
    const places = new Map(Object.entries(scenes).map(([key, scene]) => [JSON.stringify(JSON.parse(key)), scene]));
    const unpacked = new Map();
    this.find = (position) => {
      if (places.has(position) && !unpacked.has(position)) unpacked.set(position, unpack(places.get(position)));
      return unpacked.get(position);
    };
    this.lattice = lattice;
    root.dataset.ahead = lattice.count;
  }

  #ask(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.isIdle()) tell(this.model, { kind: "ahead" });
      else this.#ask(IDLE);
    }, wait);
  }
}
