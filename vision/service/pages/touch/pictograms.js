// One pictogram for each class, drawn for this house: readable at a glance, from afar, and without reading.

import { SHAPES, svg } from "../common/shapes.js";

// On a sheet of 64 by 64: strokes with their widths, filled shapes, and shapes cut out of these.
const DRAWINGS = {
  pedestrian: {
    strokes: [[7, "M33 22L31 39L40 47L43 58M31 39L27 48L20 58M32 24L22 30L20 38M34 24L41 31L48 34"]],
    fills: ["M34 4A6.5 6.5 0 1 1 34 17A6.5 6.5 0 1 1 34 4Z"],
  },
  bicycle: {
    strokes: [
      [4.5, "M15 33A11.5 11.5 0 1 1 15 56A11.5 11.5 0 1 1 15 33ZM49 33A11.5 11.5 0 1 1 49 56A11.5 11.5 0 1 1 49 33Z"],
      [4.5, "M15 44.5L24 25H43L49 44.5M24 25L31 44.5L43 25M15 44.5H31M43 25L41 15H50M18 19H28M24 25L22.5 20"],
    ],
    fills: [],
  },
  motorcycle: {
    strokes: [
      [5.5, "M13 36A9.5 9.5 0 1 1 13 55A9.5 9.5 0 1 1 13 36ZM51 36A9.5 9.5 0 1 1 51 55A9.5 9.5 0 1 1 51 36Z"],
      [6, "M51 45L42 21H35M13 45L22 36"],
    ],
    fills: ["M6 26H27L32 29H43L46 38L38 50H24L20 36L8 32Z"],
  },
  car: {
    strokes: [],
    fills: [
      "M4 44V35Q4 31 8 30L15 28L22 18Q24 15 28 15H40Q44 15 46 18L52 28Q60 29 60 36V44Q60 46 58 46H6Q4 46 4 44Z",
      "M17 39A7.5 7.5 0 1 1 17 54A7.5 7.5 0 1 1 17 39ZM47 39A7.5 7.5 0 1 1 47 54A7.5 7.5 0 1 1 47 39Z",
    ],
    holes: ["M22 28L27 20H32V28ZM36 20H41L46 28H36Z", "M17 43.5A3 3 0 1 1 17 49.5A3 3 0 1 1 17 43.5ZM47 43.5A3 3 0 1 1 47 49.5A3 3 0 1 1 47 43.5Z"],
  },
  truck: {
    strokes: [],
    fills: [
      "M3 12H39V45H3ZM42 21H52L61 33V45H42Z",
      "M15 38A7.5 7.5 0 1 1 15 53A7.5 7.5 0 1 1 15 38ZM49 38A7.5 7.5 0 1 1 49 53A7.5 7.5 0 1 1 49 38Z",
    ],
    holes: ["M46 25H50.5L56 33H46Z", "M15 42.5A3 3 0 1 1 15 48.5A3 3 0 1 1 15 42.5ZM49 42.5A3 3 0 1 1 49 48.5A3 3 0 1 1 49 42.5Z"],
  },
  bus: {
    strokes: [],
    fills: [
      "M4 15Q4 11 8 11H56Q60 11 60 15V45Q60 47 58 47H6Q4 47 4 45Z",
      "M17 40A7 7 0 1 1 17 54A7 7 0 1 1 17 40ZM47 40A7 7 0 1 1 47 54A7 7 0 1 1 47 40Z",
    ],
    holes: [
      "M9 17H19V28H9ZM23 17H33V28H23ZM37 17H47V28H37ZM51 17H57V38H51Z",
      "M17 44A3 3 0 1 1 17 50A3 3 0 1 1 17 44ZM47 44A3 3 0 1 1 47 50A3 3 0 1 1 47 44Z",
    ],
  },
  swimmer: {
    strokes: [
      [7, "M9 36L24 29L17 21L32 15L42 32"],
      [5, "M4 46Q11 39 18 46T32 46T46 46T60 46M4 57Q11 50 18 57T32 57T46 57T60 57"],
    ],
    fills: ["M50 20A6.5 6.5 0 1 1 50 33A6.5 6.5 0 1 1 50 20Z"],
  },
};

const LIGHT = "#ffffff";
const DARK = "#10212f";

// Relative luminance of a colour, as WCAG 2.1 defines it.
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16) / 255)
    .map((level) => (level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// A square in the colour of the class, with its pictogram in whichever of light and dark stands out more.
export function pictogram(name) {
  const { colour } = SHAPES[name];
  const { strokes, fills, holes = [] } = DRAWINGS[name];
  const ink = luminance(colour) > 0.18 ? DARK : LIGHT;
  const element = svg("svg", { viewBox: "-8 -8 80 80", class: "pictogram", "aria-hidden": "true" });
  element.append(
    svg("rect", { x: -8, y: -8, width: 80, height: 80, rx: 12, fill: colour }),
    ...strokes.map(([width, d]) => svg("path", {
      d, fill: "none", stroke: ink, "stroke-width": width, "stroke-linecap": "round", "stroke-linejoin": "round",
    })),
    ...fills.map((d) => svg("path", { d, fill: ink })),
    ...holes.map((d) => svg("path", { d, fill: colour })),
  );
  return element;
}
