// The unit: grille, one key and lamp an orbit, and what they show.

import { drawDigits, element } from "./digits.js";
import { duration } from "./waiting.js";

/** What a lamp says, in words. */
export const LAMP_WORDS = {
  off: "free",
  on: "parked",
  "slow-blink": "waiting long",
  "fast-blink": "ringing back",
  "double-blink": "being announced",
};

const PHASE_WORDS = { reserved: "reserved", "being-retrieved": "being retrieved", apologising: "nobody came" };

/** Round holes in rings, as they are drilled. */
function drillGrille(host) {
  const svg = element("svg", { viewBox: "-50 -50 100 100" });
  const drill = (x, y) => {
    svg.append(element("circle", { cx: x.toFixed(2), cy: (y + 0.35).toFixed(2), r: 2.15, class: "rim" }));
    svg.append(element("circle", { cx: x.toFixed(2), cy: y.toFixed(2), r: 2, class: "hole" }));
  };
  drill(0, 0);
  for (let ring = 1; ring <= 7; ring += 1) {
    for (let hole = 0; hole < ring * 6; hole += 1) {
      const angle = (hole / (ring * 6)) * 2 * Math.PI;
      drill(Math.cos(angle) * ring * 6.05, Math.sin(angle) * ring * 6.05);
    }
  }
  host.append(svg);
}

/** As many columns as keep the keys big and the rows even. */
function layout(count, narrow) {
  if (count <= 4) return { columns: Math.max(count, 2), height: 92, text: 38 };
  if (narrow) return { columns: count > 24 ? 5 : 4, height: count > 12 ? 92 : 104, text: 34 };
  if (count <= 8) return { columns: 4, height: 82, text: 36 };
  if (count <= 15) return { columns: 5, height: 70, text: 31 };
  if (count <= 24) return { columns: 6, height: 62, text: 27 };
  return { columns: 8, height: 52, text: 22 };
}

export class Unit {
  constructor(root) {
    this.root = root;
    this.keysHost = root.querySelector("#orbit-keys");
    this.light = drawDigits(root.querySelector("#digits"));
    drillGrille(root.querySelector("#grille"));
    this.orbits = new Map();
    this.order = "";
    this.narrow = window.matchMedia("(max-width: 540px)");
    this.narrow.addEventListener("change", () => this.arrange());
  }

  /** Shows a face. Keys are made anew only when the unit has other keys than before. */
  showFace(face) {
    const order = face.lamps.map(({ orbit }) => orbit).join(" ");
    if (order !== this.order) {
      this.order = order;
      this.mount(face.lamps.map(({ orbit }) => orbit));
    }
    for (const { orbit, lamp } of face.lamps) this.setLamp(orbit, lamp);
    this.light(face.digits);
  }

  /** Words for each key; `calls` are by orbit number. */
  describe(calls) {
    for (const [orbit, { key, lamp }] of this.orbits) {
      const call = calls.get(orbit);
      const state = PHASE_WORDS[call?.state] ?? LAMP_WORDS[lamp.dataset.lamp] ?? "free";
      const words = [`Orbit ${orbit}`, state];
      if (call?.caller) words.push(call.caller);
      if (call?.waited != null) words.push(duration(call.waited));
      const label = words.join(", ");
      if (key.getAttribute("aria-label") !== label) {
        key.setAttribute("aria-label", label);
        key.title = label;
      }
    }
  }

  /** Lamps that are lit, by orbit. */
  lamps() {
    return new Map([...this.orbits].map(([orbit, { lamp }]) => [orbit, lamp.dataset.lamp]));
  }

  /** The page's name of the n-th orbit key, counted from 1. */
  orbitKey(nth) {
    const orbit = [...this.orbits.keys()][nth - 1];
    return orbit === undefined ? undefined : `orbit-${orbit}`;
  }

  has(orbit) {
    return this.orbits.has(orbit);
  }

  mount(orbits) {
    this.orbits.clear();
    this.keysHost.replaceChildren(
      ...orbits.map((orbit, index) => {
        const cell = document.createElement("div");
        cell.className = "orbit";
        const lamp = document.createElement("span");
        lamp.className = "lamp";
        lamp.dataset.lamp = "off";
        lamp.setAttribute("aria-hidden", "true");
        const key = document.createElement("button");
        key.type = "button";
        key.className = "key orbit-key";
        key.dataset.key = `orbit-${orbit}`;
        key.textContent = orbit;
        if (index < 9) key.setAttribute("aria-keyshortcuts", String(index + 1));
        cell.append(lamp, key);
        this.orbits.set(orbit, { key, lamp });
        return cell;
      }),
    );
    this.arrange();
  }

  arrange() {
    const { columns, height, text } = layout(this.orbits.size, this.narrow.matches);
    const style = this.keysHost.style;
    style.setProperty("--columns", columns);
    style.setProperty("--key-height", height);
    const longest = Math.max(2, ...[...this.orbits.keys()].map((orbit) => orbit.length));
    style.setProperty("--key-text", Math.round(Math.min(text, (text * 3.4) / longest)));
  }

  setLamp(orbit, pattern) {
    const lamp = this.orbits.get(orbit)?.lamp;
    if (!lamp || lamp.dataset.lamp === pattern) return;
    lamp.dataset.lamp = pattern;
    // All lamps of a pattern blink together, as those of the real unit do.
    for (const blinking of lamp.getAnimations({ subtree: true })) blinking.startTime = 0;
  }
}
