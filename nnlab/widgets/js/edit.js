// Typing a new number over an old one.

import { h } from "./dom.js";

/** Opens a box in `host`. `done(text | null, focus)`: the new text (null: left as it was), and if the keys ended it. */
export function typeOver(host, label, text, start, done) {
  const box = h("input", { class: "nn-edit", inputmode: "decimal", "aria-label": `new value of ${label}` });
  box.value = start ?? text;
  let open = true;
  const close = (keep, focus) => {
    if (!open) return;
    open = false;
    const typed = box.value.trim();
    box.remove();
    done(keep && (start !== undefined || typed !== text) ? typed : null, focus);
  };
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") close(true, true);
    if (event.key === "Escape") close(false, true);
  });
  for (const kind of ["click", "pointerdown"]) box.addEventListener(kind, (event) => event.stopPropagation());
  box.addEventListener("blur", () => close(true, false));
  host.append(box);
  box.focus();
  if (start === undefined) box.select();
}
