// What screens are made of: tiles of classes with their numbers, and the choice of a camera.

import { phrase } from "./phrases.js";
import { pictogram } from "./pictograms.js";
import { icon } from "../common/shapes.js";
import { number, say, title } from "../common/words.js";

export function make(name, className, ...children) {
  const element = document.createElement(name);
  element.className = className;
  element.append(...children);
  return element;
}

function button(className, press, ...children) {
  const element = make("button", className, ...children);
  element.type = "button";
  element.addEventListener("click", press);
  return element;
}

// One tile a class; with `press`, buttons of which one is chosen.
export class Tiles {
  constructor(classes, press = null) {
    this.press = press;
    this.tiles = new Map();
    this.element = make("div", press ? "tiles tiles-buttons" : "tiles");
    this.offer(classes);
  }

  offer(classes) {
    if ([...this.tiles.keys()].join() === classes.join()) return;
    this.tiles.clear();
    for (const name of classes) this.tiles.set(name, this.make(name));
    this.element.replaceChildren(...[...this.tiles.values()].map(({ tile }) => tile));
    this.element.dataset.count = classes.length;
    this.translate();
  }

  make(name) {
    const [figure, label] = [make("span", "tile-figure"), make("span", "tile-label")];
    const parts = [pictogram(name), make("span", "tile-words", figure, label)];
    const tile = this.press ? button("tile", () => this.press(name), ...parts) : make("div", "tile", ...parts);
    return { tile, figure, label };
  }

  translate() {
    for (const [name, { label }] of this.tiles) label.replaceChildren(icon(name), say(name));
  }

  set(name, count) {
    const { figure } = this.tiles.get(name);
    const text = number(count);
    if (figure.textContent !== text) figure.textContent = text;
  }

  choose(chosen) {
    for (const [name, { tile }] of this.tiles) tile.setAttribute("aria-pressed", String(name === chosen));
  }
}

// The name of the camera that is shown, between two arrows where there are others.
export class Chooser {
  constructor(cameras, choose) {
    this.cameras = cameras;
    this.choose = choose;
    this.index = 0;
    this.name = make("p", "chooser-name");
    this.arrows = [["before", "‹", -1], ["next", "›", 1]].map(([key, sign, step]) => {
      const arrow = button("chooser-arrow", () => this.go(step), sign);
      arrow.dataset.key = key;
      return arrow;
    });
    for (const arrow of this.arrows) arrow.hidden = cameras.length < 2;
    this.element = make("div", "chooser", this.arrows[0], this.name, this.arrows[1]);
    this.name.setAttribute("aria-live", "polite");
    this.translate();
  }

  get camera() {
    return this.cameras[this.index];
  }

  go(step) {
    this.index = (this.index + step + this.cameras.length) % this.cameras.length;
    this.translate();
    this.choose();
  }

  translate() {
    this.name.textContent = title(this.camera.name);
    for (const arrow of this.arrows) arrow.setAttribute("aria-label", phrase(arrow.dataset.key));
  }
}
