// Everything that the page says, in its two languages.

const WORDS = {
  fr: {
    skip: "Aller aux compteurs",
    promise: "Aucune image n’est conservée, transmise ni montrée : il n’en reste que des nombres et des points.",
    interface: "Données ouvertes : description de l’interface",
    pedestrian: "Piétons", bicycle: "Vélos", motorcycle: "Deux-roues motorisés", car: "Voitures",
    truck: "Camions", bus: "Bus", swimmer: "Nageurs",
    connecting: "Connexion…", live: "En direct", stalled: "Flux interrompu", failed: "En panne", ended: "Terminé",
    black: "Image noire", frozen: "Image figée", turned: "Caméra détournée ou masquée",
    old: (seconds) => `Données anciennes · ${seconds} s`,
    never: "En attente de données",
    alarm: (time) => `Les données n’arrivent plus depuis ${time}. Nouvelle tentative en cours.`,
    unreachable: "Le service ne répond pas. Nouvelle tentative en cours.",
    seenToday: (share) => `Observé ${share} du temps depuis minuit`,
    unseenToday: "Pas encore observé aujourd’hui",
    today: "passages aujourd’hui",
    forward: "Dans le sens de la flèche", backward: "À contresens de la flèche",
    zones: "En ce moment",
    most: (count) => `max. du jour : ${count}`,
    download: "Données du jour :", counts: "Passages", occupancy: "Présence",
    "demand call": "Demande de vert", "demand none": "Aucune demande", "demand cancel": "Demande annulée",
    "demand no data": "Pas de données",
    green: (seconds, stages) => `Vert conseillé : ${seconds} s, en ${stages === 1 ? "une fois" : "deux temps"}`,
    ownPlan: "Le contrôleur suit son propre plan.",
    people: (a, b, on) => `Attendent : ${a} au trottoir A, ${b} au trottoir B. Traversent : ${on}.`,
    walk: "Vert piéton", clearance: "Dégagement", "dont-walk": "Rouge piéton",
    map: (camera, lines, zones) => `Plan de ${camera}, sans image. Lignes : ${lines}. Zones : ${zones}.`,
    none: "aucune",
    passage: (line, way, total) => `${line}, ${way} : ${total}.`,
  },
  en: {
    skip: "Go to the counters",
    promise: "No image is kept, sent or shown: all that remains are numbers and dots.",
    interface: "Open data: description of the interface",
    pedestrian: "Pedestrians", bicycle: "Bicycles", motorcycle: "Motorbikes", car: "Cars",
    truck: "Trucks", bus: "Buses", swimmer: "Swimmers",
    connecting: "Connecting…", live: "Live", stalled: "Stream interrupted", failed: "Out of order", ended: "Ended",
    black: "Black picture", frozen: "Frozen picture", turned: "Camera turned away or covered",
    old: (seconds) => `Old data · ${seconds} s`,
    never: "Waiting for data",
    alarm: (time) => `No data has arrived since ${time}. Trying again.`,
    unreachable: "The service does not answer. Trying again.",
    seenToday: (share) => `Observed ${share} of the time since midnight`,
    unseenToday: "Not observed yet today",
    today: "passages today",
    forward: "With the arrow", backward: "Against the arrow",
    zones: "Right now",
    most: (count) => `max. today: ${count}`,
    download: "Today’s data:", counts: "Passages", occupancy: "Presence",
    "demand call": "Green is called for", "demand none": "No call", "demand cancel": "Call cancelled",
    "demand no data": "No data",
    green: (seconds, stages) => `Advised green: ${seconds} s, in ${stages === 1 ? "one go" : "two stages"}`,
    ownPlan: "The controller follows its own plan.",
    people: (a, b, on) => `Waiting: ${a} at kerb A, ${b} at kerb B. Crossing: ${on}.`,
    walk: "Pedestrian green", clearance: "Clearance", "dont-walk": "Pedestrian red",
    map: (camera, lines, zones) => `Plan of ${camera}, without any image. Lines: ${lines}. Zones: ${zones}.`,
    none: "none",
    passage: (line, way, total) => `${line}, ${way}: ${total}.`,
  },
};

const REMEMBERED = "comptage-language";

function preferred() {
  const remembered = localStorage.getItem(REMEMBERED);
  if (remembered in WORDS) return remembered;
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in WORDS);
  return spoken ?? "en";
}

export let language = preferred();

export function speak(chosen) {
  language = chosen;
  localStorage.setItem(REMEMBERED, chosen);
}

export function say(key, ...values) {
  const words = WORDS[language][key];
  return typeof words === "function" ? words(...values) : words;
}

export const number = (value) => (value === null ? "–" : new Intl.NumberFormat(language).format(value));

// Shares are rounded down: 99.9 % seen is not all seen; and a little is not nothing.
export function percent(share) {
  const format = new Intl.NumberFormat(language, { style: "percent" });
  return share < 0.01 ? `< ${format.format(0.01)}` : format.format(Math.floor(share * 100) / 100);
}

// A name in a site file, such as "avenue-dorian", as a person would write it.
export function title(name) {
  const spaced = name.replaceAll("-", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
