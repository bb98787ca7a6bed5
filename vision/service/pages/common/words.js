// Everything that the page says, in its two languages.

const WORDS = {
  fr: {
    skip: "Aller aux compteurs",
    promise: "Aucune image n’est conservée, transmise ni montrée : il n’en reste que des nombres et des points.",
    interface: "Données ouvertes : description de l’interface",
    shelterScreen: "Écran pour un abri",
    elsewhere: "Sur votre site web",
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
    whoWaits: (a, b, on) => `Attendent : ${a} au trottoir A, ${b} au trottoir B. Traversent : ${on}.`,
    walk: "Vert piéton", clearance: "Dégagement", "dont-walk": "Rouge piéton",
    map: (camera, lines, zones) => `Plan de ${camera}, sans image. Lignes : ${lines}. Zones : ${zones}.`,
    none: "aucune",
    passage: (line, way, total) => `${line}, ${way} : ${total}.`,
    livePage: "En direct", historyPage: "Historique", setUpPage: "Configuration", pages: "Pages du site",
    skipToMain: "Aller au contenu", all: "Tous", allLines: "Toutes les lignes", metres: (count) => `${count} m`,
    plan: "Plan du site", city: "Toutes les caméras calées sur un même sol, en mètres",
    usually: (count) => `d’habitude ${count}`, seenShare: (share) => `observé ${share} du temps`, seen: "Observé", when: "Quand",
    notKnown: "Inconnu : rien n’a été observé", passagesAll: "passages depuis minuit, toutes lignes",
    usualDay: (weeks, weekday) => `Jour habituel : moyenne de ${weeks} ${weekday}`,
    more: (share) => `${share} de plus que d’habitude à la même heure`,
    less: (share) => `${share} de moins que d’habitude à la même heure`,
    same: "comme d’habitude à la même heure",
    noUsual: (weekday) => `Pas encore de jour habituel : aucun ${weekday} des quatre dernières semaines n’a été observé.`,
    dayChart: (camera) => `Passages heure par heure aujourd’hui, ${camera}, toutes lignes`,
    hatched: "Hachuré : non observé", asTable: "Lire en tableau", asked: "Requête exacte à l’interface",
    camera: "Caméra", line: "Ligne", direction: "Sens", class: "Catégorie", period: "Période", by: "Par", stack: "Réparti par",
    day: "Jour", week: "Semaine", month: "4 semaines", quarter: "13 semaines", hour: "heure", from: "À partir du",
    byHour: "heure", byDay: "jour", byWeek: "semaine", byClass: "catégorie", byDirection: "sens", byLine: "ligne",
    earlier: "Période précédente", later: "Période suivante", both: "Les deux sens", theDay: "Jour",
    passagesTitle: "Passages", speedsTitle: "Vitesses", movementsTitle: "D’où vers où", stopsTitle: "Arrêts et rassemblements",
    total: (count) => `${count} passages`, gap: "Hachuré ou vide : non observé, ce n’est pas zéro.",
    overWeek: (day) => `semaine du ${day}`, loading: "Chargement…",
    tooMuch: (detail) => `Le service ne peut pas répondre : ${detail}`,
    needsToken: "Ces données demandent un jeton.", signIn: "Entrer",
    speedsOf: (mean, v85) => `Moyenne ${mean} km/h · 85 % ne dépassent pas ${v85} km/h`,
    kmh: (from, to) => `${from} à ${to} km/h`, noSpeeds: "Pas de vitesses : caméra non calée au sol, ou rien n’est passé.",
    count: "Passages", origin: "De", destination: "Vers", noMovements: "Aucun trajet entre deux lignes pendant cette période.",
    journeys: (count) => `${count} trajets`, movementsNote: "En ligne, l’origine ; en colonne, la destination. La diagonale : ceux qui ont fait demi-tour.",
    stopsOf: "Arrêts", gatheringsOf: "Rassemblements", traces: "Traces", zone: "Zone", lasted: "Durée moyenne",
    seconds: (count) => `${count} s`, people: (count) => `${count} personnes au plus`, noZones: "Cette caméra n’a pas de zone.",
    wholeView: "Toute la vue", tracesNote: (count) => `${count} trajectoires de la période, sans identité`,
    empty: "Rien à montrer pour cette période.",
    setUpLead: "Tracez sur les traces des passants, jamais sur une image. Rien n’est enregistré ici : copiez le fichier à la fin.",
    tools: "Outils", select: "Déplacer", drawLine: "Ligne", drawZone: "Zone", drawGround: "Point au sol", undo: "Annuler", redo: "Rétablir",
    remove: "Supprimer", name: "Nom", kind: "Genre", wordsForward: "Sens de la flèche", wordsBackward: "Contresens",
    area: "espace", waiting: "attente", crossing: "traversée", lane: "couloir", linesTitle: "Lignes", zonesTitle: "Zones", groundTitle: "Points au sol",
    groundNote: "Au moins quatre points dont on connaît la place sur le terrain, en mètres.", groundKept: "Le calage actuel est conservé tant qu’aucun point n’est posé.",
    board: "Plan à dessiner. Flèches : déplacer le viseur. Entrée : poser un point. Échap : abandonner.",
    feet: (count) => `${count} points de passage reçus`, siteFile: "Fichier de site", open: "Ouvrir votre fichier…", saveFile: "Télécharger", copyFile: "Copier",
    copied: "Copié.", good: "Le fichier est bon.", checking: "Vérification…", notChecked: "La vérification ne répond pas.",
    openNote: "Le fichier ouvert reste dans ce navigateur ; seul ce service en vérifie le texte, sans rien garder. Ses autres réglages sont conservés.",
    noSuchCamera: (camera) => `Ce fichier n’a pas de caméra « ${camera} ».`,
    placed: (x, y) => `Viseur : ${x} %, ${y} %`, drawn: (what) => `${what} : ajouté.`, undone: "Annulé.", redone: "Rétabli.",
    hintSelect: "Glissez un point, ou choisissez-le au clavier et déplacez-le avec les flèches.",
    hintLine: "Posez deux points : de a vers b, la flèche part à droite.", hintZone: "Posez les coins ; Entrée deux fois au même endroit, ou un double-clic, ferme la zone.",
    hintGround: "Posez un point dont vous connaissez la place sur le terrain.",
  },
  en: {
    skip: "Go to the counters",
    promise: "No image is kept, sent or shown: all that remains are numbers and dots.",
    interface: "Open data: description of the interface",
    shelterScreen: "Screen for a shelter",
    elsewhere: "On your web site",
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
    whoWaits: (a, b, on) => `Waiting: ${a} at kerb A, ${b} at kerb B. Crossing: ${on}.`,
    walk: "Pedestrian green", clearance: "Clearance", "dont-walk": "Pedestrian red",
    map: (camera, lines, zones) => `Plan of ${camera}, without any image. Lines: ${lines}. Zones: ${zones}.`,
    none: "none",
    passage: (line, way, total) => `${line}, ${way}: ${total}.`,
    livePage: "Live", historyPage: "History", setUpPage: "Set-up", pages: "Pages of the site",
    skipToMain: "Go to the content", all: "All", allLines: "All lines", metres: (count) => `${count} m`,
    plan: "Plan of the site", city: "All cameras that share a ground, in metres",
    usually: (count) => `usually ${count}`, seenShare: (share) => `observed ${share} of the time`, seen: "Observed", when: "When",
    notKnown: "Not known: nothing was observed", passagesAll: "passages since midnight, all lines",
    usualDay: (weeks, weekday) => `Usual day: mean of ${weeks} ${weekday}s`,
    more: (share) => `${share} more than usual by this hour`,
    less: (share) => `${share} fewer than usual by this hour`,
    same: "as usual by this hour",
    noUsual: (weekday) => `No usual day yet: no ${weekday} of the last four weeks was observed.`,
    dayChart: (camera) => `Passages hour by hour today, ${camera}, all lines`,
    hatched: "Hatched: not observed", asTable: "Read as a table", asked: "Exact question to the interface",
    camera: "Camera", line: "Line", direction: "Direction", class: "Class", period: "Period", by: "By", stack: "Split by",
    day: "Day", week: "Week", month: "4 weeks", quarter: "13 weeks", hour: "hour", from: "From",
    byHour: "hour", byDay: "day", byWeek: "week", byClass: "class", byDirection: "direction", byLine: "line",
    earlier: "Period before", later: "Period after", both: "Both directions", theDay: "Day",
    passagesTitle: "Passages", speedsTitle: "Speeds", movementsTitle: "From where to where", stopsTitle: "Stops and gatherings",
    total: (count) => `${count} passages`, gap: "Hatched or empty: not observed, which is not zero.",
    overWeek: (day) => `week of ${day}`, loading: "Loading…",
    tooMuch: (detail) => `The service cannot answer: ${detail}`,
    needsToken: "These data need a token.", signIn: "Sign in",
    speedsOf: (mean, v85) => `Mean ${mean} km/h · 85 % do not exceed ${v85} km/h`,
    kmh: (from, to) => `${from} to ${to} km/h`, noSpeeds: "No speeds: the camera is not calibrated, or nothing passed.",
    count: "Passages", origin: "From", destination: "To", noMovements: "No journey between two lines during this period.",
    journeys: (count) => `${count} journeys`, movementsNote: "Rows are origins, columns destinations. On the diagonal: those who turned back.",
    stopsOf: "Stops", gatheringsOf: "Gatherings", traces: "Traces", zone: "Zone", lasted: "Mean duration",
    seconds: (count) => `${count} s`, people: (count) => `${count} people at most`, noZones: "This camera has no zone.",
    wholeView: "Whole view", tracesNote: (count) => `${count} trajectories of the period, without identities`,
    empty: "Nothing to show for this period.",
    setUpLead: "Draw on the traces of those who pass, never on an image. Nothing is saved here: copy the file at the end.",
    tools: "Tools", select: "Move", drawLine: "Line", drawZone: "Zone", drawGround: "Ground point", undo: "Undo", redo: "Redo",
    remove: "Remove", name: "Name", kind: "Kind", wordsForward: "With the arrow", wordsBackward: "Against it",
    area: "area", waiting: "waiting", crossing: "crossing", lane: "lane", linesTitle: "Lines", zonesTitle: "Zones", groundTitle: "Ground points",
    groundNote: "At least four points of which you know the place on the ground, in metres.", groundKept: "The present calibration is kept while no point is placed.",
    board: "Plan to draw on. Arrows: move the cursor. Enter: place a point. Escape: give up.",
    feet: (count) => `${count} foot points received`, siteFile: "Site file", open: "Open your file…", saveFile: "Download", copyFile: "Copy",
    copied: "Copied.", good: "The file is good.", checking: "Checking…", notChecked: "The check does not answer.",
    openNote: "The file that you open stays in this browser; only this service checks its text and keeps nothing. Its other settings are kept.",
    noSuchCamera: (camera) => `This file has no camera “${camera}”.`,
    placed: (x, y) => `Cursor: ${x} %, ${y} %`, drawn: (what) => `${what}: added.`, undone: "Undone.", redone: "Redone.",
    hintSelect: "Drag a point, or focus it with the keyboard and move it with the arrows.",
    hintLine: "Place two points: from a to b, the arrow goes to the right.", hintZone: "Place the corners; Enter twice at one place, or a double click, closes the zone.",
    hintGround: "Place a point of which you know the place on the ground.",
  },
};

