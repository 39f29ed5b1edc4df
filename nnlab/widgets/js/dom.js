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

/** An element of a drawing, with attributes and children. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A small drawing of filled paths in a 16 x 16 box. */
export const icon = (path) => svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: path }));

/** Everything a focusable element needs to keep its keys from JupyterLab. */
export const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };
