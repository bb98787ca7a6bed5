// The text of a site file: a new one, or one that was opened with a camera's lines, zones and ground put in anew.

const quoted = (text) => JSON.stringify(text).replaceAll("\u007f", "\\u007f"); // a JSON string is a TOML basic string
const pair = (values) => `[${values.map((value) => Number(value).toString()).join(", ")}]`;
const pairs = (points) => `[${points.map(pair).join(", ")}]`;

function lineTable({ name, a, b, forward, backward }) {
  return [
    "  [[camera.line]]", `  name = ${quoted(name)}`, `  a = ${pair(a)}`, `  b = ${pair(b)}`,
    ...(forward ? [`  forward = ${quoted(forward)}`] : []), ...(backward ? [`  backward = ${quoted(backward)}`] : []), "",
  ];
}

const zoneTable = ({ name, kind, polygon }) =>
  ["  [[camera.zone]]", `  name = ${quoted(name)}`, `  kind = ${quoted(kind)}`, `  polygon = ${pairs(polygon)}`, ""];

function groundTable(points) {
  if (points.length === 0) return [];
  return ["  [camera.ground]", `  view = ${pairs(points.map(({ view }) => view))}`, `  metres = ${pairs(points.map(({ metres }) => metres))}`, ""];
}

// The ground as the service has it, in metres of the site's plan where the camera is on one.
function presentGround(ground) {
  if (ground === null) return [];
  const [dx, dy] = ground.offset ?? [0, 0];
  const [first, second, third] = ground.homography;
  const moved = [first.map((value, place) => value + dx * third[place]), second.map((value, place) => value + dy * third[place]), third];
  return [
    "  [camera.ground]", `  homography = ${pairs(moved)}`, `  distortion = ${pair(ground.distortion)}`, `  aspect = ${ground.aspect}`,
    ...(ground.offset ? ["  common = true"] : []), "",
  ];
}

// The tables of one camera. Where no ground point is placed the ground is not among them.
export const tablesOf = ({ lines, zones, points }) => [...groundTable(points), ...lines.flatMap(lineTable), ...zones.flatMap(zoneTable)];

// A new file. What the service does not tell, such as the cameras' addresses, is for whoever writes it.
export function newFile(site, cameras, states) {
  const head = ["[site]", `name = ${quoted(site.name)}`, `title = ${quoted(site.title)}`, `timezone = ${quoted(site.timezone)}`, ""];
  const body = cameras.flatMap((camera) => [
    "[[camera]]", `name = ${quoted(camera.camera)}`,
    'source = "rtsp://camera.invalid/stream" # put the address of this camera here: this page does not know it',
    `working_size = ${pair(camera.working_size)}`, ...(camera.crop ? [`crop = [${camera.crop.join(", ")}]`] : []),
    `classes = [${camera.classes.map(quoted).join(", ")}]`, "",
    ...(states.get(camera.camera).points.length ? [] : presentGround(camera.ground)), ...tablesOf(states.get(camera.camera)),
  ]);
  return `${[...head, ...body].join("\n").trimEnd()}\n`;
}

const HEADER = /^\s*\[\[?\s*([A-Za-z0-9_."'-]+(?:\s*\.\s*[A-Za-z0-9_"'-]+)*)\s*\]\]?\s*(#.*)?$/;
const NAME = /^\s*name\s*=\s*["']([^"']*)["']/;

// A text cut into its tables: [{header, lines}]; the first has no header.
function cut(text) {
  const tables = [{ header: "", lines: [] }];
  for (const line of text.replaceAll("\r\n", "\n").split("\n")) {
    const header = HEADER.exec(line);
    if (header) tables.push({ header: header[1].replaceAll(/[\s"']/g, ""), lines: [] });
    tables.at(-1).lines.push(line);
  }
  return tables;
}

// A site file with the tables of one camera put in anew and all else as it was; null where it has no such camera.
export function changedFile(text, camera, state) {
  const tables = cut(text);
  const nameOf = ({ lines }) => lines.map((line) => NAME.exec(line)?.[1]).find(Boolean);
  const first = tables.findIndex((table) => table.header === "camera" && nameOf(table) === camera);
  if (first < 0) return null;
  const length = tables.slice(first + 1).findIndex(({ header }) => !header.startsWith("camera."));
  const end = length < 0 ? tables.length : first + 1 + length;
  const replaced = ["camera.line", "camera.zone", ...(state.points.length ? ["camera.ground"] : [])];
  const kept = tables.slice(first, end).filter(({ header }) => !replaced.includes(header));
  const text_ = (some) => some.flatMap(({ lines }) => lines).join("\n").trimEnd();
  const parts = [text_(tables.slice(0, first)), text_(kept), tablesOf(state).join("\n").trimEnd(), text_(tables.slice(end))];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}
