// Keys of the page: what fingers, mouse and keyboard do to them goes to the unit, press and release, in order.

/** Tells `send(key, pressed)` about every edge. */
export class Keys {
  constructor({ root, send, shortcut }) {
    this.root = root;
    this.send = send;
    this.shortcut = shortcut;
    /** What holds each key down: a pointer or a keyboard code. */
    this.holders = new Map();
    root.addEventListener("pointerdown", (event) => this.pointerDown(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      root.addEventListener(end, (event) => this.letGo(`pointer ${event.pointerId}`));
    }
    root.addEventListener("contextmenu", (event) => event.target.closest("[data-key]") && event.preventDefault());
    root.addEventListener("click", (event) => this.assistedClick(event));
    document.addEventListener("keydown", (event) => this.keyDown(event));
    document.addEventListener("keyup", (event) => this.keyUp(event));
    window.addEventListener("blur", () => this.letAllGo());
    window.addEventListener("pagehide", () => this.letAllGo());
    document.addEventListener("visibilitychange", () => document.hidden && this.letAllGo());
  }

  /** A whole press, for a button elsewhere on the page. */
  tap(key) {
    this.hold("tap", key);
    this.letGo("tap");
  }

  letAllGo() {
    for (const holder of [...this.holders.keys()]) this.letGo(holder);
  }

  pointerDown(event) {
    const key = event.target.closest("[data-key]");
    if (!key || event.button !== 0) return;
    this.hold(`pointer ${event.pointerId}`, key.dataset.key);
    // The release comes here even when the finger has slid off the key.
    key.setPointerCapture(event.pointerId);
  }

  keyDown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const focused = document.activeElement?.closest?.("[data-key]");
    const isActivation = event.code === "Space" || event.code === "Enter";
    const key = isActivation ? focused?.dataset.key : this.keyOf(event);
    if (!key) return;
    event.preventDefault();
    if (!event.repeat) this.hold(event.code, key);
  }

  keyUp(event) {
    if (!this.holders.has(event.code)) return;
    event.preventDefault();
    this.letGo(event.code);
  }

  /** Assistive technology clicks without pressing anything. */
  assistedClick(event) {
    const key = event.target.closest("[data-key]");
    if (key && event.detail === 0) this.tap(key.dataset.key);
  }

  keyOf(event) {
    const named = { p: "park", r: "retrieve", g: "page", f: "function" }[event.key.toLowerCase()];
    if (named) return named;
    return /^[1-9]$/.test(event.key) ? this.shortcut(Number(event.key)) : undefined;
  }

  hold(holder, key) {
    if (this.holders.has(holder)) return;
    const isHeldAlready = [...this.holders.values()].includes(key);
    this.holders.set(holder, key);
    if (isHeldAlready) return;
    this.draw(key, true);
    this.send(key, true);
  }

  letGo(holder) {
    const key = this.holders.get(holder);
    if (key === undefined) return;
    this.holders.delete(holder);
    if ([...this.holders.values()].includes(key)) return;
    this.draw(key, false);
    this.send(key, false);
  }

  draw(key, down) {
    for (const drawn of this.root.querySelectorAll("[data-key]")) {
      if (drawn.dataset.key === key) drawn.classList.toggle("down", down);
    }
  }
}

function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}
