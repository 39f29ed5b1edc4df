// Numbers as they are printed, and arithmetic on exactly what is printed (in integers, so nothing is lost).

const MINUS = "\u2212";
const TOO_LONG = 1e21; // from here on toFixed writes powers of ten

/** `value` with that many decimals, a typographic minus sign and no negative zero. */
export function format(value, digits) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value < 0 ? `${MINUS}∞` : "∞";
  const text = Math.abs(value) < TOO_LONG ? value.toFixed(digits) : value.toExponential(3);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", MINUS);
}

/** What `format` prints, times 10 ** digits, as an integer; null for what is no number to reckon with. */
export function printed(value, digits) {
  return Math.abs(value) < TOO_LONG ? BigInt(value.toFixed(digits).replace(".", "")) : null;
}

/** An integer of `printed`'s kind with more decimals. */
export const raised = (integer, by) => integer * 10n ** BigInt(by);

/** An integer of `printed`'s kind as text. */
export function asText(integer, digits) {
  const sign = integer < 0n ? MINUS : "";
  const text = String(integer < 0n ? -integer : integer).padStart(digits + 1, "0");
  return sign + (digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text);
}

/** In brackets where a minus sign would meet another sign. */
export const bracketed = (text) => (text.startsWith(MINUS) ? `(${text})` : text);

/** 1 product, 2 products. */
export const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
