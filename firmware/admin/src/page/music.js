// The music library: what there is, and files on their way into it.

import { ask } from "./ask.js";
import { clock, duration, set, text } from "./waiting.js";

/** Files are sent one after another: the unit takes few at once. */
export class MusicList {
  constructor({ card, summary, tracks, imports, files, onRefusal }) {
    Object.assign(this, { card, summary, tracks, imports, onRefusal });
    this.rows = new Map();
    this.sending = Promise.resolve();
    this.ended = new Set();
    card.addEventListener("toggle", () => card.open && this.load());
    files.addEventListener("change", () => {
      for (const file of files.files) this.sending = this.sending.then(() => this.send(file));
      files.value = "";
    });
  }

  /** Reads the tracks anew. */
  async load() {
    try {
      const answer = await fetch("/api/music");
      const { tracks, error } = await answer.json();
      if (answer.ok) this.showTracks(tracks);
      else this.onRefusal(error);
    } catch {
      // The page says elsewhere that the unit is lost.
    }
  }

  showTracks(tracks) {
    const whole = tracks.reduce((seconds, track) => seconds + track.seconds, 0);
    const count = tracks.length === 1 ? "1 track" : `${tracks.length} tracks`;
    set(this.summary, tracks.length === 0 ? "the unit’s own piece" : `${count}, ${duration(whole)}`);
    this.tracks.replaceChildren(
      ...tracks.map((track) => {
        const item = document.createElement("li");
        const remove = text("button", "Remove", "small");
        remove.type = "button";
        remove.setAttribute("aria-label", `Remove ${track.title}`);
        remove.addEventListener("click", () => this.remove(track, remove));
        item.append(text("b", String(track.number)), text("span", track.title, "title"), text("span", clock(track.seconds), "time"), remove);
        return item;
      }),
    );
  }

  /** A second press removes: the file may be nowhere else. */
  async remove(track, button) {
    if (button.dataset.asked === undefined) {
      button.dataset.asked = "";
      set(button, "Sure?");
      setTimeout(() => {
        delete button.dataset.asked;
        set(button, "Remove");
      }, 3000);
      return;
    }
    button.disabled = true;
    await ask(`/api/music/${track.number}`, { method: "DELETE" }, this.onRefusal);
    await this.load();
  }

  async send(file) {
    const row = this.row(`sending ${file.name}`, file.name);
    set(row.said, "sending");
    await ask(`/api/music?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file }, this.onRefusal);
    row.item.remove();
    this.rows.delete(`sending ${file.name}`);
  }

  /** Files on their way, as the unit tells them; those that have become tracks are among the tracks. */
  show(imports) {
    const shown = imports.filter(({ stage }) => stage !== "imported");
    const wanted = new Set(shown.map((one) => one.import));
    for (const [key, row] of this.rows) {
      if (typeof key === "string" || wanted.has(key)) continue;
      row.item.remove();
      this.rows.delete(key);
    }
    for (const one of shown) {
      const row = this.rows.get(one.import) ?? this.row(one.import, one.name);
      row.item.dataset.stage = one.stage;
      row.progress.hidden = one.stage === "refused";
      row.progress.value = one.percent ?? 0;
      set(row.said, one.stage === "refused" ? `refused: ${one.reason}` : one.stage === "waiting" ? "waiting" : `${one.percent} %`);
    }
    const ended = imports.filter(({ stage }) => stage === "imported").map((one) => one.import);
    if (ended.some((number) => !this.ended.has(number)) && this.card.open) this.load();
    this.ended = new Set(ended);
  }

  row(key, name) {
    const item = document.createElement("li");
    const row = { item, progress: document.createElement("progress"), said: text("span", "", "said") };
    row.progress.max = 100;
    item.append(text("span", name, "title"), row.progress, row.said);
    this.imports.append(item);
    this.rows.set(key, row);
    return row;
  }
}
