// Making elements in one line each.

/** An element with properties (`class`, `aria-*`, `data-*`, handlers as `onclick`) and children. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") element.style.cssText = value;
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Sets text only where it differs, so that an unchanged cell costs nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A small drawing of filled paths in a 16 x 16 box. */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** Everything a focusable element needs to keep its keys from JupyterLab. */
export const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };
