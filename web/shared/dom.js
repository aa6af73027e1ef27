// Elements from data. Texts stay texts: nothing here reads markup, so nothing that people typed can become any.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `h("p.soft", {id: "x", onclick: f}, "text", other)`. Names of properties are attributes; `on…` are listeners. */
export function h(name, properties, ...children) {
  const [tag, ...classes] = name.split(".");
  return fill(document.createElement(tag), classes, properties, children);
}

/** The same for SVG. */
export function s(name, properties, ...children) {
  return fill(document.createElementNS(SVG, name), [], properties, children);
}

function fill(element, classes, properties, children) {
  if (classes.length) element.classList.add(...classes);
  for (const [key, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** The element with an id. */
export const find = (id) => document.getElementById(id);

/** Puts other children into an element. */
export function put(element, ...children) {
  element.replaceChildren(...children.flat(2).filter((child) => child !== undefined && child !== null && child !== false));
}
