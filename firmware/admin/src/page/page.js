// Joins the parts of the page.

import { Keys } from "./keys.js";
import { showLimits } from "./limits.js";
import { Live, Sender } from "./live.js";
import { MusicList } from "./music.js";
import { Sound } from "./sound.js";
import { LAMP_WORDS, Unit } from "./unit.js";
import { Update } from "./update.js";
import { WaitingList, callsOf, set, showAlerts, showHow, showPhones, showRecent } from "./waiting.js";
import { Wires } from "./wires.js";

const at = (id) => document.getElementById(id);

const unit = new Unit(at("unit"));
const sender = new Sender(toast);
const keys = new Keys({
  root: at("unit"),
  send: (key, pressed) => sender.key(key, pressed),
  shortcut: (nth) => unit.orbitKey(nth),
});
const waiting = new WaitingList({
  list: at("waiting"),
  count: at("waiting-count"),
  empty: at("waiting-empty"),
  onRetrieve: (number) => keys.tap(`orbit-${number}`),
});

const music = new MusicList({
  card: at("music-card"),
  summary: at("music-summary"),
  tracks: at("tracks"),
  imports: at("imports"),
  files: at("music-files"),
  onRefusal: toast,
});

const wires = new Wires({
  card: at("wires-card"),
  summary: at("wires-summary"),
  relays: at("relays"),
  contacts: at("contacts"),
  onContact: (name, closed) => sender.contact(name, closed),
});

const update = new Update({
  card: at("update-card"),
  summary: at("update-summary"),
  said: at("update-said"),
  progress: at("update-progress"),
  file: at("update-file"),
  drained: at("update-drained"),
  now: at("update-now"),
  keep: at("update-keep"),
  onRefusal: toast,
});

let status;
let statusAt = 0;
let told = new Map();
let toasting;

function toast(words) {
  const host = at("toast");
  set(host, words);
  host.hidden = false;
  clearTimeout(toasting);
  toasting = setTimeout(() => (host.hidden = true), 4000);
}

/** What counts on by itself. */
function tick() {
  // A count that nobody confirms would be a guess.
  if (!status || live.link !== "live") return;
  const calls = callsOf(status, (performance.now() - statusAt) / 1000);
  waiting.show(calls, { speaking: status.speaking, hasKey: (number) => unit.has(number) });
  unit.describe(new Map(calls.map((call) => [call.number, call])));
}

/** Says aloud what lamps have begun to mean, once each. */
function announce() {
  const lamps = unit.lamps();
  const news = [];
  for (const [orbit, lamp] of lamps) {
    if (told.has(orbit) && told.get(orbit) !== lamp) news.push(`Orbit ${orbit}, ${LAMP_WORDS[lamp]}`);
  }
  told = lamps;
  if (news.length > 0 && news.length < lamps.size) set(at("live"), `${news.join(". ")}.`);
}

function showStatus(next) {
  status = next;
  statusAt = performance.now();
  set(at("unit-name"), status.unit || "Orbitbox");
  document.title = status.unit ? `${status.unit} – Orbitbox` : "Orbitbox";
  set(at("type-address"), status.sip_address);
  set(at("address"), status.sip_address || "…");
  at("unit").dataset.speaking = String(status.speaking != null);
  showAlerts(at("alerts"), status);
  showHow(at("how"), status);
  showPhones({ list: at("phones"), summary: at("phones-summary"), card: at("phones-card") }, status);
  wires.show(status);
  update.show(status);
  showLimits({ card: at("limits-card"), summary: at("limits-summary"), rows: at("limits") }, status);
  showRecent(at("recent"), status, Date.now() - status.uptime_s * 1000);
  tick();
}

const live = new Live();
live.addEventListener("face", ({ detail }) => {
  unit.showFace(detail);
  tick();
  announce();
});
live.addEventListener("status", ({ detail }) => showStatus(detail));
live.addEventListener("imports", ({ detail }) => music.show(detail));
live.addEventListener("link", ({ detail }) => {
  document.body.dataset.link = detail;
  set(at("veil-text"), detail === "live" ? "" : "No connection – trying again…");
  if (detail !== "live") keys.letAllGo();
});
setInterval(tick, 250);

const SOUND_WORDS = {
  off: ["Sound off", "Hear what the speaker plays"],
  quiet: ["Sound on", "Listening – speaker is quiet"],
  playing: ["Sound on", "Speaker is playing"],
  lost: ["Sound on", "Sound lost – trying again…"],
};
const sound = new Sound((state, level) => {
  const button = at("sound");
  button.dataset.sound = state;
  button.setAttribute("aria-pressed", String(state !== "off"));
  button.style.setProperty("--level", level.toFixed(2));
  set(at("sound-title"), SOUND_WORDS[state][0]);
  set(at("sound-state"), SOUND_WORDS[state][1]);
});
at("sound").addEventListener("click", () => sound.toggle().catch(() => toast("This browser plays no sound here.")));

at("call-in").addEventListener("click", async () => {
  const button = at("call-in");
  button.disabled = true;
  if (await sender.callIn()) set(at("call-in-state"), "Calling…");
  setTimeout(() => {
    button.disabled = false;
    set(at("call-in-state"), "Simulate a call");
  }, 2500);
});

at("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(at("address").textContent);
    set(at("copy"), "Copied");
    setTimeout(() => set(at("copy"), "Copy"), 2000);
  } catch {
    // Without a secure origin there is no clipboard; a selection can be copied by hand.
    getSelection().selectAllChildren(at("address"));
  }
});
