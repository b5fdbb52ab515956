// @ts-check
/**
 * Forms that save themselves: autosave with a local draft, several people on one text, word counts.
 *
 * The server compares three texts: what was read, what is stored, what is posted. A form posts the version it was drawn
 * from; a field that a colleague changed since under somebody's hands also posts, as `<name>~depuis`, the text it was
 * written from, so that the form can take the new version of everything else.
 */
import { PAGE, all, byId, drafts, el, flush, forget, go, here, hold, isPassing, keyOf, living, mark, plural, post, recall, recovered, savers, signIn, uuid, wait } from "./trame.js";

/** @typedef {import("./trame.js").Job} Job */
/** @typedef {import("./trame.js").Draft} Draft */
/** @typedef {Map<string, string[]>} Values what a form holds, by name */

// ---- fields

/** Versions travel with the text, they are not text; nor is the text that another was written from. */
const isVersion = (name) => /^(version|operation)$|\.version$|~depuis$/.test(name);
const isCheck = (control) => /checkbox|radio/.test(control.type);
const pairs = (form) => /** @type {any} */ ([...new FormData(form)].filter(([, value]) => typeof value === "string"));
/** The server trims. */
const same = (a = [], b = []) => a.length === b.length && a.every((value, index) => value.trim() === b[index].trim());
const control = (form, name) => [...form.elements].find((c) => c.name === name && c.type !== "hidden");

/** @returns {Values} */
function group(/** @type {import("./trame.js").Fields} */ fields) {
	const found = new Map();
	for (const [name, value] of fields) if (!isVersion(name)) found.set(name, [...(found.get(name) ?? []), value]);
	return found;
}

/** The caret of someone typing stays by the same words. */
function write(control, value) {
	const { value: old, selectionEnd: caret, scrollTop } = control;
	if (old.trim() === value.trim()) return;
	// The space after the last word typed is not lost: the next word would stick to it.
	if (control === document.activeElement && caret === old.length && value.endsWith(old.trimEnd().slice(-24))) value += old.slice(old.trimEnd().length);
	control.value = value;
	if (caret == null || control !== document.activeElement) return;
	const before = old.slice(Math.max(0, caret - 24), caret), near = value.indexOf(before, Math.max(0, caret - 24 - Math.abs(value.length - old.length)));
	const at = value.startsWith(old.slice(0, caret)) ? caret : value.endsWith(old.slice(caret)) ? value.length - old.length + caret : near < 0 ? caret : near + before.length;
	control.setSelectionRange(at, at);
	control.scrollTop = scrollTop;
}

/** Writes what a name holds. What this page cannot show yet, a row that a colleague added, is posted along unseen. */
function put(form, name, values) {
	const found = [...form.elements].filter((c) => c.name === name && !/submit|button|file/.test(c.type));
	for (const extra of found.filter((c) => c.dataset.unseen != null)) extra.remove();
	const shown = found.filter((c) => c.type !== "hidden"), checks = shown.filter(isCheck);
	for (const c of checks) c.checked = values.includes(c.value);
	const unseen = checks.length ? values.filter((value) => value && !checks.some((c) => c.value === value)) : [];
	for (const value of unseen) form.append(el("input", { type: "hidden", name, value, "data-unseen": "" }));
	for (const [index, c] of shown.filter((c) => !isCheck(c)).entries()) {
		// A list holds one value, the last said, as the server reads it.
		const value = (c.tagName === "SELECT" ? values.filter(Boolean).at(-1) : values[index]) ?? "";
		if (c.tagName === "SELECT" && ![...c.options].some((option) => option.value === value)) c.append(new Option("(ajouté depuis)", value));
		write(c, value);
	}
	return shown.length > 0 || found.some((c) => c.type === "hidden" && c.dataset.unseen == null);
}

// ---- autosave

