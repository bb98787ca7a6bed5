// The touch screen of a shelter: which screen is shown in which language, and back to the start when left alone.
// `touch.html?language=en` makes English the language to which it goes back.

import { date, hour, phrase, zoneName } from "./phrases.js";
import { Place } from "./place.js";
import { NowScreen, StartScreen } from "./screens.js";
import { TodayScreen } from "./today.js";
import { WhereScreen } from "./where.js";
import { language, say, speak, title } from "../common/words.js";

const IDLE_SECONDS = 45; // since the last touch or key, then back to the start
const SCREENS = { start: StartScreen, now: NowScreen, today: TodayScreen, where: WhereScreen };
const HOME_LANGUAGE = new URLSearchParams(location.search).get("language") === "en" ? "en" : "fr";

const byId = (id) => document.getElementById(id);
const place = new Place(change);
let screen = null;
let touchedAt = performance.now();

function show(name) {
  if (place.site === null) return;
  document.body.dataset.screen = name;
  byId("menu").hidden = name === "start";
  byId("touch").hidden = name !== "start";
  for (const button of byId("menu").children) {
    if (button.dataset.screen === name) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  screen = new SCREENS[name](place);
  byId("screen").replaceChildren(screen.element);
  screen.translate();
  screen.render("place");
  renderAge();
}

function goHome() {
  speak(HOME_LANGUAGE);
  show("start");
  translate();
}

function translate() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-phrase]")) element.textContent = phrase(element.dataset.phrase);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  byId("menu").setAttribute("aria-label", phrase("menu"));
  if (place.site === null) return;
  byId("title").textContent = place.site.title;
  document.title = place.site.title;
  screen?.translate();
  beat();
}

function change(kind, camera) {
  if (place.site === null) {
    tell(phrase("never"));
    return;
  }
  if (kind === "place") goHome();
  if (kind === "beat") beat();
  screen.render(kind, camera);
}

// Once a second: the clock, how old things are, and whether anybody is still there.
function beat() {
  const { timezone } = place.site;
  write(byId("clock"), `${date(Date.now(), timezone)} · ${hour(Date.now(), timezone)} · ${zoneName(timezone)}`);
  renderAge();
  const isAlone = performance.now() - touchedAt >= IDLE_SECONDS * 1000;
  if (isAlone && (document.body.dataset.screen !== "start" || language !== HOME_LANGUAGE)) goHome();
}

function renderAge() {
  document.body.classList.toggle("is-old", place.isOld);
  const blind = place.cameras.filter((camera) => !place.isFresh(camera));
  if (place.isOld) {
    tell(place.since === null ? phrase("never") : phrase("old", hour(place.since, place.site.timezone)));
  } else if (blind.length > 0) {
    tell(phrase("someBlind", blind.map(({ name, state }) => reason(title(name), state)).join(", ")));
  } else {
    tell("");
  }
}

const reason = (name, state) => (state === "live" ? name : `${name} (${say(state)})`);

function tell(words) {
  write(byId("alarm"), words);
  byId("alarm").hidden = words === "";
}

function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.language) {
    speak(button.dataset.language);
    translate();
  } else if (button?.dataset.screen) {
    show(button.dataset.screen);
    byId("screen").focus({ preventScroll: true });
  } else if (document.body.dataset.screen === "start") {
    show("now");
  }
});
for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, () => {
    touchedAt = performance.now();
  });
}
for (const kind of ["contextmenu", "dragstart"]) document.addEventListener(kind, (event) => event.preventDefault());
window.addEventListener("resize", () => screen?.render("place"));
translate();
