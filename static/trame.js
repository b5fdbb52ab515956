// @ts-check
/**
 * Trame in the browser, on every page: drafts of what the server has not acknowledged, signing out, files. Every page
 * works without it. Attributes only, no inline style: the policy forbids it.
 *
 * @typedef {[string, string][]} Fields what a form posts, in order
 * @typedef {{version: string, operation: string, fields: Fields}} Job
 * @typedef {Job & {at: number, kept: number, by: string, page: string, action: string, label: string, n: number,
 *   sent?: Job | null, stuck?: {status: number, message: string}}} Draft
 * @typedef {{key: string, form: any, keep: () => void, save: (asked?: boolean) => Promise<void>, end: () => void,
 *   say: Function, waits: () => boolean, retell: () => void}} Saver
 */

/** @returns {any[]} */
export const all = (selector, /** @type {ParentNode} */ root = document) => [...root.querySelectorAll(selector)];
/** @returns {any} */
export const byId = (id) => document.getElementById(id);
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const plural = (n, word) => word + (n > 1 ? "s" : "");

/** @returns {any} */
export function el(tag, attributes = {}, ...children) {
	const node = document.createElement(tag);
	for (const name in attributes) node.setAttribute(name, attributes[name]);
	node.append(...children);
	return node;
}

/** Not crypto.randomUUID: it is missing on plain http. */
export const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
	(+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));

export const here = () => location.pathname + location.search;
export const signIn = () => el("a", { href: "/connexion?next=" + encodeURIComponent(here()) }, "Se reconnecter");

const TARGET = "trame:cible";

/** An address that differs only by its fragment would not load again; a reload might post a form again. */
export function go(address) {
	const { hash, pathname, search } = new URL(address, location.href);
	if (!hash || pathname + search !== here()) return location.assign(address);
	try { sessionStorage.setItem(TARGET, hash); } catch {}
	location.assign(pathname + search);
}

/** Ties a message to its field, above it; or takes it away. */
export function mark(control, message) {
	const id = control.id + "-e";
	const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((x) => x && x !== id);
	byId(id)?.remove();
	if (message) control.before(el("p", { class: "error", id }, message)), ids.push(id);
	ids.length ? control.setAttribute("aria-describedby", ids.join(" ")) : control.removeAttribute("aria-describedby");
	control.ariaInvalid = message ? "true" : null;
}

/** @returns {Promise<any>} the answer and its status, 0 when none came */
export async function post(action, /** @type {Job} */ { version, operation, fields }) {
	const body = new URLSearchParams(fields);
	body.set("version", version);
	body.set("operation", operation);
	const headers = { "Accept": "application/json", "X-Requested-With": "trame" };
	const keepalive = `${body}`.length < 60_000; // outlives the page; browsers refuse above 64 KiB
	try {
		const response = await fetch(action, { method: "POST", headers, body, keepalive, signal: AbortSignal.timeout(30_000) });
		return { ...(await response.json().catch(() => null)), status: response.status };
	} catch {
		return { status: 0 };
	}
}

/** Cut, throttled, answered by a portal or a gateway: it may have been saved, and goes again. Refused: it was not. */
export const isPassing = ({ status, saved_at }) => (status === 200 ? !saved_at : status === 0 || status === 429 || status >= 500);

// ---- drafts: what this browser holds and the server has not acknowledged
// Kept twice: localStorage answers at once, IndexedDB alone survives the death of the browser itself. A draft brought
// back after its text was saved is harmless: the server knows its operation.

/** This page, among the windows of the same browser: each writes its own drafts. */
export const PAGE = uuid();
/** @type {Saver[]} */
export const savers = [];
const user = all("[data-user]")[0]?.dataset.user;
const PREFIX = `trame:draft:${user}:`;
export const keyOf = ({ project = "", section = "" }) => `${PREFIX}${project}:${section}:`;

const aside = new Map(); // what localStorage refused: full, or forbidden by the visitor
/** @type {Partial<Storage>} */
let store = {};
try { store = localStorage; } catch {}

/** @type {IDBDatabase | undefined} */
let disk;
const opened = new Promise((resolve) => {
	setTimeout(resolve, 1500);
	try {
		const opening = indexedDB.open("trame", 1);
		opening.onupgradeneeded = () => opening.result.createObjectStore("drafts", { keyPath: "key" });
		opening.onsuccess = () => resolve((disk = opening.result));
		opening.onerror = opening.onblocked = resolve;
	} catch { resolve(null); }
});

