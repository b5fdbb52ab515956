// @ts-check
/**
 * Trame in the browser: autosave with a local draft, word counts, upload progress. Every page works without it.
 * Attributes only, no inline style: the policy forbids it.
 *
 * @typedef {[string, string][]} Fields what a form posts, in order
 * @typedef {{version: string, operation: string, fields: Fields}} Job
 * @typedef {Job & {at: number, page: string, action: string, label: string, sent?: Job}} Draft
 */

/** @returns {any[]} */
const all = (selector, /** @type {ParentNode} */ root = document) => [...root.querySelectorAll(selector)];
/** @returns {any} */
const byId = (id) => document.getElementById(id);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const plural = (n, word) => word + (n > 1 ? "s" : "");

/** @returns {any} */
function el(tag, attributes = {}, ...children) {
	const node = document.createElement(tag);
	for (const name in attributes) node.setAttribute(name, attributes[name]);
	node.append(...children);
	return node;
}

/** Not crypto.randomUUID: it is missing on plain http. */
const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
	(+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));

const here = () => location.pathname + location.search;
const signIn = () => el("a", { href: "/connexion?next=" + encodeURIComponent(here()) }, "Se reconnecter");

/** An address that differs only by its fragment would not load again. */
function go(address) {
	const { hash, pathname, search } = new URL(address, location.href);
	location.assign(address);
	if (hash && pathname + search === here()) location.reload();
}

/** Ties a message to its field, above it; or takes it away. */
function mark(control, message) {
	const id = control.id + "-e";
	const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((x) => x && x !== id);
	byId(id)?.remove();
	if (message) control.before(el("p", { class: "error", id }, message)), ids.push(id);
	ids.length ? control.setAttribute("aria-describedby", ids.join(" ")) : control.removeAttribute("aria-describedby");
	control.ariaInvalid = message ? "true" : null;
}

// ---- fields

/** Versions travel with the text, they are not text. */
const isVersion = (name) => /^(version|operation)$|\.version$/.test(name);
const text = (fields) => JSON.stringify(fields.filter(([name]) => !isVersion(name)));
const isCheck = (control) => /checkbox|radio/.test(control.type);
const state = (control) => (isCheck(control) ? control.checked : control.value);
const controls = (form) => [...form.elements].filter((c) => c.name && !/file|submit|button/.test(c.type));
const states = (form) => new Map(controls(form).filter((c) => !isVersion(c.name)).map((c) => [c, state(c)]));

/** The caret of someone typing stays by the same words. */
function write(control, value) {
	if (isCheck(control)) return (control.checked = value);
	const { value: old, selectionEnd: caret } = control;
	control.value = value;
	if (caret == null || control !== document.activeElement) return;
	const at = value.startsWith(old.slice(0, caret)) ? caret : value.length - old.length + caret;
	control.setSelectionRange(at, at);
}

/** Pairs values with controls by name and rank, rows by their hidden `<kind>.id`; returns what found none. */
function place(form, /** @type {Fields} */ fields, set) {
	const found = controls(form), rank = {}, lost = [];
	for (const [name, value] of fields) {
		const same = found.filter((c) => c.name === name);
		if (same.some(isCheck)) continue;
		const nth = (rank[name] = (rank[name] ?? -1) + 1), key = name.replace(/[^.]*$/, "id");
		const row = fields.filter(([n]) => n === key)[nth];
		const at = row ? found.filter((c) => c.name === key).findIndex((c) => c.value === row[1]) : nth;
		same[at] ? set(same[at], value) : lost.push([name, value]);
	}
	for (const c of found.filter(isCheck)) set(c, fields.some(([n, v]) => n === c.name && v === c.value));
	return lost;
}

