// What all pages share: asking the service, the masthead with its two languages, and the words of the page.

import { language, say, speak } from "./words.js";
import { zoneName } from "./times.js";

const RETRY_SECONDS = 3;

export const byId = (id) => document.getElementById(id);
export const copy = (id) => byId(id).content.firstElementChild.cloneNode(true);

export class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export const address = (noun, asked = {}) => {
  const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value));
  return `api/v1/${noun}${query.size ? `?${query}` : ""}`;
};

export async function ask(noun, asked) {
  const answer = await fetch(address(noun, asked), { headers: { Accept: "application/json" } });
  if (answer.ok) return answer.json();
  const { detail } = await answer.json().catch(() => ({ detail: "" }));
  throw new Refusal(answer.status, detail);
}

// The place and its cameras; who may not know them is sent to sign in.
async function askPlace() {
  try {
    const [{ sites: [site] }, { cameras }] = await Promise.all([ask("sites"), ask("cameras")]);
    return { site, cameras };
  } catch (refusal) {
    if (refusal.status === 401) location.assign("sign-in.html");
    throw refusal;
  }
}

export function raiseAlarm(words) {
  const alarm = byId("alarm");
  if (alarm.textContent !== words) alarm.textContent = words;
  alarm.hidden = words === "";
}

// Asks for the place until it is told; meanwhile the alarm says that it is not.
export async function waitForPlace() {
  for (;;) {
    try {
      const place = await askPlace();
      raiseAlarm("");
      return place;
    } catch {
      raiseAlarm(say("unreachable"));
      await new Promise((resume) => setTimeout(resume, RETRY_SECONDS * 1000));
    }
  }
}

export function translatePage(site) {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = say(element.dataset.words);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  if (!site) return;
  const page = say(document.body.dataset.page);
  document.title = `${site.title} · ${page} · Comptage`;
  byId("title").textContent = site.title;
}

export function tellTime(site) {
  const now = new Date();
  const format = new Intl.DateTimeFormat(language, {
    weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: site.timezone,
  });
  const words = `${format.format(now)} (${zoneName(now, site.timezone)})`;
  if (byId("clock").textContent !== words) byId("clock").textContent = words;
}

export function onLanguage(translate) {
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => {
      speak(button.dataset.language);
      translate();
    });
  }
}
