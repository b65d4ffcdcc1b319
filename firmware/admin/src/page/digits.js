// Four characters of fourteen segments, drawn as SVG.

const NS = "http://www.w3.org/2000/svg";
const PLACES = 4;
const WIDTH = 74;

// One place is 56 wide and 96 high. Each segment is a polygon; names go round the clock, then inwards.
const SEGMENTS = {
  top: "9,2 47,2 50,5 44,11 12,11 6,5",
  upperRight: "52,7 54,9 54,44 50.5,47 46,42.5 46,13",
  lowerRight: "50.5,49 54,52 54,87 52,89 46,83 46,53.5",
  bottom: "12,85 44,85 50,91 47,94 9,94 6,91",
  lowerLeft: "5.5,49 10,53.5 10,83 4,89 2,87 2,52",
  upperLeft: "4,7 10,13 10,42.5 5.5,47 2,44 2,9",
  middleLeft: "11.5,44 23,44 27,48 23,52 11.5,52 7.5,48",
  middleRight: "33,44 44.5,44 48.5,48 44.5,52 33,52 29,48",
  stemUp: "24,13 32,13 32,38 28,44 24,38",
  stemDown: "28,52 32,58 32,83 24,83 24,58",
  slantUpLeft: "12,13 17.5,13 22,27 22,41.5 18,39 12,22",
  slantUpRight: "44,13 38.5,13 34,27 34,41.5 38,39 44,22",
  slantDownLeft: "12,83 17.5,83 22,69 22,54.5 18,57 12,74",
  slantDownRight: "44,83 38.5,83 34,69 34,54.5 38,57 44,74",
};

const NAMES = Object.keys(SEGMENTS);
const SHORT = "t r R b L l m M u d q p z y".split(" ");

// Letters as in SHORT: t top, r/R right upper/lower, b bottom, l/L left upper/lower, m/M middle left/right,
// u/d stem up/down, q/p slants up left/right, z/y slants down left/right.
const GLYPHS = {
  0: "trRbLl", 1: "rR", 2: "trmMLb", 3: "trRbmM", 4: "lmMrR", 5: "tlmMRb", 6: "tlLbRmM", 7: "trR", 8: "trRbLlmM",
  9: "trRblmM", A: "trRLlmM", B: "trRbMud", C: "tlLb", D: "trRbud", E: "tlLbmM", F: "tlLmM", G: "tlLbRM",
  H: "rRlLmM", I: "tbud", J: "rRbL", K: "lLmpy", L: "lLb", M: "lLrRqp", N: "lLrRqy", O: "trRbLl", P: "trlLmM",
  Q: "trRbLly", R: "trlLmMy", S: "tlmMRb", T: "tud", U: "lLbRr", V: "lLzp", W: "lLrRzy", X: "qpzy", Y: "qpd",
  Z: "tpzb", "-": "mM", " ": "",
};

/** `"1.05"` -> `[{character:"1",point:true},{character:"0"},…]`, right-aligned in four places. */
export function placesOf(text) {
  const places = [];
  for (const character of text) {
    const last = places.at(-1);
    if (character === "." && last && !last.point) last.point = true;
    else if (character !== ".") places.push({ character: character.toUpperCase(), point: false });
  }
  const shown = places.slice(-PLACES);
  while (shown.length < PLACES) shown.unshift({ character: " ", point: false });
  return shown;
}

/** Draws dark digits into `host`; the returned function lights them. */
export function drawDigits(host) {
  const svg = element("svg", { viewBox: `0 0 ${PLACES * WIDTH} 98`, "aria-hidden": "true" });
  const dark = element("g", { transform: "skewX(-7) translate(12 0)" });
  const lit = element("g", { transform: "skewX(-7) translate(12 0)", class: "lit-layer" });
  svg.append(dark, lit);
  const places = Array.from({ length: PLACES }, (_, place) => {
    const shift = { transform: `translate(${place * WIDTH} 0)` };
    const below = element("g", shift);
    const above = element("g", shift);
    dark.append(below);
    lit.append(above);
    const segments = {};
    NAMES.forEach((name, index) => {
      below.append(element("polygon", { points: SEGMENTS[name], class: "segment" }));
      segments[SHORT[index]] = above.appendChild(element("polygon", { points: SEGMENTS[name], class: "segment lit" }));
    });
    below.append(element("circle", { cx: 64, cy: 90, r: 5, class: "segment" }));
    const point = above.appendChild(element("circle", { cx: 64, cy: 90, r: 5, class: "segment lit" }));
    return { segments, point };
  });
  host.append(svg);

  let before;
  return function light(text) {
    if (text === before) return;
    before = text;
    placesOf(text).forEach(({ character, point }, index) => {
      const glyph = GLYPHS[character] ?? "";
      for (const [short, segment] of Object.entries(places[index].segments)) {
        segment.style.display = glyph.includes(short) ? "" : "none";
      }
      places[index].point.style.display = point ? "" : "none";
    });
    host.setAttribute("aria-label", text.trim() ? `Digits: ${text.trim()}` : "Digits: dark");
  };
}

export function element(name, attributes) {
  const made = document.createElementNS(NS, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
