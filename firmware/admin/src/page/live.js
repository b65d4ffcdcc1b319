// The connection to the unit: events in, edges out.

import { ask } from "./ask.js";

/** Without a sign of life for so long the unit counts as lost; it beats every 4 s. */
const LOST_AFTER_MS = 10_000;
/** A page nobody sees leaves its place to others. */
const HIDDEN_FOR_MS = 20_000;
/** An edge that has not been taken by then is given up: late, it would surprise. */
const SEND_WITHIN_MS = 3000;
const RETRY_MS = [500, 1000, 2000, 4000];

export class Live extends EventTarget {
  constructor() {
    super();
    this.failures = 0;
    document.addEventListener("visibilitychange", () => this.visibilityChanged());
    window.addEventListener("online", () => this.connect());
    window.addEventListener("pagehide", () => this.disconnect());
    window.addEventListener("pageshow", () => this.source || this.connect());
    this.connect();
  }

  connect() {
    this.disconnect();
    const source = new EventSource("/events");
    this.source = source;
    for (const kind of ["face", "status", "imports", "beat"]) {
      source.addEventListener(kind, (event) => {
        if (source !== this.source) return;
        this.failures = 0;
        this.alive();
        this.dispatchEvent(new CustomEvent(kind, { detail: JSON.parse(event.data) }));
      });
    }
    source.addEventListener("error", () => source === this.source && this.lose());
    this.watch();
  }

  disconnect() {
    clearTimeout(this.retry);
    clearTimeout(this.watchdog);
    this.source?.close();
    this.source = undefined;
  }

  alive() {
    this.tell("live");
    this.watch();
  }

  watch() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.lose(), LOST_AFTER_MS);
  }

  lose() {
    this.disconnect();
    this.tell("lost");
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    this.retry = setTimeout(() => this.connect(), wait);
  }

  tell(link) {
    if (this.link === link) return;
    this.link = link;
    this.dispatchEvent(new CustomEvent("link", { detail: link }));
  }

  visibilityChanged() {
    clearTimeout(this.hiding);
    if (document.hidden) this.hiding = setTimeout(() => this.disconnect(), HIDDEN_FOR_MS);
    else if (!this.source) this.connect();
  }
}

/** Sends requests one after another: a release never overtakes its press. */
export class Sender {
  constructor(onRefusal) {
    this.onRefusal = onRefusal;
    this.last = Promise.resolve();
  }

  key(key, pressed) {
    this.post(`/api/keys/${encodeURIComponent(key)}`, { pressed });
  }

  contact(name, closed) {
    this.post(`/api/contacts/${encodeURIComponent(name)}`, { closed });
  }

  callIn() {
    return this.post("/api/call-in");
  }

  post(path, body) {
    const request = () => ({
      method: "POST",
      signal: AbortSignal.timeout(SEND_WITHIN_MS),
      // A release on the way out of the page still arrives.
      keepalive: true,
      headers: body ? { "content-type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    this.last = this.last.then(() => ask(path, request(), this.onRefusal, "The unit did not hear that."));
    return this.last;
  }
}