const REMEMBERED = "comptage-language";

const inAddress = () => new URLSearchParams(location.search).get("lang");

// What the address says, else what was chosen last, else what the browser speaks.
function preferred() {
  if (inAddress() in WORDS) return inAddress();
  const remembered = localStorage.getItem(REMEMBERED);
  if (remembered in WORDS) return remembered;
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in WORDS);
  return spoken ?? "en";
}

export let language = preferred();

export function speak(chosen) {
  language = chosen;
  localStorage.setItem(REMEMBERED, chosen);
  if (inAddress() === null) return;
  const address = new URL(location);
  address.searchParams.set("lang", chosen);
  history.replaceState(null, "", address);
}

export function say(key, ...values) {
  const words = WORDS[language][key];
  return typeof words === "function" ? words(...values) : words;
}

export const number = (value) => (value === null ? "–" : new Intl.NumberFormat(language).format(value));

// Shares are rounded down: 99.9 % seen is not all seen; and a little is not nothing.
export function percent(share) {
  const format = new Intl.NumberFormat(language, { style: "percent" });
  return share > 0 && share < 0.01 ? `< ${format.format(0.01)}` : format.format(Math.floor(share * 100) / 100);
}

// A name in a site file, such as "avenue-dorian", as a person would write it.
export function title(name) {
  const spaced = name.replaceAll("-", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
