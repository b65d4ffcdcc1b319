// Notes beside the unit: who waits, how to park, phones, what happened.

/** `65` -> `1:05`. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  const rest = String(whole % 60).padStart(2, "0");
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

/** `65` -> `1 minute`, for the ear. */
export function duration(seconds) {
  if (seconds < 60) return "less than a minute";
  const minutes = Math.floor(seconds / 60);
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

const DOING = {
  "being-retrieved": "being retrieved now",
  "ringing-back": "the parker’s phone is ringing",
  "falling-back": "the last destination is ringing",
  apologising: "being told that nobody came",
};

/** Every call that waits, the longest waiting first, `elapsed` seconds after the status was made. */
export function callsOf(status, elapsed) {
  const later = (seconds, step) => (seconds == null ? null : Math.max(0, seconds + step));
  return status.lots
    .flatMap((lot) => lot.orbits.map((orbit) => ({ ...orbit, lot: lot.name })))
    .map((orbit) => ({ ...orbit, waited: later(orbit.waited_s, elapsed), nextIn: later(orbit.next_in_s, -elapsed) }))
    .filter((orbit) => orbit.waited != null)
    .sort((one, other) => other.waited - one.waited || one.number.localeCompare(other.number));
}

/** The list of waiting calls. Rows are kept, so that a pressed button stays under the finger. */
export class WaitingList {
  constructor({ list, count, empty, onRetrieve }) {
    Object.assign(this, { list, count, empty, onRetrieve });
    this.rows = new Map();
  }

  show(calls, { speaking, hasKey }) {
    this.empty.hidden = calls.length > 0;
    this.count.hidden = calls.length === 0;
    set(this.count, String(calls.length));
    const wanted = new Set(calls.map(({ number }) => number));
    for (const [number, row] of this.rows) {
      if (wanted.has(number)) continue;
      row.item.remove();
      this.rows.delete(number);
    }
    calls.forEach((call, index) => {
      const row = this.rows.get(call.number) ?? this.makeRow(call.number);
      if (this.list.children[index] !== row.item) this.list.insertBefore(row.item, this.list.children[index] ?? null);
      set(row.caller, call.caller ?? "Unknown caller");
      row.caller.title = call.caller ?? "";
      set(row.waited, clock(call.waited));
      const facts = [call.parker ? `Parked by ${call.parker}` : "Parked"];
      if (call.ringbacks > 0) facts.push(call.ringbacks === 1 ? "rung back once" : `rung back ${call.ringbacks} times`);
      if (speaking === call.number) facts.push("being announced");
      set(row.facts, facts.join(" · "));
      const next = call.next ? `${call.next}${call.nextIn == null ? "" : ` in ${clock(call.nextIn)}`}` : "";
      set(row.next, DOING[call.state] ?? next);
      row.retrieve.hidden = !hasKey(call.number);
    });
  }

  makeRow(number) {
    const item = document.createElement("li");
    const part = (name, tag = "span") => {
      const made = item.appendChild(document.createElement(tag));
      made.className = name;
      return made;
    };
    const row = { item };
    set(part("number"), number);
    row.caller = part("caller");
    row.waited = part("waited");
    const facts = part("facts");
    row.facts = facts.appendChild(document.createElement("span"));
    facts.append(document.createElement("br"));
    row.next = facts.appendChild(document.createElement("b"));
    row.retrieve = part("small", "button");
    row.retrieve.type = "button";
    set(row.retrieve, "Retrieve");
    row.retrieve.setAttribute("aria-label", `Retrieve orbit ${number}`);
    row.retrieve.addEventListener("click", () => this.onRetrieve(number));
    this.rows.set(number, row);
    return row;
  }
}

/** How to park from a phone, with this unit's own numbers. */
export function showHow(host, status) {
  const lots = status.lots.filter((lot) => lot.orbits.length > 0);
  const named = lots.length > 1;
  const pilots = lots.filter((lot) => lot.pilot).map((lot) => (named ? `${lot.pilot} (${lot.name})` : lot.pilot));
  const ranges = lots.map((lot) => range(lot.orbits.map(({ number }) => number)));
  const steps = [];
  if (pilots.length > 0) steps.push(["In a call, transfer it to ", pilots.join(" or "), "."]);
  else if (ranges.length > 0) steps.push(["In a call, transfer it to a free orbit, ", ranges.join(", "), "."]);
  steps.push(["The unit shows and announces the orbit; the caller hears music.", "", ""]);
  if (ranges.length > 0) steps.push(["Anybody dials that orbit, ", ranges.join(", "), ", and has the call."]);
  host.replaceChildren(
    ...steps.map(([before, number, after]) => {
      const step = document.createElement("li");
      const strong = document.createElement("b");
      strong.textContent = number;
      step.append(before, strong, after);
      return step;
    }),
  );
}

function range(numbers) {
  return numbers.length > 2 ? `${numbers[0]}–${numbers.at(-1)}` : numbers.join(" or ");
}

export function showPhones({ list, summary, card }, status) {
  card.hidden = status.stations.length === 0;
  const here = status.stations.filter(({ registered }) => registered).length;
  set(summary, `${here} of ${status.stations.length} registered`);
  list.replaceChildren(
    ...status.stations.map((station) => {
      const item = document.createElement("li");
      item.className = station.registered ? "here" : "";
      item.append(text("b", station.user), text("span", station.name));
      if (station.user === status.beside) item.append(text("span", "beside the unit", "tag"));
      item.append(text("span", station.registered ? "registered" : "not registered", "presence"));
      return item;
    }),
  );
}

/** Alerts of the unit, and what would surprise a newcomer. */
export function showAlerts(host, status) {
  const notes = status.alerts.map((words) => text("p", words));
  const beside = status.stations.find(({ user }) => user === status.beside);
  if (beside && !beside.registered) {
    const name = beside.name ? `${beside.name} (${beside.user})` : beside.user;
    notes.push(text("p", `${name}, the phone beside the unit, is not registered: orbit keys have no phone to ring.`, "note"));
  }
  if (notes.map((note) => note.textContent).join() !== [...host.children].map((note) => note.textContent).join()) {
    host.replaceChildren(...notes);
  }
}

export function showRecent(host, status, startedAt) {
  host.replaceChildren(
    ...status.recent.toReversed().map(({ at_s, text: words }) => {
      const item = document.createElement("li");
      const when = new Date(startedAt + at_s * 1000);
      const time = text("time", when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }));
      time.dateTime = when.toISOString();
      item.append(time, text("span", words));
      return item;
    }),
  );
}

export function text(tag, words, name = "") {
  const made = document.createElement(tag);
  made.textContent = words;
  if (name) made.className = name;
  return made;
}

export function set(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
