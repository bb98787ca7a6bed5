// Shows each piece that other web sites can show, alive, with the lines to copy.

import "../counters.js";
import { language, speak } from "../common/words.js";

const WORDS = {
  fr: {
    heading: "À intégrer dans votre site",
    lead: "Copiez les deux lignes dans votre page : les chiffres y sont en direct, sans traceur ni cookie.",
    counter: "Un compteur", chart: "La journée heure par heure", lanes: "Les lignes d’eau",
    copy: "Copier", copied: "Copié.", notCopied: "La copie n’est pas permise ici : sélectionnez le texte.",
    unreachable: "Le service ne répond pas.",
    attributes: "Réglages",
    src: "adresse du service ; sans elle, là d’où vient le script",
    filter: "ne compter que ceux-là ; sans eux, tout",
    period: "today (aujourd’hui, par défaut) ou hour (depuis une heure) ; pour le compteur",
    step: "durée d’une barre, 1h par défaut ; pour le graphique",
    lang: "fr ou en ; par défaut la langue de la page",
    theme: "couleurs, police et coins, en CSS ; clair ou sombre selon color-scheme de la page",
    policy: "Si votre site a une politique de sécurité (CSP)",
    policyText: "Ajoutez-y le service :",
    copyText: "Le service dit dans service.origins quels sites peuvent lire ses données. Les scripts peuvent aussi être "
      + "copiés sur votre site : lanes.js se suffit, counters.js le veut à côté de lui ; src est alors nécessaire.",
  },
  en: {
    heading: "To embed in your web site",
    lead: "Copy the two lines into your page: the figures are live there, without any tracker or cookie.",
    counter: "A counter", chart: "The day hour by hour", lanes: "The lanes",
    copy: "Copy", copied: "Copied.", notCopied: "Copying is not allowed here: select the text.",
    unreachable: "The service does not answer.",
    attributes: "Settings",
    src: "address of the service; without it, where the script came from",
    filter: "count only these; without them, all",
    period: "today (the default) or hour (the last one); of the counter",
    step: "length of a bar, 1h by default; of the chart",
    lang: "fr or en; by default the language of the page",
    theme: "colours, font and corners, in CSS; light or dark as the page’s color-scheme says",
    policy: "If your web site has a content security policy",
    policyText: "Add the service to it:",
    copyText: "The service says in service.origins which web sites may read its data. The scripts may also be copied to "
      + "your site: lanes.js is enough by itself, counters.js wants it beside; src is needed then.",
  },
};

const ATTRIBUTES = {
  src: ["src"],
  filter: ["camera", "line", "class", "direction"],
  period: ["period"],
  step: ["step"],
  lang: ["lang"],
  theme: ["accent", "ink", "soft", "paper", "rule", "font", "radius"].map((name) => `--comptage-${name}`),
};

const byId = (id) => document.getElementById(id);
const home = new URL(".", location.href).href;
const tell = (key) => WORDS[language][key];
let cameras = [];

function make(name, text, ...children) {
  const element = document.createElement(name);
  element.append(text, ...children);
  return element;
}

// The pieces that this place has something for: element, file, attributes.
function pieces() {
  const lined = cameras.find((card) => card.lines.length > 0);
  const laned = cameras.find((card) => card.zones.some((zone) => zone.kind === "lane"));
  const passages = lined && { camera: lined.camera, line: lined.lines[0].name, class: lined.classes[0] };
  return [
    lined && { noun: "counter", file: "counters.js", attributes: { ...passages, period: "today" } },
    lined && { noun: "chart", file: "counters.js", attributes: passages },
    laned && { noun: "lanes", file: "lanes.js", attributes: { camera: laned.camera } },
  ].filter(Boolean);
}

function lines({ noun, file, attributes }) {
  const said = Object.entries({ src: home, ...attributes }).map(([name, value]) => ` ${name}="${value}"`).join("");
  return `<script type="module" src="${home}${file}"></script>\n<comptage-${noun}${said}></comptage-${noun}>`;
}

function section(piece) {
  const element = document.createElement(`comptage-${piece.noun}`);
  for (const [name, value] of Object.entries(piece.attributes)) element.setAttribute(name, value);
  const code = make("pre", "", make("code", lines(piece)));
  code.tabIndex = 0; // keyboards scroll it
  const button = make("button", tell("copy"));
  button.type = "button";
  button.setAttribute("aria-label", `${tell("copy")} : ${tell(piece.noun)}`);
  button.addEventListener("click", () => copy(lines(piece)));
  const side = make("div", "", code, button);
  side.className = "piece-copy";
  const whole = make("section", "", make("h2", tell(piece.noun)), element, side);
  whole.className = "piece";
  return whole;
}

async function copy(text) {
  byId("announcement").textContent = "";
  try {
    await navigator.clipboard.writeText(text);
    byId("announcement").textContent = tell("copied");
  } catch {
    byId("announcement").textContent = tell("notCopied");
  }
  byId("announcement").classList.remove("unseen");
}

function translate() {
  document.documentElement.lang = language;
  document.title = `${tell("heading")} · Comptage`;
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = tell(element.dataset.words);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  byId("attributes").replaceChildren(...Object.entries(ATTRIBUTES).flatMap(([key, names]) =>
    [make("dt", "", make("code", names.join(", "))), make("dd", tell(key))]));
  byId("policy").textContent = `script-src ${location.origin}; connect-src ${location.origin}`;
  byId("pieces").replaceChildren(...pieces().map(section));
}

async function start() {
  try {
    const answer = await fetch("api/v1/cameras");
    if (answer.status === 401) location.assign("sign-in.html");
    ({ cameras } = await answer.json());
    translate();
  } catch {
    byId("trouble").textContent = tell("unreachable");
    byId("trouble").hidden = false;
  }
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    speak(button.dataset.language);
    translate();
  });
}
translate();
start();
