// Numbers as they are printed, and arithmetic on exactly what is printed (in integers, so nothing is lost).

const MINUS = "\u2212";

/** `value` with that many decimals, a typographic minus sign and no negative zero. */
export function format(value, digits) {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", MINUS);
}

/** What `format` prints, times 10 ** digits, as an integer. */
export const printed = (value, digits) => BigInt(value.toFixed(digits).replace(".", ""));

/** An integer of `printed`'s kind as text. */
export function asText(integer, digits) {
  const sign = integer < 0n ? MINUS : "";
  const text = String(integer < 0n ? -integer : integer).padStart(digits + 1, "0");
  return sign + (digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text);
}

/** In brackets where a minus sign would meet a multiplication sign. */
export const bracketed = (text) => (text.startsWith(MINUS) ? `(${text})` : text);
