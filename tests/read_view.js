// Reads every number that a view displays: points at each cell, steps through the result, walks along each chart.

(view) => {
  const text = (element) => (element ? element.textContent.replaceAll("\u2212", "-") : null);
  const all = (selector, within = view) => [...within.querySelectorAll(selector)];
  const value = (element) => text(element.querySelector(".nn-value"));

  // What stands in the card of one term, or of one use: [the small line, "=" or "≈", the number, where it goes].
  const card = (element) => {
    const goal = text(element.querySelector(".nn-goal"));
    const equals = element.querySelector(".nn-equals");
    if (!equals) return ["line", text(element.firstChild), null, goal];
    return [text(element.children[0]), text(equals).slice(0, 2).trim(), value(equals), goal];
  };
  const line = (element) => [element.className, text(element.firstChild), value(element)];
  const step = (element) => {
    const grid = element.dataset.grid;
    if (element.classList.contains("nn-line")) {
      const [name, side, result] = [".nn-name", ".nn-side", ".nn-result"].map((each) => text(element.querySelector(each)));
      return { grid, name, side, result };
    }
    const groups = all(".nn-group", element).map((group) => {
      const subtotal = group.querySelector(".nn-subtotal");
      return { cards: all(".nn-product", group).map(card), subtotal: subtotal && value(subtotal) };
    });
    return { grid, groups, lines: all(".nn-account > *", element).map(line) };
  };
  const badges = () => all(".nn-badge:not(:empty)").map((badge) => {
    const cell = badge.closest(".nn-cell");
    return [cell.closest(".nn-grid").dataset.name, Number(cell.dataset.cell), text(badge)];
  });
  const lit = () => all(".nn-lit").map((cell) => [cell.closest(".nn-grid").dataset.name, Number(cell.dataset.cell)]);

  const grids = {};
  for (const grid of all(".nn-grid")) {
    const cells = all(".nn-cell", grid);
    grids[grid.dataset.name] = {
      title: text(grid.querySelector("figcaption b")),
      size: text(grid.querySelector("figcaption span")),
      cells: grid.dataset.look === "tiles" ? null : cells.map(value),
      heads: all(".nn-head", grid).map(text),
      sheets: all(".nn-caption", grid).map(text),
      scale: grid.querySelector(".nn-scale").hidden ? null : all(".nn-scale span", grid).map(text),
      ticks: all(".nn-axis", grid).map((axis) => all("span", axis).map((tick) => [tick.style.getPropertyValue("--at"), text(tick)])),
      places: grid.dataset.look === "points" ? cells.map((cell) => cell.style.getPropertyValue("--at")) : null,
      marks: cells.map((cell) => cell.dataset.marks ?? ""),
    };
  }

  const pointed = {};
  const [sum, uses] = [view.querySelector(".nn-sum"), view.querySelector(".nn-uses")];
  for (const grid of all(".nn-grid")) {
    pointed[grid.dataset.name] = all(".nn-cell", grid).map((cell) => {
      cell.dispatchEvent(new PointerEvent("pointerenter"));
      const readout = text(grid.querySelector(".nn-readout"));
      if (uses.hidden) return { steps: all(":scope > .nn-step", sum).map(step), head: null, cards: [], badges: badges(), lit: lit(), readout, plain: text(sum) };
      return {
        steps: all(":scope > .nn-step", uses).map(step),
        head: text(uses.querySelector(":scope > p")),
        cards: all(":scope > div:not(.nn-step) > .nn-product", uses).map(card),
        badges: badges(),
        readout,
      };
    });
    for (const cells of all(".nn-cells", grid)) cells.dispatchEvent(new PointerEvent("pointerleave"));
  }

  const walk = [];
  const scrub = view.querySelector(".nn-transport input");
  for (let position = 0; position <= Number(scrub.max); position++) {
    scrub.value = position;
    scrub.dispatchEvent(new Event("input"));
    walk.push([text(view.querySelector(".nn-transport output")), text(sum)]);
  }

  const curves = {};
  for (const chart of all(".nn-curves")) {
    const plot = chart.querySelector(".nn-plot");
    const press = (key) => plot.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const here = text(chart.querySelector(".nn-readout"));
    press("Home");
    const readouts = [];
    for (let point = 0; point <= Number(plot.getAttribute("aria-valuemax")); point++) {
      readouts.push(text(chart.querySelector(".nn-readout")));
      press("ArrowRight");
    }
    plot.dispatchEvent(new PointerEvent("pointerleave"));
    const ticks = (kind) => all(`.nn-${kind}`, chart).map((tick) => [tick.style.getPropertyValue("--at"), text(tick)]);
    curves[chart.dataset.name] = { here, readouts, x: ticks("x"), y: ticks("y"), keys: all(".nn-keys li", chart).map(text) };
  }

  const maps = {};
  for (const chart of all(".nn-treemap")) {
    const menu = chart.querySelector("select");
    maps[chart.dataset.name] = [...menu.options].map((option) => {
      menu.value = option.value;
      menu.dispatchEvent(new Event("change"));
      const boxes = all(".nn-box", chart).map((box) => {
        box.dispatchEvent(new PointerEvent("pointerenter"));
        const [width, height] = ["width", "height"].map((side) => parseFloat(box.style[side]));
        return { index: Number(box.dataset.index), area: width * height / 1e4, number: text(box.querySelector("em")),
          share: text(box.querySelector("small")), readout: text(chart.querySelector(".nn-readout")) };
      });
      const rows = all("table tr", chart).slice(1).map((row) => all("td", row).map(text));
      return { measure: option.value, total: text(chart.querySelector("figcaption span")), boxes, rows };
    });
  }

  const [title, formula, code] = ["header b", ".nn-formula", ".nn-code"].map((selector) => text(view.querySelector(selector)));
  const message = view.querySelector(".nn-message");
  return { title, formula, code, notes: all(".nn-notes li").map(text), message: message.hidden ? "" : text(message),
    grids, pointed, walk, curves, maps };
}