function autosave(form) {
	const { action, dataset } = form, key = keyOf(dataset) + PAGE;
	const line = all("[data-status]", form)[0], version = all("input[name=version]", form)[0];
	/** @type {Values} */
	let base = group(pairs(form)); // what the server has, as of the version
	/** @type {Values} */
	const roots = new Map(); // what fields were written from, where it is not that
	let flight, timer, due = 0, drafting, content, operation, since = 0, stopped, ended, passing, stuck;
	const initial = [...line.childNodes];
	let tries = 0, spoken = 0, shown = (all(".tag", line)[0]?.className.slice(4) ?? "") + line.textContent.trim(), safe = true, composing = false;
	/** @type {Job | null | undefined} Sent, fate unknown. Goes again, unchanged, before anything newer: else we would conflict with ourselves. */
	let unsure;
	/** @type {Values} */
	let was = base; // what it holds
	let news; // what colleagues saved meanwhile
	let behind = false; // the text put back was typed on an older version: it goes before anything is read
	/** @type {Values} */
	const kept = new Map(); // how the server writes what was typed here: an amount, a commune
	const pressed = new Map(); // operations of the buttons whose answer never came

	/** Names whose values the server lacks; a group of radios is one. */
	function changed() {
		const now = group(pairs(form));
		return [...new Set([...now.keys(), ...base.keys()])].filter((name) => !same(now.get(name), base.get(name)));
	}

	/** New content, new operation; the same content keeps its own. @returns {Job} */
	function job() {
		const fields = pairs(form).filter(([name]) => !/~depuis$/.test(name));
		const text = JSON.stringify(fields.filter(([name]) => !isVersion(name)));
		if (content !== text) [content, operation] = [text, uuid()];
		for (const [name, values] of roots) for (const value of values) fields.push([name + "~depuis", value]);
		return { version: version.value, operation, fields };
	}

	/** Writes the draft, or removes it once nothing is unsent. */
	function keep() {
		drafting = clearTimeout(drafting);
		if (ended) return;
		const n = changed().length;
		if (!unsure && !n) return (since = 0), recall(key) && forget(key);
		since ||= Date.now();
		const now = job(), sent = unsure && unsure.operation !== operation ? unsure : null;
		const known = { at: since, kept: Date.now(), by: PAGE, page: here(), action, label: dataset.label ?? dataset.section ?? "" };
		safe = hold(key, /** @type {Draft} */ ({ ...known, ...now, n, sent, stuck }));
		if (tries) waiting(true);
	}

	/** Before the browser itself posts the page. */
	function leaveByPage() {
		keep();
		for (const extra of all("[data-base]", form)) extra.remove();
		for (const [name, values] of roots) for (const value of values) form.append(el("input", { type: "hidden", name: name + "~depuis", value, "data-base": "" }));
	}

	/** Puts back what was typed in a page that closed, with the version it was typed on: the server merges, or asks. */
	async function restore() {
		await recovered;
		const mine = () => drafts().filter(({ key: held, draft }) => held.startsWith(keyOf(dataset)) && draft.by !== PAGE);
		if (!mine().length) return;
		const open = await living(), left = mine().filter(({ draft }) => !open.has(draft.by)), last = left.at(-1);
		if (!last) return;
		const { draft } = last, typed = new Set(changed());
		const fields = group(draft.fields), sent = draft.sent && group(draft.sent.fields);
		for (const [name, values] of fields) {
			if (typed.has(name) || put(form, name, values)) continue;
			// A row somebody removed meanwhile goes along hidden: the server decides.
			for (const value of values) form.append(el("input", { type: "hidden", name, value, "data-unseen": "" }));
		}
		for (const [name, value] of draft.fields) if (/~depuis$/.test(name)) roots.set(name.slice(0, -7), [...(roots.get(name.slice(0, -7)) ?? []), value]);
		forget(last.key);
		if (!changed().length) return;
		[version.value, since, was, behind] = [draft.version, draft.at, sent ?? fields, true];
		rowVersions(form, draft.fields);
		job();
		[operation, unsure] = [draft.operation, draft.sent];
		keep();
		say("doing", ["Texte retrouvé dans ce navigateur, enregistrement…"]);
	}

	function edited() {
		drafting ??= setTimeout(keep, 300);
		if (ended || stopped || tries) return; // the retry will take it along
		if (/^done/.test(shown)) say("doing", ["Modification en cours…"]);
		const now = Date.now();
		due ||= now + 5000; // who never pauses is saved all the same
		clearTimeout(timer);
		timer = setTimeout(save, Math.max(0, Math.min(1000, due - now)));
	}

	/** One request at a time; resolves once nothing is left to send or the attempt failed. */
	function save(asked) {
		[timer, due] = [clearTimeout(timer), 0];
		if (asked === true) [spoken, shown] = [0, ""]; // who asks is answered aloud
		return (flight ??= run(asked === true).finally(() => ((flight = null), catchUp())));
	}

	async function run(asked) {
		// A timer means that someone types on: their next pause sends the rest.
		for (; !stopped && !ended && (asked || unsure || (changed().length && !timer)); asked = false) {
			if (!unsure) [unsure, was] = [job(), group(pairs(form))];
			keep();
			const slow = setTimeout(() => /^(warn|bad|doing)/.test(shown) || say("doing", ["Enregistrement…"]), 500);
			const answer = await post(action, unsure);
			clearTimeout(slow);
			if (ended || !settle(answer)) return;
		}
		if (/^doingModification/.test(shown) && !changed().length) said();
	}

	/** Reads the answer; true when the text is safe. */
	function settle(answer) {
		const { status, message = "Non enregistré. Votre texte est gardé dans ce navigateur." } = answer;
		if (status === 200 && answer.saved_at) return accept(answer), true;
		if (status === 500 || !(isPassing(answer) || status === 401)) unsure = null;
		if (isPassing(answer)) return retry(status);
		tries = 0;
		stopped = status === 409; // every button now submits the page: the server shows both texts
		if (stopped && answer.fields) {
			const asked = new Map((answer.conflicts ?? []).map((name) => [name, roots.get(name) ?? base.get(name) ?? []]));
			absorb(answer, asked);
			for (const [name, from] of asked) roots.set(name, from);
		}
		stuck = stopped ? { status, message } : undefined;
		if (status === 401) say("warn", ["Session expirée. ", signIn(), safe ? ", votre texte est gardé" : ""]);
		else if (stopped) say("warn", [message], el("button", { class: "alt s" }, "Comparer les deux versions"));
		else say("bad", [message]);
		keep();
		return false;
	}

	function retry(status) {
		const delay = [2, 4, 8, 16, 30][Math.min(tries++, 4)];
		timer = setTimeout(() => ((timer = undefined), flush().then(() => timer || save())), delay * 1000);
		if (status) say("bad", [`Non enregistré. Nouvel essai dans ${delay}\u00a0s`]);
		else waiting();
		return false;
	}

	/** What waits, here and from other pages. */
	function waiting(isSilent) {
		const n = drafts().reduce((sum, { key: held, draft }) => sum + (held === key ? 0 : draft.n || 1), 0) + changed().length;
		const why = navigator.onLine ? "Le service ne répond pas" : "Hors ligne";
		const where = safe ? "" : ". Ne fermez pas cette page\u00a0: ce navigateur ne peut pas garder votre texte";
		if (!isSilent || /^warn(Hors|Le service)/.test(shown)) say("warn", [`${why}, ${n || 1} ${plural(n, "modification")} en attente${where}`], undefined, isSilent);
	}

	/** What a save left in the server, but for what it asks about. */
	function absorb({ version: number, rows = {}, fields, kept: own = [] }, asked = new Map()) {
		behind = false;
		roots.clear();
		for (const name of was.keys()) kept.delete(name);
		for (const [name, values] of group(own)) kept.set(name, values);
		const stored = fields ? group(fields) : was;
		for (const name of asked.keys()) base.set(name, stored.get(name) ?? []), stored.delete(name);
		take(was, stored);
		version.value = number;
		for (const id in rows) for (const input of all(`[data-row="${CSS.escape(id)}"]`, form)) input.value = rows[id];
	}

	function accept(answer) {
		const { saved_at, rows = {}, errors = [], progress, merged } = answer;
		[unsure, stuck, tries] = [null, undefined, 0];
		for (const extra of all("[data-unseen]", form)) if (!control(form, extra.name)) extra.remove();
		absorb(answer);
		for (const control of all("[aria-invalid=true]", form)) if (!errors.some(({ id }) => id === control.id)) mark(control);
		for (const { id, message } of errors) if (byId(id)) mark(byId(id), message);
		if (progress) for (const line of all("[data-progress]")) line.textContent = progress;
		said(saved_at, errors.length);
		keep();
		if (merged?.length) document.dispatchEvent(new CustomEvent("trame:merged", { detail: { form, merged } }));
		const known = all("input[data-row]", form).map((input) => input.dataset.row);
		const isWhole = known.every((id) => id in rows) && Object.keys(rows).every((id) => known.includes(id));
		if (!isWhole || all("[data-unseen]", form)[0]) news ??= {}; // the server knows rows that this page lacks
	}

	let last = ["", 0];
	function said(at = last[0], n = last[1]) {
		last = [at, n];
		if (!at) return (shown = ""), line.replaceChildren(...initial);
		say("done", ["Enregistré à " + at], n ? el("span", { class: "soft opt" }, `· ${n} ${plural(n, "valeur")} à corriger`) : undefined);
	}

	/**
	 * The server now holds these values. Where nobody typed since they had a text in common, they are shown; where
	 * somebody did, that text is left alone, and so is what it was written from. Returns the names of both.
	 */
	function take(/** @type {Values} */ common, /** @type {Values} */ stored) {
		const now = group(pairs(form)), told = { shown: /** @type {string[]} */ ([]), left: /** @type {string[]} */ ([]) };
		for (const [name, values] of stored) {
			const mine = now.get(name), before = common.get(name);
			if (/\.id$/.test(name) || mine === undefined) continue;
			const theirs = kept.has(name) && same(values, kept.get(name)) ? before ?? [] : values;
			base.set(name, theirs);
			if (same(mine, theirs)) roots.delete(name);
			else if (same(mine, before) && !(composing && control(form, name) === document.activeElement)) roots.delete(name), put(form, name, theirs), told.shown.push(name);
			else if (!same(before, theirs)) roots.has(name) || roots.set(name, before ?? []), told.left.push(name);
		}
		for (const name of told.shown) unsign(form, name);
		if (told.shown.length) countWords();
		return told;
	}

	/** What colleagues saved is fetched once nothing of ours is on its way. */
	async function catchUp() {
		if (!news || flight || unsure || stopped || ended || behind) return;
		const told = news;
		news = null;
		if (told.units && knows(told.units)) return;
		const page = await fetch(action, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(20_000) }).catch(() => null);
		if (!page?.ok || ended || stopped) return;
		const fresh = all("form[data-save]", new DOMParser().parseFromString(await page.text(), "text/html"))[0];
		if (flight || unsure || behind) return (news ??= told), undefined; // ours left meanwhile: after it
		if (!fresh || fresh.dataset.section !== dataset.section || all(".clash", fresh)[0]) return notify("Cette page a changé.");
		const number = all("input[name=version]", fresh)[0].value;
		if (+number < +version.value) return;
		const common = new Map(base), names = take(common, group(pairs(fresh)));
		version.value = number;
		for (const input of all("input[data-row]", fresh)) for (const own of all(`[data-row="${CSS.escape(input.dataset.row)}"]`, form)) own.value = input.value;
		offer(fresh);
		const tables = all("[data-rows]", form).filter((block) => renew(block, all(`[data-rows="${CSS.escape(block.dataset.rows)}"]`, fresh)[0]));
		for (const line of all("[data-progress]")) line.textContent = all("[data-progress]", fresh.ownerDocument)[0]?.textContent ?? line.textContent;
		document.dispatchEvent(new CustomEvent("trame:colleague", { detail: { form, told, ...names, tables } }));
		keep();
		if (changed().length) edited();
	}

	/** Rows that colleagues added may be chosen at once. */
	function offer(fresh) {
		const values = (list) => all("option, input", list).map((c) => c.value).join();
		for (const list of all("select, fieldset", form)) {
			const id = list.id || all("[id]", list)[0]?.id, twin = id && all(`#${CSS.escape(id)}`, fresh)[0]?.closest("select, fieldset");
			if (!twin || values(twin) === values(list) || list.contains(document.activeElement)) continue;
			const name = all("[name]", list)[0]?.name ?? list.name, now = group(pairs(form)).get(name) ?? [];
			list.replaceChildren(...[...document.importNode(twin, true).childNodes]);
			put(form, name, now);
		}
	}

	/** Does this page already show those versions? */
	function knows(/** @type {[string, string, number][]} */ units) {
		return units.length > 0 && units.every(([kind, row, number]) => {
			const shown = /^0{8}-/.test(row) ? kind === dataset.section && version : all(`[data-row="${CSS.escape(row)}"]`, form)[0] ?? (dataset.section === `${kind}.${row}` && version);
			return shown && +shown.value >= number;
		});
	}

	/** A table whose rows changed is drawn again, unless someone is typing in it: then rows come and go one by one. */
	function renew(block, fresh) {
		const rows = (root) => new Map(all("input[data-row]", root).map((input) => [input.dataset.row, input.closest("tr")]));
		const lists = (root) => (root.dataset.rows.startsWith("liste-") ? root.textContent.trim() : [...rows(root).keys()].join());
		if (!fresh || lists(block) === lists(fresh)) return false;
		const unsent = new Set(changed()), now = rows(block), next = rows(fresh);
		const isBusy = (root) => root.contains(document.activeElement) || all("[name]", root).some((c) => unsent.has(c.name));
		const drop = (root) => all("[name]", root).forEach((c) => base.delete(c.name));
		if (!isBusy(block)) {
			drop(block);
			const copy = document.importNode(fresh, true);
			block.replaceWith(copy);
			for (const [name, values] of group(pairs(form))) if (all("[name]", copy).some((c) => c.name === name)) base.set(name, values);
			return true;
		}
		for (const [id, row] of now) if (!next.has(id) && row && !isBusy(row)) drop(row), row.remove();
		for (const [id, row] of next) if (!now.has(id) && row) all("tbody", block)[0]?.append(document.importNode(row, true));
		for (const [name, values] of group(pairs(form))) if (!base.has(name) || /\.id$/.test(name)) base.set(name, values);
		return true;
	}

	function notify(sentence) {
		say("warn", [sentence + " "], el("a", { href: action }, "Recharger"));
	}

	/** A live region: what happens by itself is silent, « Enregistré » spoken once a minute, or after a problem. */
	function say(kind, words, more = /** @type {any} */ (undefined), isQuiet = false) {
		const tag = el("span", { class: "tag " + kind }, el("span", {}, ...words)), now = Date.now();
		const silent = isQuiet || kind === "doing" || (kind === "done" && now - spoken < 60_000);
		const next = kind + tag.textContent + (more?.textContent ?? "");
		if (next === shown) return;
		shown = next;
		if (!silent) spoken = kind === "done" ? now : 0;
		line.ariaLive = silent ? "off" : "polite";
		line.replaceChildren(tag, " ", more || "");
	}

	const needsNetwork = (button) => say("warn", [`«\u00a0${button?.textContent.trim() || "Envoyer"}\u00a0» demande le réseau. Votre texte est gardé, réessayez dans un instant`]);

	/** « Enregistrer » saves from here; named buttons act once what was typed before is safe. */
	async function submitted(event) {
		const button = event.submitter;
		if (stopped || passing) return leaveByPage();
		event.preventDefault();
		if (!button?.name) return save(true);
		await press(button);
	}

	async function press(button) {
		timer = clearTimeout(timer);
		keep();
		await save();
		if (unsure || stopped || changed().length) return stopped || needsNetwork(button);
		const name = `${button.name}=${button.value}`;
		pressed.has(name) || pressed.set(name, uuid());
		const answer = await post(action, { version: version.value, operation: pressed.get(name), fields: [...pairs(form), [button.name, button.value]] });
		if (isPassing(answer)) return needsNetwork(button);
		pressed.delete(name);
		if (answer.saved_at) return go(answer.location ?? action);
		passing = true; // the server says why, on a page
		form.requestSubmit(button);
		passing = false;
	}

	form.addEventListener("submit", submitted);
	form.addEventListener("compositionstart", () => (composing = true));
	form.addEventListener("compositionend", () => (composing = false));
	return {
		form, key, edited, save, keep, say, knows, restore, needsNetwork,
		waits: () => tries > 0,
		holds: () => !!unsure || changed().length > 0,
		retell: () => tries && !/Non enr/.test(shown) && waiting(true),
		refresh: (what) => ((news = { ...news, ...what, units: news ? undefined : what.units }), catchUp()),
		end: () => ((stopped = ended = true), clearTimeout(timer)),
	};
}

