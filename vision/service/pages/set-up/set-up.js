// The set-up page: lines, zones and ground points are drawn on the traces of those who pass; a site file comes out.

import { Drawing } from "./drawing.js";
import { Ground } from "../common/ground.js";
import { seenPath } from "../history/heat.js";
import { ask, byId, onLanguage, tellTime, translatePage, waitForPlace } from "../common/page.js";
import { Sheet } from "./sheet.js";
import { listThings } from "./things.js";
import { changedFile, newFile } from "./toml.js";
import { number, say, title } from "../common/words.js";

const MOST_TRACES = 5000;
const MOST_FEET = 60_000;
const SETTLE_MILLISECONDS = 400;

const drawings = new Map();
const feet = new Map();
let place = null;
let camera = null;
let tool = "select";
let opened = null; // the text of the file that was opened
let checking = 0;
let link = null;

const drawing = () => drawings.get(camera.camera);
const tell = (words) => { byId("told").textContent = words; };

const sheet = new Sheet(byId("board"), {
  onPlace(point) {
    sheet.pending.push(point);
    if (tool === "ground") {
      const metres = camera.ground ? new Ground(camera.ground).metres(point) : null;
      finish("points", { view: point, metres: (metres ?? [0, 0]).map((value) => Number(value.toFixed(2))) });
    } else if (tool === "line" && sheet.pending.length === 2) {
      const [a, b] = sheet.pending;
      finish("lines", { name: drawing().freeName("lines", "line"), a, b, forward: null, backward: null });
    } else sheet.draw();
  },
  onFinish() {
    if (tool !== "zone" || sheet.pending.length < 3) return;
    finish("zones", { name: drawing().freeName("zones", "zone"), kind: "area", polygon: sheet.pending });
  },
  onEscape() {
    sheet.pending = [];
    choose("select");
  },
  onTold: tell,
});
sheet.onResize = () => sheet.heat(feet.get(camera.camera));

function finish(noun, thing) {
  sheet.pending = [];
  drawing().add(noun, thing);
  tell(say("drawn", thing.name ? title(thing.name) : say("drawGround")));
}

function choose(chosen) {
  tool = chosen;
  sheet.pending = [];
  sheet.isDrawing = tool !== "select";
  for (const button of document.querySelectorAll("[data-tool]")) {
    button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
  }
  byId("hint").textContent = say({ select: "hintSelect", line: "hintLine", zone: "hintZone", ground: "hintGround" }[tool]);
  byId("sheet").classList.toggle("is-drawing", sheet.isDrawing);
  if (camera) sheet.draw();
}

function show() {
  sheet.draw();
  listThings({ lines: byId("lines"), zones: byId("zones"), points: byId("points") }, drawing());
  byId("undo").disabled = !drawing().canUndo;
  byId("redo").disabled = !drawing().canRedo;
  byId("kept").hidden = camera.ground === null || drawing().state.points.length > 0;
  write();
}

function write() {
  const states = new Map([...drawings].map(([name, { state }]) => [name, state]));
  const changed = [...drawings].filter(([name, one]) => one.canUndo || name === camera.camera);
  const text = opened === null
    ? newFile(place.site, place.cameras, states)
    : changed.reduce((old, [name, { state }]) => old && changedFile(old, name, state), opened);
  byId("text").value = text ?? "";
  URL.revokeObjectURL(link);
  link = URL.createObjectURL(new Blob([text ?? ""], { type: "application/toml" }));
  byId("save").href = link;
  byId("save").download = `${place.site.name}.toml`;
  clearTimeout(checking);
  if (text === null) judge(false, [say("noSuchCamera", camera.camera)]);
  else checking = setTimeout(() => check(text), SETTLE_MILLISECONDS);
}

function judge(isGood, messages) {
  const verdict = byId("verdict");
  verdict.dataset.good = String(isGood);
  verdict.replaceChildren(...messages.map((message) => {
    const item = document.createElement("li");
    item.textContent = message;
    return item;
  }));
}

async function check(text) {
  try {
    const answer = await fetch("api/v1/check", { method: "POST", body: text, headers: { "Content-Type": "application/toml" } });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    const { good, messages } = await answer.json();
    if (text === byId("text").value) judge(good, good ? [say("good")] : messages);
  } catch (error) {
    judge(false, [say("notChecked"), error.message]);
  }
}

// Feet come from what was kept, and then as they are seen.
function gather(name, more) {
  const known = feet.get(name);
  const taken = more.slice(0, MOST_FEET - known.length);
  known.push(...taken);
  if (name !== camera?.camera) return;
  sheet.heat(taken);
  byId("feet").textContent = say("feet", number(known.length));
}

async function gatherKept(one) {
  try {
    const ground = one.ground && new Ground(one.ground);
    const { rows } = await ask("trajectories", { camera: one.camera, limit: String(MOST_TRACES) });
    gather(one.camera, rows.flatMap((row) => seenPath(row, ground)));
  } catch {
    // What is seen from now on is drawn all the same.
  }
}

function look(name) {
  camera = place.cameras.find((one) => one.camera === name);
  sheet.set(camera, drawing());
  byId("feet").textContent = say("feet", number(feet.get(name).length));
  choose(tool);
  show();
}

function translate() {
  translatePage(place?.site);
  choose(tool);
  if (place === null) return;
  tellTime(place.site);
  show();
}

async function start() {
  place = await waitForPlace();
  for (const one of place.cameras) {
    drawings.set(one.camera, new Drawing({ lines: one.lines, zones: one.zones, points: [] }, show));
    feet.set(one.camera, []);
  }
  byId("camera").replaceChildren(...place.cameras.map((one) => new Option(title(one.camera), one.camera)));
  look(place.cameras[0].camera);
  translate();
  for (const one of place.cameras) gatherKept(one);
  const stream = new EventSource("api/v1/live");
  stream.addEventListener("snapshot", ({ data }) => {
    const { camera: name, objects } = JSON.parse(data);
    gather(name, objects.map(([, x, y]) => [x, y]));
  });
  setInterval(() => tellTime(place.site), 1000);
}

function step(which, words) {
  drawing()[which]();
  tell(say(words));
}

for (const button of document.querySelectorAll("[data-tool]")) {
  button.addEventListener("click", () => {
    choose(button.dataset.tool);
    if (tool !== "select") byId("sheet").focus();
  });
}
byId("undo").addEventListener("click", () => step("undo", "undone"));
byId("redo").addEventListener("click", () => step("redo", "redone"));
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea, select")) return;
  const isRedo = event.key === "y" || (event.key.toLowerCase() === "z" && event.shiftKey);
  if (!isRedo && event.key !== "z") return;
  event.preventDefault();
  step(isRedo ? "redo" : "undo", isRedo ? "redone" : "undone");
});
byId("camera").addEventListener("change", ({ target }) => look(target.value));
byId("open").addEventListener("change", async ({ target }) => {
  opened = target.files.length ? await target.files[0].text() : null;
  write();
});
byId("copy").addEventListener("click", async () => {
  byId("text").select();
  await navigator.clipboard.writeText(byId("text").value);
  tell(say("copied"));
});
onLanguage(translate);
translate();
start();
