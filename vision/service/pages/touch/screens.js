// What the touch screen shows of one camera: now, and at the start. A screen is made when it is shown and dropped when
// it is left; `render(kind, camera)` is called whenever the place has changed.

import { Exposure } from "./exposure.js";
import { phrase } from "./phrases.js";
import { Chooser, Tiles, make } from "./tiles.js";
import { number, say, title } from "../common/words.js";

const TURN_SECONDS = 12; // of the start: then the next camera
const STILL_SECONDS = 5; // between two pictures for those who want no motion
const wantsStillness = matchMedia("(prefers-reduced-motion: reduce)");

// A screen with the picture of one camera, and something beside it.
export class PictureScreen {
  constructor(place, beside) {
    this.place = place;
    this.chooser = new Chooser(place.cameras, () => this.turn());
    this.exposure = new Exposure();
    this.note = make("p", "picture-note");
    this.heading = make("h2", "heading");
    this.picture = make("div", "picture", this.exposure.canvas, this.note);
    this.element = make("section", "picture-screen", this.heading, this.chooser.element, this.picture, beside);
    this.drawnAt = -Infinity;
  }

  get camera() {
    return this.chooser.camera;
  }

  turn() {
    this.translate();
    this.render("place");
  }

  translate() {
    this.heading.textContent = phrase(this.title);
    this.chooser.translate();
  }

  render(kind, camera) {
    if (kind !== "snapshot") this.renderState();
    if (kind === "totals" || (kind === "snapshot" && camera !== this.camera)) return;
    const wait = wantsStillness.matches && kind !== "place" ? STILL_SECONDS : 0;
    if (performance.now() - this.drawnAt < wait * 1000) return;
    this.drawnAt = performance.now();
    this.draw();
  }

  renderState() {
    const { camera, place } = this;
    const isBlind = !place.isFresh(camera);
    this.picture.classList.toggle("is-blind", isBlind);
    const blind = camera.state === "live" ? phrase("blind") : phrase("blindSince", say(camera.state));
    const isCutOff = place.isOld && camera.state === "live"; // nothing comes from any camera: that is said elsewhere
    this.note.textContent = isBlind && !isCutOff ? blind : place.site.threshold ? phrase("withheld") : "";
    const seen = camera.card.classes.map((name) => phrase("passages", say(name), number(place.present(camera, name))));
    this.exposure.canvas.setAttribute("aria-label", phrase("picture", title(camera.name), seen.join(", ")));
  }

  draw() {
    this.exposure.draw(this.camera);
  }
}

// A picture, and a tile with a number for each class.
class TilesScreen extends PictureScreen {
  constructor(place) {
    const tiles = new Tiles(place.cameras[0].card.classes);
    super(place, tiles.element);
    this.tiles = tiles;
  }

  translate() {
    super.translate();
    this.tiles.offer(this.camera.card.classes);
    this.tiles.translate();
  }

  renderState() {
    super.renderState();
    for (const name of this.camera.card.classes) this.tiles.set(name, this.figure(name));
  }
}

export class StartScreen extends TilesScreen {
  title = "todayHere";

  constructor(place) {
    super(place);
    this.turnedAt = performance.now();
  }

  figure(name) {
    return this.place.total(name, [this.camera]);
  }

  render(kind, camera) {
    if (kind === "beat" && performance.now() - this.turnedAt >= TURN_SECONDS * 1000) {
      this.turnedAt = performance.now();
      const fresh = this.place.cameras.filter((one) => this.place.isFresh(one));
      const step = this.place.cameras.findIndex((_, index) => index > 0 && fresh.includes(this.after(index)));
      if (step > 0) this.chooser.go(step);
    }
    super.render(kind, camera);
  }

  after(step) {
    const { cameras } = this.place;
    return cameras[(this.chooser.index + step) % cameras.length];
  }
}

export class NowScreen extends TilesScreen {
  title = "nowHere";

  figure(name) {
    return this.place.present(this.camera, name);
  }
}