/** @returns {Promise<any>} the answer and its status, 0 when none came */
async function post(action, /** @type {Job} */ { version, operation, fields }) {
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

// ---- drafts: what this browser holds and the server has not acknowledged

const keyOf = ({ user, project = "", section = "" }) => `trame:draft:${user}:${project}:${section}`;
/** @type {Partial<Storage>} */
let store = {};
try { store = localStorage; } catch {} // refused by the visitor: saving goes on without drafts
const draftsOf = (user) => Object.keys(store).filter((key) => key.startsWith(`trame:draft:${user}:`));
const forget = (key) => store.removeItem?.(key);
/** @returns {Draft | null} */
function recall(key) {
	try { return JSON.parse(store.getItem?.(key) ?? "null"); } catch { return null; }
}

// ---- autosave

function autosave(form) {
	const { action, dataset } = form, key = keyOf(dataset);
	const line = all("[data-status]", form)[0], version = all("input[name=version]", form)[0];
	let base = states(form); // what the server has
	let flight, timer, drafting, content, operation, drafted, carried, stopped, ended, passing;
	let tries = 0, spoken = 0, shown = "";
	/** @type {Job | null | undefined} Sent, fate unknown. Goes again, unchanged, before anything newer: else we would conflict with ourselves. */
	let unsure;
	let was; // the controls when it was made

	/** How many fields the server lacks; a group of radios is one. */
	function changes() {
		const changed = [...states(form)].filter(([c, now]) => base.get(c) !== now);
		return new Set(changed.map(([c]) => (c.type === "radio" ? c.name : c))).size;
	}

	/** New content, new operation; the same content keeps its own. @returns {Job} */
	function job() {
		const fields = /** @type {any} */ ([...new FormData(form)].filter(([, value]) => typeof value === "string"));
		if (content !== text(fields)) [content, operation] = [text(fields), uuid()];
		return { version: version.value, operation, fields };
	}

	/** Writes the draft, or removes it once nothing is unsent, unless another tab wrote it. */
	function keep() {
		drafting = clearTimeout(drafting);
		if (ended) return;
		if (!unsure && !changes()) return recall(key)?.operation === drafted && forget(key);
		const now = job(), sent = unsure?.operation === operation ? null : unsure;
		const draft = { at: Date.now(), page: here(), action, label: dataset.label ?? dataset.section, ...now, sent };
		drafted = operation;
		try { store.setItem?.(key, JSON.stringify(draft)); } catch {} // full
	}

	/** Puts back what was typed here, with the version it was typed on: the server merges, or asks. */
	function restore() {
		const draft = recall(key), versions = [];
		if (!draft) return;
		const lost = place(form, draft.fields, (c, value) => (isVersion(c.name) ? versions.push([c, value]) : write(c, value)));
		// A row somebody removed meanwhile goes along hidden: the server decides.
		for (const [name, value] of lost) form.append(el("input", { type: "hidden", name, value }));
		carried = lost.length;
		if (!changes()) return forget(key);
		for (const [control, value] of [...versions, [version, draft.version]]) write(control, value);
		[content, operation, drafted, unsure] = [text(draft.fields), draft.operation, draft.operation, draft.sent];
		say("doing", ["Texte retrouvé dans ce navigateur, enregistrement…"]);
		save();
	}

	function edited() {
		drafting ??= setTimeout(keep, 300);
		if (stopped || tries) return; // the retry will take it along
		clearTimeout(timer);
		timer = setTimeout(save, 1000);
	}

	/** One request at a time; resolves once nothing is left to send or the attempt failed. */
	function save(asked) {
		timer = clearTimeout(timer);
		if (asked) [spoken, shown] = [0, ""]; // who asks is answered aloud
		return (flight ??= run(asked).finally(() => (flight = null)));
	}

	async function run(asked) {
		// A timer means that someone types on: their next pause sends the rest.
		for (; !stopped && (asked || unsure || (changes() && !timer)); asked = false) {
			if (!unsure) [unsure, was] = [job(), states(form)];
			keep();
			const slow = setTimeout(() => /^(warn|bad|doing)/.test(shown) || say("doing", ["Enregistrement…"]), 500);
			const answer = await post(action, unsure);
			clearTimeout(slow);
			if (ended || !settle(answer)) return;
		}
	}

	/** Reads the answer; true when the text is safe. */
	function settle(answer) {
		const { status, message = "Non enregistré. Votre texte est gardé dans ce navigateur." } = answer;
		if (status === 200 && answer.saved_at) return accept(answer), true;
		// Cut, throttled, answered by a portal or a gateway: it may have been saved. Refused: it was not.
		const failed = [0, 200, 429].includes(status) || status >= 500;
		if (status === 500 || !(failed || status === 401)) unsure = null;
		if (failed) return retry(status);
		tries = 0;
		stopped = status === 409; // every button now submits the page: the server shows both texts
		if (status === 401) say("warn", ["Session expirée. ", signIn(), ", votre texte est gardé"]);
		else if (stopped) say("warn", [message], el("button", { class: "alt s" }, "Comparer les deux versions"));
		else say("bad", [message]);
		keep();
	}

	function retry(status) {
		const delay = [2, 4, 8, 16, 30][Math.min(tries++, 4)], n = changes();
		timer = setTimeout(save, delay * 1000);
		if (status) say("bad", [`Non enregistré. Nouvel essai dans ${delay}\u00a0s`]);
		else say("warn", [`Hors ligne, ${n} ${plural(n, "modification")} en attente`]);
	}

	function accept({ saved_at, version: number, rows = {}, errors = [], progress, fields }) {
		[unsure, tries, base] = [null, 0, was ?? base];
		if (!fields || merge(fields)) {
			version.value = number;
			for (const id in rows) for (const input of all(`[data-row="${CSS.escape(id)}"]`, form)) input.value = rows[id];
		}
		for (const control of all("[aria-invalid=true]", form)) if (!errors.some(({ id }) => id === control.id)) mark(control);
		for (const { id, message } of errors) if (byId(id)) mark(byId(id), message);
		if (progress) for (const line of all("[data-progress]")) line.textContent = progress;
		const n = errors.length;
		say("done", ["Enregistré à " + saved_at], n && el("span", { class: "soft opt" }, `· ${n} ${plural(n, "valeur")} à corriger`));
		keep();
		if (carried && !changes()) location.reload(); // the server knows rows this page lacks
	}

	/**
	 * The stored fields, when somebody else's words were merged in: unknown here, our next save would undo them.
	 * False when typing went on in one of them: the old version then stays, and the server compares again.
	 */
	function merge(fields) {
		let whole = !!was;
		place(form, fields, (control, theirs) => {
			if (!whole || isVersion(control.name) || state(control) === theirs) return;
			if (state(control) !== was.get(control)) return (whole = false);
			write(control, theirs);
			base.set(control, theirs);
		});
		countWords();
		return whole;
	}

	/** A live region: « Enregistrement… » is silent, « Enregistré » spoken once a minute, or after a problem. */
	function say(kind, words, more) {
		const tag = el("span", { class: "tag " + kind }, el("span", {}, ...words)), now = Date.now();
		const silent = kind === "doing" || (kind === "done" && now - spoken < 60_000);
		const next = kind + tag.textContent + more?.textContent;
		if (next === shown) return;
		shown = next;
		if (!silent) spoken = kind === "done" ? now : 0;
		line.ariaLive = silent ? "off" : "polite";
		line.replaceChildren(tag, " ", more || "");
	}

	/** « Enregistrer » saves from here; named buttons post the page once what was typed before is safe. */
	async function submitted(event) {
		const button = event.submitter;
		timer = clearTimeout(timer);
		keep();
		if (stopped || passing || (button?.name && !flight && !unsure && !changes())) return;
		event.preventDefault();
		if (!button?.name) return save(true);
		await Promise.race([save(), wait(3000)]);
		passing = true;
		form.requestSubmit(button);
		passing = false;
	}

	form.addEventListener("submit", submitted);
	restore();
	return { form, key, edited, save, keep, end: () => (stopped = ended = true) };
}

/** A conflict page holds both texts and its own buttons: nothing is saved or put back behind them. */
function settleClash(form) {
	form.addEventListener("submit", ({ submitter }) => submitter?.name === "garder" && forget(keyOf(form.dataset)));
}

// ---- signing out: nothing stays behind, nothing is lost unasked

function guardSignOut(form) {
	const user = form.dataset.user ?? all("[data-user]")[0]?.dataset.user;
	let sure = false;
	const leave = () => ((sure = true), form.requestSubmit());
	form.addEventListener("submit", async (event) => {
		for (const saver of savers) saver.keep();
		if (sure || !draftsOf(user).length) {
			for (const saver of savers) saver.end();
			return draftsOf(user).forEach(forget);
		}
		event.preventDefault();
		await Promise.race([wait(5000), Promise.all([...savers.map((saver) => saver.save()), ...draftsOf(user).map(deliver)])]);
		draftsOf(user).length ? ask(draftsOf(user), leave) : leave();
	});
}

/** The draft of another page, whose answer was not read: the server knows the operation. */
async function deliver(key) {
	const draft = recall(key), open = savers.some((saver) => saver.key === key);
	if (draft && !draft.sent && !open && (await post(draft.action, draft)).saved_at) forget(key);
}

function ask(keys, leave) {
	const names = keys.map((key) => `«\u00a0${recall(key)?.label}\u00a0»`).join(", ");
	const stay = el("button", { type: "button" }, "Rester et enregistrer");
	const erase = el("button", { type: "button", class: "risk" }, "Effacer et se déconnecter");
	const area = all("[data-signout-notice]")[0] ?? el("div", { "data-signout-notice": "" });
	if (!area.isConnected) all(".mast")[0].after(area);
	area.replaceChildren(el("div", { class: "alert warn", role: "alert" },
		el("p", {}, `Des modifications de ${names} ne sont pas encore enregistrées. Se déconnecter les effacera de ce navigateur.`),
		el("div", { class: "acts" }, stay, erase)));
	stay.onclick = () => {
		const saver = savers.find(({ key }) => keys.includes(key));
		if (!saver) return go(recall(keys[0])?.page);
		area.replaceChildren();
		saver.save(true);
	};
	erase.onclick = leave;
	stay.focus();
}

// ---- words and files

function countWords() {
	for (const line of all("[data-words]")) {
		const { words, low, high } = line.dataset, n = byId(words).value.split(/\p{White_Space}+/u).filter((w) => /[\p{Alphabetic}\p{N}]/u.test(w)).length;
		const said = `${n.toLocaleString("fr")}\u00a0${plural(n, "mot")}` + (low ? `, repère ${low}\u00a0à\u00a0${high}` : "");
		if (line.textContent !== said) line.textContent = said;
	}
}

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

const savers = [];
for (const form of all("form[data-save]")) all(".clash", form)[0] ? settleClash(form) : savers.push(autosave(form));
all('form[action="/deconnexion"]').forEach(guardSignOut);
all("form[data-upload]").forEach(upload);
for (const button of all("button[data-print]")) {
	button.hidden = false;
	button.onclick = () => print();
}
countWords();

function typed({ target }) {
	if (target.type !== "file") savers.find(({ form }) => form === target.form)?.edited();
	countWords();
}
document.addEventListener("input", typed);
document.addEventListener("change", typed);

// Hidden: the last chance to send. Seen again: signed in elsewhere, perhaps.
const saveAll = () => savers.forEach((saver) => saver.save());
document.addEventListener("visibilitychange", saveAll);
addEventListener("pagehide", saveAll);
addEventListener("online", saveAll);

function focusTarget() {
	const target = byId(location.hash.slice(1));
	if (target?.matches("input, textarea, select")) target.focus();
}
addEventListener("hashchange", focusTarget);
const summary = all(".alert.bad[tabindex='-1'][data-focus]")[0];
summary ? summary.focus() : focusTarget();
