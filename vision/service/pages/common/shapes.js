// One shape and one colour for each class: the colours of Okabe and Ito, told apart by colour-blind eyes, and shapes
// for everyone else. Paths are drawn about (0, 0) within ±8.

export const SHAPES = {
  pedestrian: { colour: "#0072b2", path: "M0 -6.2A6.2 6.2 0 1 1 0 6.2A6.2 6.2 0 1 1 0 -6.2Z" },
  bicycle: { colour: "#009e73", path: "M0 -7.4L7.2 5.6H-7.2Z" },
  motorcycle: { colour: "#cc79a7", path: "M0 -7.8L7.8 0L0 7.8L-7.8 0Z" },
  car: { colour: "#d55e00", path: "M-6 -6H6V6H-6Z" },
  truck: { colour: "#707070", path: "M-4 -7H4L8 0L4 7H-4L-8 0Z" },
  bus: { colour: "#e69f00", path: "M-8 -4.6H8V4.6H-8Z" },
  swimmer: { colour: "#56b4e9", path: "M0 -8C4 -3 6 -0.5 6 2.2A6 6 0 1 1 -6 2.2C-6 -0.5 -4 -3 0 -8Z" },
};

const SVG = "http://www.w3.org/2000/svg";

export function svg(name, attributes = {}, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

export function icon(className) {
  const { colour, path } = SHAPES[className];
  const element = svg("svg", { viewBox: "-9 -9 18 18", class: "icon", "aria-hidden": "true" });
  element.append(svg("path", { d: path, fill: colour }));
  return element;
}
