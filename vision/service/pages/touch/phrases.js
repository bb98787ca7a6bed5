// What the touch screen says beside what all pages say, and how it tells times, in its two languages.

import { language } from "../common/words.js";

const PHRASES = {
  fr: {
    touch: "Touchez l’écran", home: "Accueil",
    now: "Maintenant", today: "Aujourd’hui", where: "Où va-t-on ?", menu: "Que voulez-vous voir ?",
    nowHere: "Vus en ce moment", todayHere: "Passages aujourd’hui", whereHere: "Aujourd’hui, d’où à où",
    before: "Vue précédente", next: "Vue suivante",
    old: (time) => `Pas de données depuis ${time}`,
    never: "Pas encore de données",
    blind: "La caméra ne voit rien pour l’instant",
    blindSince: (state) => `La caméra ne voit rien pour l’instant : ${state.toLowerCase()}`,
    someBlind: (names) => `La caméra ne voit rien : ${names}`,
    withheld: "Ici, les petits nombres ne sont pas montrés.",
    everyone: "Tous", nobody: "Personne pour l’instant",
    hours: "Heure par heure", most: (hour, count) => `Le plus de monde à partir de ${hour} : ${count}`,
    passages: (name, count) => `${name} : ${count}`,
    zone: (name) => `heure de ${name}`,
    picture: (name, seen) => `Plan de ${name}, sans image. ${seen}`,
  },
  en: {
    touch: "Touch the screen", home: "Start",
    now: "Now", today: "Today", where: "Where to?", menu: "What do you want to see?",
    nowHere: "Seen right now", todayHere: "Passages today", whereHere: "Today, from where to where",
    before: "View before", next: "Next view",
    old: (time) => `No data since ${time}`,
    never: "No data yet",
    blind: "The camera sees nothing for the moment",
    blindSince: (state) => `The camera sees nothing for the moment: ${state.toLowerCase()}`,
    someBlind: (names) => `The camera sees nothing: ${names}`,
    withheld: "Small numbers are not shown here.",
    everyone: "All", nobody: "Nobody so far",
    hours: "Hour by hour", most: (hour, count) => `Busiest from ${hour}: ${count}`,
    passages: (name, count) => `${name}: ${count}`,
    zone: (name) => `${name} time`,
    picture: (name, seen) => `Plan of ${name}, without any image. ${seen}`,
  },
};

export function phrase(key, ...values) {
  const words = PHRASES[language][key];
  return typeof words === "function" ? words(...values) : words;
}

function format(timezone, options) {
  return new Intl.DateTimeFormat(language === "fr" ? "fr" : "en-GB", { timeZone: timezone, ...options });
}

// "14 h 05" in French, "14:05" in English; with the day where that is another one.
export function hour(utc, timezone) {
  const told = format(timezone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(utc);
  const time = language === "fr" ? told.replace(":", "\u00a0h\u00a0") : told;
  const day = format(timezone, { day: "numeric", month: "long" });
  return day.format(utc) === day.format(Date.now()) ? time : `${time}, ${day.format(utc)}`;
}

// The day as a sign would say it.
export function date(utc, timezone) {
  const told = format(timezone, { weekday: "long", day: "numeric", month: "long" }).format(utc);
  return told.charAt(0).toUpperCase() + told.slice(1);
}

// "Europe/Paris" as people call it: "heure de Paris".
export function zoneName(timezone) {
  return timezone.includes("/") ? phrase("zone", timezone.split("/").at(-1).replaceAll("_", " ")) : timezone;
}
