// Play, step and scrub: where the cursor is among the result's cells.

import { h, icon, OWN_KEYS, setText } from "./dom.js";

const PLAY = "M4 2.5v11l9.5-5.5z";
const PAUSE = "M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z";
const BACK = "M3 2.5h2.5v11H3zM13 2.5v11L5.5 8z";
const NEXT = "M10.5 2.5H13v11h-2.5zM3 2.5v11L10.5 8z";
const BEAT = 700; // milliseconds a position stays while playing: long enough to read one product

export class Transport {
  /** `onMove(position)` is called for every change of place that starts here, `onPlay(playing)` when that begins and ends. */
  constructor(onMove, onPlay) {
    Object.assign(this, { onMove, onPlay });
    this.position = 0;
    this.count = 1;
    this.play = this.#button("play", PLAY, () => (this.timer ? this.pause() : this.start()));
    this.scrub = h("input", {
      type: "range",
      min: 0,
      step: 1,
      "aria-label": "position",
      ...OWN_KEYS,
      onkeydown: (event) => event.stopPropagation(),
      oninput: () => {
        this.pause();
        this.onMove(Number(this.scrub.value));
      },
    });
    this.label = h("output", {});
    this.element = h(
      "div",
      { class: "nn-transport", role: "group", "aria-label": "play and step" },
      this.#button("back", BACK, () => this.step(-1)),
      this.play,
      this.#button("next", NEXT, () => this.step(1)),
      this.scrub,
      this.label,
    );
  }

  update(position, count, where) {
    this.position = position;
    this.count = count;
    this.scrub.max = count - 1;
    this.scrub.value = position;
    this.scrub.setAttribute("aria-valuetext", where);
    setText(this.label, `${position + 1} of ${count}`);
  }

  get playing() {
    return this.timer !== undefined;
  }

  step(by) {
    this.pause();
    this.onMove((this.position + by + this.count) % this.count);
  }

  start() {
    this.timer = setInterval(() => {
      if (this.position + 1 >= this.count) this.pause();
      else this.onMove(this.position + 1);
    }, BEAT);
    this.#face("pause", PAUSE);
    this.onMove(this.position + 1 >= this.count ? 0 : this.position + 1);
  }

  pause() {
    if (!this.playing) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.#face("play", PLAY);
    this.onMove(this.position);
  }

  #face(name, path) {
    this.onPlay(this.playing);
    this.play.setAttribute("aria-label", name);
    this.play.title = name;
    this.play.replaceChildren(icon(path));
  }

  #button(name, path, onclick) {
    const onkeydown = (event) => event.stopPropagation();
    const named = { title: name, "aria-label": name, class: `nn-${name}` };
    return h("button", { type: "button", ...named, ...OWN_KEYS, onclick, onkeydown }, icon(path));
  }
}
