// @ts-check
/** @import {App, Person} from "../types.js" */
/** Windows before a decision on a person: another name, out of the room, banned. */
import { Refused } from "../connection.js";
import { confirm, Modal } from "../dialogs.js";
import { button, el, setText } from "../dom.js";
import { t, tn } from "../words.js";

/**
 * A window with a form that is gone once the command is done; a refusal is said in it.
 * @param {string} title
 * @param {{yes: string, danger?: boolean, send: () => Promise<any>}} more `send` rejects with Refused
 * @param {...HTMLElement} fields
 */
function ask(title, { yes, danger = false, send }, ...fields) {
  const gone = () => {
    modal.close();
    modal.node.remove();
  };
  const submit = button(yes, () => {}, { kind: danger ? "danger" : "primary" });
  submit.type = "submit";
  const trouble = el("p", { class: "trouble", role: "alert", hidden: true });
  const form = el(
    "form",
    {
      class: "ask-form",
      novalidate: true,
      onsubmit: async (/** @type {Event} */ event) => {
        event.preventDefault();
        try {
          await send();
          gone();
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          setText(trouble, error.message);
          trouble.hidden = false;
        }
      },
    },
    ...fields,
    trouble,
    el("div", { class: "modal-actions" }, button(t("Cancel"), gone), submit),
  );
  const modal = new Modal(title, { class: "modal-small", dismissed: gone }, form);
  modal.open();
}

/** @param {App} app @param {Person} person */
export function askName(app, person) {
  const own = person.id === app.store.you;
  const field = el("input", { id: "new-name", type: "text", maxLength: 60, value: person.name, autocomplete: "off" });
  const fields = own ? {} : { person: person.id };
  ask(
    own ? t("Change your name") : t("Rename {name}", { name: person.name }),
    { yes: t("Rename"), send: () => app.send("rename", { ...fields, name: field.value }) },
    el("label", { for: "new-name" }, t("Name, as others see it")),
    field,
  );
  field.select();
}

/** @param {App} app */
export function askRoomName(app) {
  const field = el("input", { id: "new-room-name", type: "text", maxLength: 120, value: app.store.room?.name ?? "", autocomplete: "off" });
  ask(
    t("Rename the room"),
    { yes: t("Rename"), send: () => app.send("rename_room", { name: field.value }) },
    el("label", { for: "new-room-name" }, t("The room's name")),
    field,
    el("p", { class: "quiet" }, t("Its address and its links stay as they are.")),
  );
  field.select();
}

/** @param {App} app @param {Person} person */
export async function askToRemove(app, person) {
  const sure = await confirm(
    t("Remove {name} from the room?", { name: person.name }),
    t("They are put out at once, and may enter again unless the room is locked. To keep them out, ban them."),
    t("Remove"),
  );
  if (sure) await app.act("remove_from_room", { person: person.id });
}

/** @param {App} app @param {Person} person */
export function askToBan(app, person) {
  const { store } = app;
  const reason = el("input", { id: "ban-reason", type: "text", maxLength: 200, autocomplete: "off" });
  const link = el("input", { id: "ban-link", type: "checkbox" });
  const others = [...store.people.values()].filter((one) => one.link === person.link && one.id !== person.id);
  link.checked = Boolean(person.link) && others.length === 0;
  const about = el("p", { class: "quiet" });
  setText(about, !person.link
    ? t("They came without an invitation link. As the door is open, they can come back as somebody new; lock the room to prevent that.")
    : others.length
      ? tn(others.length, "{count} other person in the room came by the same link. They would stay, but nobody new could use it.", "{count} other people in the room came by the same link. They would stay, but nobody new could use it.")
      : t("Nobody else in the room came by this link."));
  ask(
    t("Ban {name}", { name: person.name }),
    {
      yes: t("Ban"),
      danger: true,
      send: () => app.send("ban", { person: person.id, reason: reason.value, link: link.checked }),
    },
    el("p", {}, t("They are put out at once and cannot come back. They read who banned them, and the reason.")),
    el("label", { for: "ban-reason" }, t("Reason (may be left empty)")),
    reason,
    el("div", { class: "check-row", hidden: !person.link }, link, el("label", { for: "ban-link" }, t("Ban the link they came by, too"))),
    about,
  );
}