/** The versions of rows that a draft was typed on, by their rank among the rows of the draft. */
function rowVersions(form, fields) {
	const rank = {};
	for (const [name, value] of fields.filter(([name]) => /\.version$/.test(name))) {
		const nth = (rank[name] = (rank[name] ?? -1) + 1), id = fields.filter(([n]) => n === name.replace(/version$/, "id"))[nth]?.[1];
		for (const input of all(`input[name="${CSS.escape(name)}"]`, form)) if (!id || input.dataset.row === id) input.value = value;
	}
}

/** A conflict page holds both texts and its own buttons: nothing is saved or put back behind them, and the choice is not lost with the network. */
function settleClash(form) {
	const line = all("[data-status]", form)[0], choice = new Map();
	let passing;
	form.addEventListener("submit", async (event) => {
		const button = event.submitter;
		if (passing) return;
		event.preventDefault();
		const fields = pairs(form), text = JSON.stringify([fields, button?.name, button?.value]);
		choice.has(text) || choice.set(text, uuid());
		if (button?.name) fields.push([button.name, button.value]);
		const version = all("input[name=version]", form)[0].value;
		const answer = await post(form.getAttribute("action"), { version, operation: choice.get(text), fields });
		if (isPassing(answer)) {
			line.replaceChildren(el("span", { class: "tag warn" }, el("span", {}, "Votre choix n’est pas encore enregistré\u00a0: il demande le réseau. Réessayez dans un instant")));
			return;
		}
		if (answer.saved_at) {
			for (const { key } of drafts().filter(({ key }) => key.startsWith(keyOf(form.dataset)))) forget(key);
			return go(answer.location ?? form.getAttribute("action"));
		}
		// Answered, and another question remains: the server draws it, without the one that is settled.
		const name = button?.value.split("=")[0] ?? "", isSettled = answer.status === 409 && button?.name === "garder" && !answer.conflicts?.includes(name);
		if (isSettled) for (const input of [...form.elements]) if (input.name === name || input.name.startsWith(name + "~") || input.name.startsWith(name + ".")) input.remove();
		passing = true;
		form.requestSubmit(isSettled ? undefined : button);
		passing = false;
	});
}

