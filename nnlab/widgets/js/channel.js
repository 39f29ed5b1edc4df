// Requests to the kernel: one under way at a time, the newest position of a slider instead of each on its way.

const PATIENCE = 4000; // milliseconds until the learner is told that nobody answers
const REST = 120; // milliseconds without another, after which Python hears of a picture that is shown already

/** What an answer is: to somebody else's request or an old one, to one that others wait behind, to the last one. */
export const [STALE, PASSING, NEWEST] = [0, 1, 2];

/** Sends a message. To a kernel that is gone this may throw; that nobody answers is said elsewhere. */
export function tell(model, message) {
  try {
    model.send(message);
  } catch {
    // see above
  }
}

export class Channel {
  /** `onSilence(requests)` gets what was asked for and not answered; `isGone()` if nobody can answer. */
  constructor(model, onSilence, isGone = () => false) {
    this.model = model;
    this.isGone = isGone;
    this.onSilence = onSilence;
    this.name = Math.random().toString(36).slice(2);
    this.number = 0;
    this.queue = [];
    this.open = false;
  }

  /**
   * Asks for a change; a request for the same thing that still waits is replaced. The first is under way, or rests: while
   * a slider moves over pictures that are there, the kernel would only take the processor from the page.
   */
  ask(request) {
    const about = (r) => `${r.kind}/${r.name}/${r.cell ?? ""}`;
    const stays = (waiting, at) => (this.open && at === 0) || !waiting.name || about(waiting) !== about(request);
    this.queue = this.queue.filter(stays);
    this.queue.push(request);
    clearTimeout(this.resting);
    if (this.open) return;
    if (this.settled) this.resting = setTimeout(() => this.#next(), REST);
    else this.#next();
  }

  /** Takes note of an answer, and says what it is; NEWEST as well where nothing was asked. */
  heard(answer) {
    if (!this.open) return NEWEST;
    if (answer?.view !== this.name || answer.number !== this.number) return STALE;
    clearTimeout(this.timer);
    this.open = false;
    this.queue.shift();
    if (!this.queue.length) return NEWEST;
    this.#next();
    return PASSING;
  }

  /** True if Python, too, will show what is shown. */
  get settled() {
    return this.queue.every((request) => request.shown);
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.resting);
  }

  #next() {
    const { shown, ...request } = this.queue[0];
    this.open = true;
    this.number += 1;
    this.timer = setTimeout(() => {
      this.open = false;
      this.onSilence(this.queue.splice(0));
    }, this.isGone() ? 0 : PATIENCE);
    tell(this.model, { ...request, view: this.name, number: this.number });
  }
}
