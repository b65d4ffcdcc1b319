// The version of the whole system: which one is in use, and one that is to take its place.

import { ask } from "./ask.js";
import { set } from "./waiting.js";

const DOING = {
  installing: "an update is being installed",
  "waiting-for-time": "an update waits for the time",
  "waiting-for-calls": "an update waits until nobody is on the telephone",
  restarting: "the machine starts anew",
  proving: "new, and to be kept when it serves",
};

/** Buttons are there while they mean something. */
export class Update {
  constructor({ card, summary, said, progress, file, drained, now, keep, onRefusal }) {
    Object.assign(this, { card, summary, said, progress, file, drained, now, keep, onRefusal });
    this.sending = false;
    file.addEventListener("change", () => this.send(file.files[0]));
    drained.addEventListener("click", () => this.begin("drained"));
    now.addEventListener("click", () => this.begin("now"));
    keep.addEventListener("click", () => ask("/api/update", { method: "DELETE" }, onRefusal));
  }

  show({ update }) {
    this.card.hidden = !update;
    if (!update) return;
    const doing = DOING[update.stage];
    set(this.summary, doing ? `${update.version} – ${doing}` : update.version);
    set(this.said, this.sending ? "The bundle is being sent …" : (update.text ?? ""));
    this.progress.hidden = update.percent == null;
    if (update.percent != null) this.progress.value = update.percent;
    const installed = update.stage === "waiting-for-calls";
    this.drained.hidden = !installed;
    this.now.hidden = !installed;
    this.keep.hidden = !update.stage.startsWith("waiting");
    this.file.disabled = this.sending || ["installing", "restarting", "proving"].includes(update.stage);
  }

  async send(file) {
    if (!file) return;
    this.sending = true;
    this.file.disabled = true;
    set(this.said, "The bundle is being sent …");
    await ask("/api/update", { method: "POST", body: file }, this.onRefusal);
    this.sending = false;
    this.file.value = "";
  }

  begin(when) {
    const headers = { "Content-Type": "application/json" };
    return ask("/api/update/begin", { method: "POST", headers, body: JSON.stringify({ when }) }, this.onRefusal);
  }
}
