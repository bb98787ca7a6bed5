// The page: asks for the place and its cameras, then listens to what happens.

import { Card } from "./card.js";
import { Day } from "../common/day.js";
import { ask, byId, onLanguage, raiseAlarm, tellTime, translatePage, waitForPlace } from "../common/page.js";
import { PlanProjection, onPlan } from "./plan.js";
import { Plane } from "../common/plane.js";
import { icon } from "../common/shapes.js";
import { language, say } from "../common/words.js";

const RELOAD_SECONDS = 60;
const TODAY_SECONDS = 60;
const SETTLE_SECONDS = 5; // the first totals are asked again so soon, for what was being written meanwhile
const RETRY_SECONDS = 3;
const CUT_SECONDS = 2;
const ALARM_SECONDS = 8;
const ANNOUNCE_SECONDS = 15;

const cards = new Map();
let site = null;
let day = null;
let stream = null;
let heardAt = null;
let unannounced = new Map();

async function start() {
  const place = await waitForPlace();
  ({ site } = place);
  day = new Day(site.today);
  const plan = makePlan(place.cameras);
  for (const camera of place.cameras) {
    const isPlanned = plan !== null && Boolean(camera.ground?.offset);
    cards.set(camera.camera, new Card(camera, day, site.timezone, isPlanned ? plan : null));
  }
  byId("cameras").append(...[...cards.values()].map((card) => card.element));
  translate();
  watchSight();
  listen();
}

function makePlan(cameras) {
  const planned = onPlan(cameras);
  byId("plan").hidden = planned.length === 0;
  if (planned.length === 0) return null;
  return new Plane(byId("plan").querySelector(".plane"), planned, new PlanProjection(planned, site.map), () => site.title);
}

// A card that comes into sight asks for its day.
function watchSight() {
  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const card = [...cards.values()].find(({ element }) => element === target);
      card.isInSight = isIntersecting;
      if (isIntersecting && card.usual.hours === null) card.loadToday().catch(() => {});
    }
  }, { rootMargin: "100%" });
  for (const card of cards.values()) sight.observe(card.element);
}

function listen() {
  stream = new EventSource("api/v1/live");
  const on = (kind, handle) => stream.addEventListener(kind, (event) => {
    heardAt = new Date();
    handle(JSON.parse(event.data));
  });
  on("snapshot", (snapshot) => cards.get(snapshot.camera)?.show(snapshot));
  on("crossing", (told) => cards.get(told.camera)?.cross(told));
  on("passage", (passage) => {
    day.pass(passage);
    const card = cards.get(passage.camera);
    if (card) unannounced.set(`${passage.camera}/${passage.line}/${passage.direction}`, card.pass(passage));
  });
  on("state", ({ camera, state }) => {
    const card = cards.get(camera);
    if (!card) return;
    card.state = state;
    card.renderState();
  });
  on("lost", ({ others }) => others > 0 && loadTotals());
  stream.addEventListener("open", () => {
    heardAt = new Date();
    loadTotals();
    setTimeout(loadTotals, SETTLE_SECONDS * 1000);
  });
  // A browser gives up for good where the service answers with an error.
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, RETRY_SECONDS * 1000);
  });
}

async function loadTotals() {
  try {
    const { sites: [today] } = await ask("sites");
    if (today.today !== day.start) location.reload(); // midnight
    await day.load();
    for (const card of cards.values()) card.renderFigures();
  } catch {
    // The figures stay; the alarm says so if the service has gone.
  }
}

function translate() {
  translatePage(site);
  if (site === null) return;
  const shown = new Set([...cards.values()].flatMap((card) => card.camera.classes));
  byId("legend").replaceChildren(...[...shown].map((name) => {
    const item = document.createElement("li");
    item.append(icon(name), say(name));
    return item;
  }));
  for (const card of cards.values()) card.translate();
  beat();
}

// Once a second: the clock, and how old things are.
function beat() {
  if (site) tellTime(site);
  if (stream === null) return;
  const isSilent = heardAt !== null && streamIsSilent();
  raiseAlarm(isSilent ? say("alarm", heardAt.toLocaleTimeString(language, { timeZone: site.timezone })) : "");
  const shown = heardAt === null ? "connecting" : isSilent ? "stalled" : "live";
  byId("link").dataset.state = shown;
  byId("link").textContent = say(shown);
  for (const card of cards.values()) card.renderState();
}

function streamIsSilent() {
  const seconds = (Date.now() - heardAt) / 1000;
  const isCut = stream.readyState !== EventSource.OPEN;
  const anyLive = [...cards.values()].some((card) => card.state === "live");
  return (isCut && seconds >= CUT_SECONDS) || (anyLive && seconds >= ALARM_SECONDS);
}

function announce() {
  byId("announcement").textContent = [...unannounced.values()].slice(-3).join(" ");
  unannounced = new Map();
}

onLanguage(translate);
translate();
setInterval(beat, 1000);
setInterval(announce, ANNOUNCE_SECONDS * 1000);
setInterval(() => stream && loadTotals(), RELOAD_SECONDS * 1000);
setInterval(() => [...cards.values()].forEach((card) => card.loadToday().catch(() => {})), TODAY_SECONDS * 1000);
start();
