// Number lines: round numbers to write at them, and a range that does not jump with every change.

/** The least of 1, 2, 5, 10, 20, 50, ... and their tenths that is not under `value`. */
export function round(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((times) => times * power >= value * (1 - 1e-9)) * power;
}

/** The decimals that a multiple of a round step needs. */
export const decimals = (step) => Math.max(0, -Math.floor(Math.log10(step) + 1e-9));

/** Round numbers from `low` to `high`, about `most` of them, as { values, digits }. */
export function ticks(low, high, most = 5) {
  const step = round((high - low) / most);
  const values = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) values.push(at * step);
  return { values, digits: decimals(step) };
}

/** [lowest, highest] of the numbers that are finite, with some room on both sides. */
export function range(values, room) {
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), finite[0] ?? 0);
  const high = finite.reduce((most, value) => Math.max(most, value), finite[0] ?? 1);
  const most = Math.max(Math.abs(low), Math.abs(high));
  const more = (high - low > 1e-6 * most ? high - low : most || 1) * room; // what float32 cannot tell apart is flat
  return [low - more, high + more];
}
