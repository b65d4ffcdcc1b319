// What leads out of the unit and into it beside the keys: relays, and contacts that the simulated board lets one close.

import { set, text } from "./waiting.js";

const FOLLOWS = { page: "while a page is heard", parked: "while a call is parked", "waiting-long": "while a call waits long" };
const DOES = { night: "quiet hours while closed", cancel: "stops the page", emergency: "alarm while closed" };

export class Wires {
  constructor({ card, summary, relays, contacts, onContact }) {
    Object.assign(this, { card, summary, relays, contacts, onContact });
    this.shown = "";
  }

  show({ relays, contacts }) {
    this.card.hidden = relays.length + contacts.length === 0;
    const on = relays.filter((relay) => relay.on).map(({ name }) => name);
    const closed = contacts.filter((contact) => contact.closed).map(({ name }) => name);
    const says = [on.length && `on: ${on.join(", ")}`, closed.length && `closed: ${closed.join(", ")}`];
    set(this.summary, says.filter(Boolean).join("; "));
    // A switch that is replaced loses the focus: only where something has changed.
    const news = JSON.stringify([relays, contacts]);
    if (news === this.shown) return;
    this.shown = news;
    const focused = document.activeElement?.dataset?.contact;
    this.relays.replaceChildren(...relays.map(relayItem));
    this.contacts.replaceChildren(...contacts.map((contact) => this.contactItem(contact)));
    const again = [...this.contacts.querySelectorAll("button")].find((one) => focused && one.dataset.contact === focused);
    again?.focus();
  }

  contactItem(contact) {
    const item = document.createElement("li");
    item.className = contact.closed ? "active" : "";
    item.append(text("i", "", "led"), text("b", contact.name), text("span", DOES[contact.does] ?? contact.does));
    const state = contact.closed ? "closed" : "open";
    if (!contact.simulated) {
      item.append(text("span", state, "presence"));
      return item;
    }
    const button = text("button", contact.closed ? "Open" : "Close", "small");
    button.type = "button";
    button.dataset.contact = contact.name;
    button.setAttribute("role", "switch");
    button.setAttribute("aria-checked", String(contact.closed));
    button.setAttribute("aria-label", `Contact ${contact.name}, ${state}`);
    button.addEventListener("click", () => this.onContact(contact.name, !contact.closed));
    item.append(button);
    return item;
  }
}

function relayItem(relay) {
  const item = document.createElement("li");
  item.className = relay.on ? "active" : "";
  const says = FOLLOWS[relay.follows] ?? relay.follows;
  item.append(text("i", "", "led"), text("b", relay.name), text("span", says), text("span", relay.on ? "on" : "off", "presence"));
  return item;
}
