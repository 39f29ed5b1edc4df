// What the marks in the grids mean, and which numbers a learner may change.

import { h } from "./dom.js";

export function legend(scene) {
  const grids = scene.parts.filter((part) => part.kind === "grid");
  const marks = new Map(grids.flatMap((grid) => grid.marks.map((mark) => [mark.label, mark.style])));
  const sample = (style) => h("i", { "data-marks": style, "aria-hidden": "true" });
  const items = [...marks].map(([label, style]) => h("li", {}, sample(style), label));
  const ways = { "Drag a dot, or press its arrow keys": (look) => look === "points", "Click a number to change it": (look) => look !== "points" };
  for (const [way, fits] of Object.entries(ways)) {
    const titles = grids.filter((grid) => grid.editable && fits(grid.look)).map((grid) => grid.title.toLowerCase());
    if (titles.length) items.push(h("li", {}, `${way}: ${titles.join(", ")}.`));
  }
  return items;
}