function onDisk(mode, /** @type {(drafts: IDBObjectStore) => IDBRequest} */ act) {
	return new Promise((resolve) => {
		if (!disk) return resolve(undefined);
		const work = disk.transaction("drafts", mode), request = act(work.objectStore("drafts"));
		work.oncomplete = () => resolve(request.result);
		work.onerror = work.onabort = () => resolve(undefined);
		work.commit?.();
	});
}

const read = (key) => aside.get(key) ?? store.getItem?.(key);
/** @returns {Draft | null} */
export function recall(key) {
	try { return JSON.parse(read(key) ?? "null"); } catch { return null; }
}

/** True when the draft will survive this page. */
export function hold(key, /** @type {Draft} */ draft) {
	const text = JSON.stringify(draft);
	aside.delete(key);
	try { store.setItem ? store.setItem(key, text) : aside.set(key, text); } catch { aside.set(key, text); }
	onDisk("readwrite", (drafts) => drafts.put({ key, text }));
	return !!disk || !aside.has(key);
}

export function forget(key) {
	aside.delete(key);
	store.removeItem?.(key);
	return onDisk("readwrite", (drafts) => drafts.delete(key));
}

/** Drafts of the account, in the order in which they were begun. @returns {{key: string, draft: Draft}[]} */
export const drafts = () => [...new Set([...Object.keys(store), ...aside.keys()])].filter((key) => key.startsWith(PREFIX))
	.map((key) => ({ key, draft: /** @type {Draft} */ (recall(key)) })).filter(({ draft }) => draft).sort((a, b) => a.draft.at - b.draft.at);

/** Resolves once what localStorage lost with the browser is back from the disk. */
export const recovered = opened.then(async () => {
	for (const { key, text } of /** @type {any} */ (await onDisk("readonly", (drafts) => drafts.getAll())) ?? []) {
		if (!key.startsWith(PREFIX) || (recall(key)?.kept ?? 0) >= JSON.parse(text).kept) continue;
		try { /** @type {Storage} */ (store).setItem(key, text); } catch { aside.set(key, text); }
	}
});

// ---- the windows of one browser

const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel("trame") : null;
const tell = (message) => channel?.postMessage(message);

/** Pages that are open: what they hold, they send. */
export async function living() {
	const found = new Set([PAGE]), hear = ({ data }) => data.here && found.add(data.here);
	channel?.addEventListener("message", hear);
	tell({ roll: true });
	if (channel) await wait(150);
	channel?.removeEventListener("message", hear);
	return found;
}

channel?.addEventListener("message", ({ data }) => {
	if (data.roll) tell({ here: PAGE });
	if (data.keep) savers.forEach((saver) => saver.keep());
	if (data.left === user && user) leaveToo();
	// Somebody else signed in: what this page sends would be theirs.
	if (data.user && data.user !== user && user) savers.forEach((saver) => (saver.say("warn", ["Session expirée. ", signIn(), ", votre texte est gardé"]), saver.keep(), saver.end()));
});
if (user) tell({ user });

/** The same account signed out in another window. */
function leaveToo() {
	savers.forEach((saver) => saver.end());
	location.reload();
}

// ---- sending again, in order: after a cut, a crash, a new sign-in, from whatever page comes first

let sending, again, pause = 0;

/** Resolves once each draft was sent, refused, or has to wait. */
export const flush = () => (sending ??= sendAll().finally(() => (sending = null)));

async function sendAll() {
	await recovered;
	again = clearTimeout(again);
	if (!drafts().length) return report();
	const open = await living();
	const work = async (lock) => {
		for (const { key, draft } of drafts()) {
			const saver = savers.find((saver) => saver.key === key);
			await saver?.save();
			if (saver?.waits()) return; // its own timer tries again
			if (saver || !lock || open.has(draft.by) || draft.stuck?.status === 409) continue;
			if (!(await deliver(key))) return waitMore();
		}
		pause = 0;
	};
	await (navigator.locks ? navigator.locks.request("trame:envoi", { ifAvailable: true }, work) : work(true));
	report(open);
}

function waitMore() {
	again = setTimeout(flush, [3, 6, 12, 30][Math.min(pause++, 3)] * 1000);
}