// ---- words

/** As the server counts. In the place of a text about which somebody has to choose, there is none to count. */
const wordsOf = (id) => (byId(id)?.value ?? "").split(/\p{White_Space}+/u).filter((w) => /[\p{Alphabetic}\p{N}]/u.test(w)).length;

function countWords() {
	for (const line of all("[data-words]")) {
		const { words, low, high } = line.dataset, n = wordsOf(words);
		const said = `${n.toLocaleString("fr")}\u00a0${plural(n, "mot")}` + (low ? `, repère ${low}\u00a0à\u00a0${high}` : "");
		if (line.textContent !== said) line.textContent = said;
	}
	// Beyond the hard bound a sentence appears; nothing is ever cut.
	for (const line of all("[data-over]")) {
		const { over, most } = line.dataset;
		const said = wordsOf(over) > most ? `Plus de ${most}\u00a0mots\u00a0: tout est conservé, mais la concision du dossier est jugée.` : "";
		if (line.textContent !== said) line.textContent = said;
	}
}

// ---- start

const own = /** @type {any[]} */ (savers);
const restored = [];
for (const form of all("form[data-save]")) {
	if (all(".clash", form)[0]) {
		settleClash(form);
		continue;
	}
	const saver = autosave(form);
	own.push(saver);
	restored.push(saver.restore());
}
Promise.all(restored).then(flush);
countWords();

