// One crossing on the page: who waits and crosses, and what its controller is advised.

import { number, say, title } from "../common/words.js";

export class Crossing {
  constructor(name) {
    this.name = name;
    this.element = document.getElementById("crossing-template").content.firstElementChild.cloneNode(true);
  }

  show(told) {
    this.told = told;
    this.heardAt = performance.now();
    this.render();
  }

  // Advice that nothing has followed for longer than it holds is none.
  holds() {
    const { demand, validity_s: validity } = this.told.advice;
    return demand !== "no data" && (performance.now() - this.heardAt) / 1000 <= validity;
  }

  render() {
    if (!this.told) return;
    const { advice, seen, phase } = this.told;
    const holds = this.holds();
    const set = (name, words) => {
      const element = this.element.querySelector(`.crossing-${name}`);
      if (element.textContent !== words) element.textContent = words;
    };
    this.element.dataset.demand = holds ? advice.demand : "no data";
    set("name", title(this.name));
    set("demand", say(`demand ${this.element.dataset.demand}`));
    set("green", holds ? say("green", number(Math.round(advice.green_s)), advice.stages) : say("ownPlan"));
    set("people", holds && seen ? say("whoWaits", ...[seen.kerb_a, seen.kerb_b].map((kerb) => number(kerb.people)),
      number(seen.on_crossing)) : "");
    set("phase", phase ? say(phase.signal) : "");
  }
}
