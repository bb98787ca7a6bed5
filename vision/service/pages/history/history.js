// The history page: what was chosen, and the panels that show it.

import { PERIODS, STEPS, fromAddress, intoAddress, moved, sound, withPeriod } from "./choices.js";
import { spanInWords } from "./folded.js";
import { Heat } from "./heat.js";
import { byId, onLanguage, tellTime, translatePage, waitForPlace } from "../common/page.js";
import { Movements, Passages, Speeds } from "./panels.js";
import { say, title } from "../common/words.js";

const form = byId("choices");
const panels = { passages: new Passages(), speeds: new Speeds(), movements: new Movements(), heat: new Heat() };
let place = null;
let choices = null;

const cameraOf = () => place.cameras.find(({ camera }) => camera === choices.camera);

function fill(name, options) {
  form.elements[name].replaceChildren(...options.map(([value, words]) => new Option(words, value)));
  form.elements[name].value = choices[name];
}

function showChoices() {
  const camera = cameraOf();
  const line = camera.lines.find(({ name }) => name === choices.line);
  const named = (names) => names.map((name) => [name, title(name)]);
  fill("camera", named(place.cameras.map((one) => one.camera)));
  fill("line", [["", say("allLines")], ...named(camera.lines.map(({ name }) => name))]);
  fill("direction", [["", say("both")], ...["forward", "backward"].map((name) => [name, line?.[name] ?? say(name)])]);
  fill("class", [["", say("all")], ...camera.classes.map((name) => [name, say(name)])]);
  fill("period", Object.keys(PERIODS).map((name) => [name, say(name)]));
  fill("by", STEPS[choices.period].map((name) => [name, say({ hour: "byHour", day: "byDay", week: "byWeek" }[name])]));
  fill("stack", ["class", "direction", "line"].map((name) => [name, say({ class: "byClass", direction: "byDirection", line: "byLine" }[name])]));
  form.elements.from.value = choices.from;
  byId("span").textContent = spanInWords(choices.from, PERIODS[choices.period], place.site.timezone);
}

function show() {
  const zone = place.site.timezone;
  showChoices();
  panels.passages.load(choices, cameraOf(), zone);
  panels.speeds.load(choices, zone);
  panels.movements.load(choices, zone);
  panels.heat.load(choices, cameraOf(), zone);
}

function choose(asked) {
  choices = sound(asked, place.cameras, place.site.timezone);
  intoAddress(choices);
  show();
}

function translate() {
  translatePage(place?.site);
  if (place === null) return;
  tellTime(place.site);
  show();
}

async function start() {
  place = await waitForPlace();
  choices = sound(fromAddress(), place.cameras, place.site.timezone);
  translate();
  setInterval(() => tellTime(place.site), 1000);
}

form.addEventListener("change", ({ target }) => {
  if (!form.reportValidity()) return;
  choose(target.name === "period" ? withPeriod(choices, target.value) : Object.fromEntries(new FormData(form)));
});
form.addEventListener("submit", (event) => event.preventDefault());
byId("earlier").addEventListener("click", () => choose(moved(choices, -1)));
byId("later").addEventListener("click", () => choose(moved(choices, 1)));
byId("stops").addEventListener("change", () => panels.heat.load(choices, cameraOf(), place.site.timezone));
addEventListener("popstate", () => {
  choices = sound(fromAddress(), place.cameras, place.site.timezone);
  show();
});
onLanguage(translate);
translate();
start();
