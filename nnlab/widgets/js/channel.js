// Requests to the kernel: one under way at a time, the newest position of a slider instead of each on its way.

const PATIENCE = 4000; // milliseconds until the learner is told that nobody answers

export class Channel {
  constructor(model, onSilence) {
    this.model = model;
    this.onSilence = onSilence;
    this.name = Math.random().toString(36).slice(2);
    this.number = 0;
    this.queue = [];
    this.open = false;
  }

  /** Asks for a change; a request for the same thing that still waits is replaced. */
  ask(request) {
    const about = (r) => `${r.kind}/${r.name}/${r.cell ?? ""}`;
    this.queue = this.queue.filter((waiting) => about(waiting) !== about(request));
    this.queue.push(request);
    if (!this.open) this.#next();
  }

  /** Takes note of an answer. True if the scene it came with is the newest that this view asked for. */
  heard(answer) {
    if (!this.open) return true;
    if (answer?.view !== this.name || answer.number !== this.number) return false;
    clearTimeout(this.timer);
    this.open = false;
    if (!this.queue.length) return true;
    this.#next();
    return false;
  }

  close() {
    clearTimeout(this.timer);
  }

  #next() {
    this.open = true;
    this.number += 1;
    this.timer = setTimeout(() => {
      this.open = false;
      this.queue = [];
      this.onSilence();
    }, PATIENCE);
    try {
      this.model.send({ ...this.queue.shift(), view: this.name, number: this.number });
    } catch {
      // A kernel that is gone may throw here; the timer says it in words.
    }
  }
}
