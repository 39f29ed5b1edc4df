// Making elements in one line each.

/** An element with properties (`class`, `aria-*`, `data-*`, handlers as `onclick`) and children. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element[name] = value;
    else if (name === "style") element.style.cssText = value;
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Sets text only where it differs, and in the text that is there, so that an unchanged cell costs nothing and a changed one little. */
export function setText(element, text) {
  const { firstChild } = element;
  if (firstChild && firstChild === element.lastChild && firstChild.nodeType === Node.TEXT_NODE) {
    if (firstChild.data !== text) firstChild.data = text;
  } else if (element.textContent !== text) element.textContent = text;
}

/** Sets a property of the style sheet's own, as "--strength", only where it differs: the page does not compare. */
export function setStyle(element, name, value) {
  if (element.style.getPropertyValue(name) !== `${value}`) element.style.setProperty(name, value);
}

/** Gives an element these children; those that stand in their place are not touched. */
export function place(element, children) {
  children.forEach((child, index) => element.childNodes[index] === child || element.insertBefore(child, element.childNodes[index] ?? null));
  while (element.childNodes.length > children.length) element.lastChild.remove();
}

/** Gives an element other children; those of the same kind stay and take over what differs, which spares the page most of its layout. */
export function renew(element, children) {
  const old = [...element.childNodes];
  children.forEach((child, index) => {
    if (!old[index]) element.append(child);
    else if (old[index].nodeName !== child.nodeName) old[index].replaceWith(child);
    else if (child.nodeType === Node.TEXT_NODE) {
      if (old[index].data !== child.data) old[index].data = child.data;
    } else take(old[index], child);
  });
  for (const rest of old.slice(children.length)) rest.remove();
}

const HANDLERS = ["onpointerenter", "onpointerleave"]; // what elements that are renewed listen to

function take(element, fresh) {
  for (const { name } of [...element.attributes]) if (!fresh.hasAttribute(name)) element.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  for (const name of HANDLERS) element[name] = fresh[name];
  renew(element, [...fresh.childNodes]);
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
