// The lists beside the sheet: names and words of what is drawn, and the metres of ground points.

import { say } from "../common/words.js";

const KINDS = ["area", "waiting", "crossing", "lane"];

function field(words, value, onInput, attributes = {}) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  Object.assign(input, { value, ...attributes });
  input.addEventListener("change", () => onInput(input.value));
  label.append(words, input);
  return label;
}

function choice(words, value, known, onChange) {
  const label = document.createElement("label");
  const select = document.createElement("select");
  select.append(...known.map((name) => new Option(say(name), name)));
  select.value = value;
  select.addEventListener("change", () => onChange(select.value));
  label.append(words, select);
  return label;
}

function row(fields, name, onRemove) {
  const group = document.createElement("div");
  group.className = "thing";
  group.role = "group";
  group.ariaLabel = name;
  const remove = document.createElement("button");
  Object.assign(remove, { type: "button", className: "plain", textContent: "✕", ariaLabel: `${say("remove")} ${name}` });
  remove.addEventListener("click", onRemove);
  group.append(...fields, remove);
  return group;
}

// Fill the three lists; what had the focus has it again.
export function listThings({ lines, zones, points }, drawing) {
  const { state } = drawing;
  const change = (noun, index, key) => (value) => drawing.change(noun, index, { [key]: value || null });
  lines.replaceChildren(...state.lines.map((line, index) => row([
    field(say("name"), line.name, (name) => drawing.change("lines", index, { name })),
    field(say("wordsForward"), line.forward ?? "", change("lines", index, "forward")),
    field(say("wordsBackward"), line.backward ?? "", change("lines", index, "backward")),
  ], line.name, () => drawing.remove("lines", index))));
  zones.replaceChildren(...state.zones.map((zone, index) => row([
    field(say("name"), zone.name, (name) => drawing.change("zones", index, { name })),
    choice(say("kind"), zone.kind, KINDS, (kind) => drawing.change("zones", index, { kind })),
  ], zone.name, () => drawing.remove("zones", index))));
  points.replaceChildren(...state.points.map((point, index) => row([0, 1].map((axis) =>
    field(`${"xy"[axis]}, m`, point.metres[axis], (text) => drawing.change("points", index, {
      metres: point.metres.map((old, place) => (place === axis && Number.isFinite(Number(text)) ? Number(text) : old)),
    }), { type: "number", step: "any" })), `${say("drawGround")} ${index + 1}`, () => drawing.remove("points", index))));
}
