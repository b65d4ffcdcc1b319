// What there is only so much of, and how much of it is in use.

import { set, text } from "./waiting.js";

/** As the unit warns. */
const NEAR = 0.8;

const near = ({ used, most }) => most > 0 && used >= most * NEAR;
const number = (value) => value.toLocaleString("en").replaceAll(",", "\u202f");

export function showLimits({ card, summary, rows }, { limits }) {
  card.hidden = limits.length === 0;
  const full = limits.filter(near);
  set(summary, full.length > 0 ? `nearly used up: ${full.map(({ name }) => name).join(", ")}` : "enough of everything");
  const news = JSON.stringify(limits);
  if (news === rows.dataset.shown) return;
  rows.dataset.shown = news;
  rows.replaceChildren(...limits.map(row));
}

function row(limit) {
  const made = document.createElement("tr");
  made.className = near(limit) ? "near" : "";
  const name = text("th", limit.name);
  name.scope = "row";
  made.append(name, text("td", number(limit.used)), text("td", number(limit.most)));
  return made;
}
