// What is drawn on a camera's view, with every state that can be gone back to. A state never changes once it is made.

const DECIMALS = 4;

const rounded = (value) => Number(Math.min(Math.max(value, 0), 1).toFixed(DECIMALS));
export const onView = ([x, y]) => [rounded(x), rounded(y)];

export class Drawing {
  // A state is {lines: [{name, a, b, forward, backward}], zones: [{name, kind, polygon}], points: [{view, metres}]}.
  constructor(state, onChange) {
    this.states = [state];
    this.now = 0;
    this.onChange = onChange;
  }

  get state() {
    return this.states[this.now];
  }

  get canUndo() {
    return this.now > 0;
  }

  get canRedo() {
    return this.now < this.states.length - 1;
  }

  set(state) {
    this.states = [...this.states.slice(0, this.now + 1), state];
    this.now += 1;
    this.onChange();
  }

  undo() {
    if (!this.canUndo) return;
    this.now -= 1;
    this.onChange();
  }

  redo() {
    if (!this.canRedo) return;
    this.now += 1;
    this.onChange();
  }

  // A name that no other thing of the noun has.
  freeName(noun, word) {
    const taken = new Set(this.state[noun].map(({ name }) => name));
    return Array.from({ length: taken.size + 1 }, (_, index) => `${word}-${index + 1}`).find((name) => !taken.has(name));
  }

  add(noun, thing) {
    this.set({ ...this.state, [noun]: [...this.state[noun], thing] });
  }

  change(noun, index, changed) {
    const things = this.state[noun].map((thing, place) => (place === index ? { ...thing, ...changed } : thing));
    this.set({ ...this.state, [noun]: things });
  }

  remove(noun, index) {
    this.set({ ...this.state, [noun]: this.state[noun].filter((_, place) => place !== index) });
  }

  // Corners that can be moved: {noun, index, corner, at}.
  get handles() {
    const { lines, zones, points } = this.state;
    return [
      ...lines.flatMap((line, index) => ["a", "b"].map((corner) => ({ noun: "lines", index, corner, at: line[corner] }))),
      ...zones.flatMap((zone, index) => zone.polygon.map((at, corner) => ({ noun: "zones", index, corner, at }))),
      ...points.map(({ view }, index) => ({ noun: "points", index, corner: "view", at: view })),
    ];
  }

  move({ noun, index, corner }, to) {
    const at = onView(to);
    if (noun !== "zones") this.change(noun, index, { [corner]: at });
    else this.change(noun, index, { polygon: this.state.zones[index].polygon.map((old, place) => (place === corner ? at : old)) });
  }
}