/** The draft of a closed page: what was perhaps received goes first, unchanged. False when it has to wait. */
async function deliver(key) {
	const draft = recall(key);
	if (!draft) return true;
	for (const job of draft.sent ? [draft.sent, draft] : [draft]) {
		const answer = await post(draft.action, job), now = recall(key);
		if (now?.operation !== draft.operation) return true; // taken over by its page, opened meanwhile
		if (answer.saved_at) {
			job === draft ? forget(key) : hold(key, { ...draft, sent: null });
			continue;
		}
		if (isPassing(answer) || answer.status === 401) return false;
		hold(key, { ...draft, sent: null, stuck: { status: answer.status, message: answer.message ?? "" } });
		return true;
	}
	return true;
}

/** Says on this page what waits from others; the line of a form says its own. */
function report(open = new Set()) {
	const others = drafts().filter(({ key, draft }) => !savers.some((saver) => saver.key === key) && !open.has(draft.by) && !isHere(draft));
	const waiting = others.filter(({ draft }) => !draft.stuck), stuck = others.filter(({ draft }) => draft.stuck);
	const area = all("[data-waiting]")[0] ?? el("div", { "data-waiting": "", role: "status" });
	const n = waiting.reduce((sum, { draft }) => sum + (draft.n || 1), 0);
	const lines = stuck.map(({ key, draft }) => held(key, draft));
	if (n) lines.unshift(el("div", { class: "alert" }, el("p", {}, `${n} ${plural(n, "modification")} de ${names(waiting)} en attente dans ce navigateur\u00a0: envoi dès que le service répond.`)));
	savers.forEach((saver) => saver.retell());
	if (area.textContent === lines.map((line) => line.textContent).join("")) return;
	area.replaceChildren(...lines);
	if (!area.isConnected) all("main .wrap")[0]?.prepend(area);
}

/** A clash page shows the text by itself. */
const isHere = (draft) => all("form[data-save] .clash")[0] && draft.action === all("form[data-save]")[0].getAttribute("action");
const names = (held) => held.map(({ draft }) => `«\u00a0${draft.label}\u00a0»`).join(", ");

/** A text that the server refused: its reason, the way to its page, the text itself. */
function held(key, /** @type {Draft} */ { label, page, fields, stuck }) {
	const texts = fields.filter(([name, value]) => value.trim() && !/version$|\.id$|^operation$/.test(name)).map(([, value]) => el("p", {}, value));
	const erase = el("button", { type: "button", class: "plain" }, "Effacer ce texte");
	erase.onclick = () => (forget(key), report());
	const asks = stuck?.status === 409;
	return el("div", { class: "alert warn" },
		el("p", {}, asks ? `Votre texte de «\u00a0${label}\u00a0» attend un choix\u00a0: ` : `Votre texte de «\u00a0${label}\u00a0» n’a pas été enregistré. ${stuck?.message ?? ""} `, el("a", { href: page }, "ouvrir la page")),
		asks ? "" : el("details", {}, el("summary", {}, "Le texte gardé dans ce navigateur"), el("div", { class: "said" }, ...texts), erase));
}

// ---- signing out: nothing stays behind, nothing is lost unasked

function guardSignOut(form) {
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		tell({ keep: true });
		savers.forEach((saver) => saver.keep());
		await Promise.race([recovered, wait(1000)]);
		await wait(100);
		if (drafts().length) await Promise.race([wait(5000), flush()]);
		drafts().length ? ask(form) : leave(form);
	});
}

/** Erased once the server has ended the session, not before: without the network nothing is lost. */
async function leave(form) {
	const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(), signal: AbortSignal.timeout(15_000) }).catch(() => null);
	if (!answer?.ok) return notice("warn", el("p", {}, "Vous êtes encore connecté\u00a0: se déconnecter demande le réseau. Réessayez dans un instant."));
	savers.forEach((saver) => saver.end());
	await Promise.race([wait(1000), Promise.all(drafts().map(({ key }) => forget(key)))]);
	tell({ left: user });
	location.assign(answer.url);
}

function notice(kind, ...children) {
	const area = all("[data-signout-notice]")[0] ?? el("div", { "data-signout-notice": "" });
	if (!area.isConnected) all("main .wrap")[0].prepend(area);
	area.replaceChildren(...(kind ? [el("div", { class: "alert " + kind, role: "alert" }, ...children)] : []));
}