/** A text that changes is no longer by whom the page says. */
const unsign = (form, name) => all(`[data-signed="${CSS.escape(name)}"]`, form).forEach((line) => line.remove());

function typed({ target }) {
	if (target.form) unsign(target.form, target.name);
	if (target.type !== "file") own.find(({ form }) => form === target.form)?.edited();
	countWords();
}
document.addEventListener("input", typed);
document.addEventListener("change", typed);

// Hidden: the last chance to send. Seen again: signed in elsewhere, perhaps.
const saveAll = () => own.forEach((saver) => (saver.keep(), saver.save()));
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && saveAll());
addEventListener("pagehide", saveAll);

// Other forms of the page leave it: not before what was typed is safe.
let sure = false;
document.addEventListener("submit", async (event) => {
	const form = /** @type {any} */ (event.target), button = event.submitter;
	if (sure || event.defaultPrevented || form.method !== "post" || form.matches("[data-save], [data-upload], [action='/deconnexion']")) return;
	if (navigator.onLine && !own.some((saver) => saver.holds())) return;
	event.preventDefault();
	await Promise.race([wait(8000), Promise.all(own.map((saver) => saver.save()))]);
	const held = own.find((saver) => saver.waits() || !navigator.onLine);
	if (held) return held.needsNetwork(button);
	sure = true;
	form.requestSubmit(button);
	sure = false;
});
