// @ts-check
/**
 * The grid of a review by keyboard, what a criterion judges beside it, and passages quoted into its reason. Without this script
 * the same is done by links and by the « Citer » buttons of the page, which post the grid.
 */
import { all, byId, el } from "./trame.js";

const form = byId("grille"), deposit = all(".judge > .pane")[0];

/** A criterion: its marks, then its reason. */
const criteria = () => all("fieldset[id^=k]", form);
const idOf = (fieldset) => fieldset.id.slice(1);
const reasonOf = (id) => byId("j" + id);
/** The criterion of a control, or the one that the evidence comes from. */
function current(/** @type {any} */ target) {
	const own = target.closest("fieldset[id^=k]") ?? (/^j\d+$/.test(target.id) && byId("k" + target.id.slice(1)));
	const proof = target.closest("details.proof");
	return own || (proof && byId("k" + proof.id.slice(1))) || null;
}

function focusOn(fieldset) {
	if (!fieldset) return;
	(all("input:checked", fieldset)[0] ?? all("input[type=radio]", fieldset)[0])?.focus();
	fieldset.scrollIntoView({ block: "nearest" });
}

const step = (fieldset, by) => focusOn(criteria()[criteria().indexOf(fieldset) + by] ?? fieldset);

function mark(fieldset, value) {
	const radio = all("input[type=radio]", fieldset).find((radio) => radio.value === value);
	if (!radio) return;
	radio.checked = true;
	radio.focus();
	radio.dispatchEvent(new Event("change", { bubbles: true }));
}

// ---- what a criterion judges

function light(id) {
	for (const item of all(".lit", deposit)) item.classList.toggle("on", item.dataset.lights.split(" ").includes(id));
}

function show(id) {
	const proof = byId("p" + id);
	if (!proof) return;
	proof.open = true;
	all("summary", proof)[0].focus();
	proof.scrollIntoView({ block: "start" });
}

form.addEventListener("focusin", ({ target }) => {
	const fieldset = current(target);
	if (fieldset) light(idOf(fieldset));
});
document.addEventListener("click", (event) => {
	const link = /** @type {any} */ (event.target).closest("a[href^='#p']");
	if (!link || !byId(link.hash.slice(1))?.matches("details.proof")) return;
	event.preventDefault();
	show(link.hash.slice(2));
});
const opened = () => /^#p\d+$/.test(location.hash) && byId(location.hash.slice(1)) && (byId(location.hash.slice(1)).open = true);
addEventListener("hashchange", opened);
opened();

// ---- keys: only inside the grid, or inside a proof; never over a text, nor with a modifier

const KEYS = {
	j: (fieldset) => step(fieldset, 1),
	k: (fieldset) => step(fieldset, -1),
	n: (fieldset) => mark(fieldset, "ne"),
	c: (fieldset) => reasonOf(idOf(fieldset))?.focus(),
	p: (fieldset) => show(idOf(fieldset)),
	Escape: focusOn,
};
const help = all("details.keys", form)[0];

function pressed(event) {
	const { target, key } = event, fieldset = current(target);
	const isWriting = target.matches("textarea");
	if (event.altKey && (key === "PageDown" || key === "PageUp") && fieldset) return event.preventDefault(), step(fieldset, key === "PageDown" ? 1 : -1);
	if (event.ctrlKey || event.metaKey || event.altKey || (isWriting && key !== "Escape")) return;
	if (key === "?" && help) return event.preventDefault(), (help.open = !help.open), all("summary", help)[0].focus();
	if (!fieldset) return;
	if (/^[0-4]$/.test(key)) return event.preventDefault(), mark(fieldset, key);
	const act = KEYS[key];
	if (act) event.preventDefault(), act(fieldset);
}
form.addEventListener("keydown", pressed);
for (const proof of all("details.proof", deposit)) proof.addEventListener("keydown", pressed);
if (help) help.hidden = false;

// ---- quoting

/** As the server writes it. */
const quotation = (passage, origin) => `«\u00a0${passage.trim().split(/\s+/).join(" ")}\u00a0» (${origin})`;

function quote(id, passage, origin) {
	const reason = reasonOf(id);
	if (!reason || !passage.trim()) return false;
	const typed = reason.value.trimEnd();
	reason.value = typed ? `${typed}\n\n${quotation(passage, origin)}` : quotation(passage, origin);
	reason.dispatchEvent(new Event("input", { bubbles: true }));
	reason.focus();
	reason.setSelectionRange(reason.value.length, reason.value.length);
	reason.scrollTop = reason.scrollHeight;
	return true;
}

const originOf = (node) => node.closest("[data-origin]")?.dataset.origin ?? "";

for (const button of all("button[name=citer]", deposit)) button.addEventListener("click", (event) => {
	const passage = button.closest(".cite").previousElementSibling?.textContent ?? "";
	if (quote(button.value.split(".")[0], passage, originOf(button))) event.preventDefault();
});

/** What is selected in one answer of the deposit, and that answer. */
function selected() {
	const selection = getSelection(), text = selection?.toString().trim() ?? "";
	const element = (node) => (node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement);
	const item = element(selection?.anchorNode)?.closest(".lit");
	return text && item && deposit.contains(item) && item.contains(selection?.focusNode ?? null) ? { text, item } : null;
}

const bar = el("div", { class: "quoting", role: "group", "aria-label": "Citer la sélection", hidden: "" });
deposit.append(bar);

function offer() {
	if (bar.contains(document.activeElement)) return;
	const held = selected(), ids = held?.item.dataset.lights.split(" ").filter((id) => reasonOf(id)) ?? [];
	bar.hidden = !ids.length;
	if (!held) return;
	bar.replaceChildren(...ids.map((id) => {
		const code = all("legend .over", byId("k" + id))[0]?.textContent.split(",")[0].toLowerCase() ?? "";
		const button = el("button", { type: "button", class: "s" }, `Citer la sélection, ${code}`);
		button.onclick = () => (quote(id, held.text, originOf(held.item)), getSelection()?.removeAllRanges(), (bar.hidden = true));
		return button;
	}));
}
document.addEventListener("selectionchange", offer);