function ask(form) {
	const stay = el("button", { type: "button" }, "Rester et enregistrer");
	const erase = el("button", { type: "button", class: "risk" }, "Effacer et se déconnecter");
	notice("warn", el("p", {}, `Des modifications de ${names(drafts())} ne sont pas encore enregistrées. Se déconnecter les effacera de ce navigateur.`), el("div", { class: "acts" }, stay, erase));
	stay.onclick = () => {
		const saver = savers.find(({ key }) => recall(key));
		if (!saver) return go(drafts()[0]?.draft.page ?? here());
		notice();
		saver.save(true);
	};
	erase.onclick = () => leave(form);
	stay.focus();
}

// ---- files

function upload(form) {
	const input = form.elements.namedItem("piece");
	const bar = el("progress", { class: "bar", max: 100, value: 0, "aria-label": "Envoi du fichier" });
	const status = el("p", { class: "small", role: "status" });
	const cancel = el("button", { type: "button", class: "plain" }, "Annuler l’envoi");
	const box = el("div", { class: "acts" }, bar, status, cancel);

	function check() {
		const file = input.files[0], size = (file?.size / 1e6).toLocaleString("fr", { maximumFractionDigits: 1 });
		const heavy = file?.size > (input.dataset.max ?? form.dataset.max);
		mark(input, heavy ? `Choisir un fichier plus léger\u00a0: «\u00a0${file.name}\u00a0» pèse ${size}\u00a0Mo.` : !file && "Choisir d’abord un fichier.");
		return file && !heavy;
	}

	function stop(message) {
		box.remove();
		mark(input, message);
		input.focus();
	}

	function send() {
		const request = new XMLHttpRequest();
		request.upload.onprogress = ({ loaded, total }) => {
			bar.value = (100 * loaded) / total;
			const tens = Math.floor((10 * loaded) / total) * 10; // spoken by steps of ten
			const said = tens < 100 ? `${tens}\u00a0%` : "Fichier envoyé, vérification…";
			if (status.textContent !== said) status.textContent = said;
		};
		request.onload = () => {
			let answer = /** @type {any} */ ({});
			try { answer = JSON.parse(request.responseText); } catch {}
			if (request.status < 300) return go(answer.location ?? request.responseURL);
			stop(answer.message ?? "Le fichier n’a pas été accepté. Envoyer de nouveau, ou choisir un autre fichier.");
			if (request.status === 401) byId(input.id + "-e").replaceChildren("Session expirée. ", signIn(), ", puis choisir de nouveau le fichier.");
		};
		request.onerror = () => stop("L’envoi a été interrompu. Vérifier la connexion, puis envoyer de nouveau.");
		cancel.onclick = () => (request.abort(), stop());
		request.open("POST", form.action);
		request.setRequestHeader("Accept", "application/json");
		request.setRequestHeader("X-Requested-With", "trame");
		input.after(box);
		request.send(new FormData(form));
	}

	input.addEventListener("change", check);
	form.addEventListener("submit", (event) => {
		if (event.submitter?.name) return;
		event.preventDefault();
		if (!box.isConnected) check() ? send() : input.focus();
	});
}

// ---- start

all('form[action="/deconnexion"]').forEach(guardSignOut);
all("form[data-upload]").forEach(upload);
for (const button of all("button[data-print]")) {
	button.hidden = false;
	button.onclick = () => print();
}
// Where there are forms, they first take back what is theirs.
const isReady = () => user && (savers.length > 0 || !all("form[data-save]")[0]);
const flushNow = () => void (document.visibilityState === "visible" && isReady() && flush());
addEventListener("online", flushNow);
document.addEventListener("visibilitychange", flushNow);
flushNow();

function focusTarget() {
	const target = byId(location.hash.slice(1));
	if (target?.matches("input, textarea, select")) target.focus();
}
addEventListener("hashchange", focusTarget);
try {
	const asked = sessionStorage.getItem(TARGET);
	sessionStorage.removeItem(TARGET);
	if (asked) history.replaceState(null, "", asked), byId(asked.slice(1))?.scrollIntoView();
} catch {}
const summary = all(".alert[tabindex='-1'][data-focus]")[0];
if (summary) {
	summary.focus();
	// A fragment whose target takes no focus takes it away from everything, once the page is there.
	if (location.hash) addEventListener("load", () => setTimeout(() => document.activeElement === document.body && summary.focus()));
} else focusTarget();
