// @ts-check
/** Who else is in the dossier, and what they save on this page as they save it. Without it, a reload shows as much. */
import { all, byId, el, savers } from "./trame.js";

const line = all("[data-live]")[0], said = all("[data-live-said]")[0];
const { live: address, page } = line.dataset;
const me = +all("[data-user]")[0]?.dataset.user;
const forms = /** @type {any[]} */ (savers);

// ---- what is said

/** Spoken one sentence at a time, ten seconds apart: nobody is flooded while they write. */
const toSay = /** @type {string[]} */ ([]);
let speaking;
function speak(sentence) {
	if (!toSay.includes(sentence)) toSay.push(sentence);
	const next = () => {
		said.textContent = toSay.splice(0).join(" ");
		speaking = setTimeout(() => ((speaking = undefined), toSay.length && next()), 10_000);
	};
	if (!speaking) next();
}

let here = new Set();
function showOthers(others) {
	const lines = others.slice(0, 4).map(({ name, sentence }) => `${name} ${sentence}.`);
	if (others.length > 4) lines.push(`Et ${others.length - 4} autres personnes.`);
	const text = lines.join(" ");
	if (line.textContent !== text) line.textContent = text;
	line.hidden = !text;
	const now = new Set(others.filter((other) => other.here).map((other) => other.account));
	for (const { account, name } of others) if (now.has(account) && !here.has(account)) speak(`${name} est sur cette page.`);
	here = now;
	const writing = new Map(others.filter(({ item }) => item).map(({ item, name }) => [item, `${name} écrit ici.`]));
	for (const note of all("[data-writing]")) if (!writing.has(note.dataset.writing)) note.remove();
	for (const [item, sentence] of writing) noteIn(item, "writing", sentence);
}

/** A line under a question, silent: the reader of a screen hears it from the page's own. */
function noteIn(item, kind, sentence) {
	const ask = byId(`i-${item}`) ?? byId(item)?.closest(".ask"), body = ask && all(".body", ask)[0];
	if (!body) return;
	const note = all(`[data-${kind}="${CSS.escape(item)}"]`, body)[0] ?? el("p", { class: "small soft", [`data-${kind}`]: item });
	if (note.textContent !== sentence) note.textContent = sentence;
	if (!note.isConnected) body.append(note);
}

/** What a colleague saved is on this page, or beside the text that somebody is writing here. */
function colleague({ detail: { form, told, shown, left, tables } }) {
	if (!told.by) return;
	const own = told.account === me, who = own ? "Vous, dans une autre fenêtre," : told.by;
	const items = new Map();
	const add = (control, sentence) => control && items.set(control.closest(".ask")?.id.replace(/^i-/, "") ?? "", sentence);
	for (const table of tables) add(table.isConnected ? table : byId(table.id), `${who} ${own ? "avez" : "a"} modifié ce tableau à ${told.at}.`);
	for (const name of shown) add([...form.elements].find((c) => c.name === name), `${who} ${own ? "avez" : "a"} modifié cette réponse à ${told.at}.`);
	for (const name of left) add([...form.elements].find((c) => c.name === name), `${who} ${own ? "avez" : "a"} modifié cette réponse à ${told.at}. La vôtre est laissée telle quelle\u00a0: les deux seront rapprochées à l’enregistrement.`);
	for (const [item, sentence] of items) if (item) noteIn(item, "told", sentence);
	const asked = document.activeElement?.closest(".ask")?.id.replace(/^i-/, "");
	if (asked && items.has(asked)) speak(items.get(asked));
}
document.addEventListener("trame:colleague", colleague);

/** Two texts were put together by a save of ours: what the colleague changed, marked. */
function joined({ detail: { form, merged } }) {
	for (const { name, sentence, parts } of merged) {
		const control = [...form.elements].find((c) => c.name === name && c.type !== "hidden"), id = `${control?.id}-j`;
		if (!control) continue;
		const words = parts.map(([kind, words]) => (kind === "inserted" ? el("ins", {}, words) : kind === "removed" ? el("del", {}, words) : kind === "skipped" ? "… " : words));
		const note = el("div", { class: "joined small", id }, el("p", {}, sentence), el("p", { class: "kept" }, ...words));
		byId(id)?.remove();
		const cell = control.closest("td"), ask = control.closest(".ask");
		for (const told of ask ? all("[data-told]", ask) : []) told.remove();
		cell ? control.closest("table").before(note) : (control.closest("fieldset") ?? control).after(note);
		if (document.activeElement === control) speak(sentence.replace(/\s*:$/, "."));
	}
}
document.addEventListener("trame:merged", joined);

// ---- reading only: the text of the page is drawn again

let reading;
async function read() {
	reading = undefined;
	const answer = await fetch(location.pathname + location.search, { signal: AbortSignal.timeout(20_000) }).catch(() => null);
	if (!answer?.ok) return;
	const fresh = all("main section.sec", new DOMParser().parseFromString(await answer.text(), "text/html"))[0], shown = all("main section.sec")[0];
	if (fresh && shown && !all("form[data-save]", fresh.ownerDocument)[0] && fresh.innerHTML !== shown.innerHTML) shown.replaceWith(document.importNode(fresh, true));
}

function refresh(news) {
	for (const saver of forms) if (!news.units || !saver.knows(news.units)) saver.refresh(news);
	if (!all("form[data-save]")[0]) reading ??= setTimeout(read, 500);
}

// ---- the stream

let source, stream, tries = 0, timer, hiding;

function open() {
	timer = clearTimeout(timer);
	if (source || document.visibilityState === "hidden" || !navigator.onLine) return;
	const first = !stream && tries === 0;
	source = new EventSource(`${address}?page=${encodeURIComponent(page)}`);
	source.addEventListener("ouvert", ({ data }) => {
		const { flux, units } = JSON.parse(data);
		[stream, tries, writing] = [flux, 0, ""];
		const rows = all("input[data-row]").filter((input) => !units.some(([, row]) => row === input.dataset.row));
		if (forms.length ? rows.length || !forms.every((saver) => !units.length || saver.knows(units)) : !first) refresh({});
	});
	source.addEventListener("presents", ({ data }) => showOthers(JSON.parse(data)));
	source.addEventListener("enregistre", ({ data }) => refresh(JSON.parse(data)));
	source.addEventListener("manque", () => refresh({}));
	source.addEventListener("fin", ({ data }) => {
		close();
		if (JSON.parse(data) === "arret") later(2000 + 2000 * Math.random());
	});
	// Not the browser's own tries: they would come at once, all pages together.
	source.onerror = () => (close(), later([2, 5, 10, 30][Math.min(tries++, 3)] * 1000 * (1 + Math.random() / 2)));
}

function later(delay) {
	clearTimeout(timer);
	timer = setTimeout(open, delay);
}

function close() {
	source?.close();
	[source, stream] = [undefined, undefined];
	showOthers([]);
}

// A hidden page holds no connection: a browser has six of them for a site.
document.addEventListener("visibilitychange", () => {
	hiding = clearTimeout(hiding);
	if (document.visibilityState === "hidden") hiding = setTimeout(() => (clearTimeout(timer), close()), 20_000);
	else open();
});
addEventListener("online", () => ((tries = 0), open()));
addEventListener("pagehide", close);
addEventListener("pageshow", ({ persisted }) => persisted && open());
setTimeout(open, 300);

// ---- what is being written here

let writing = "", idle;
function write(name) {
	idle = clearTimeout(idle);
	if (name) idle = setTimeout(write, 20_000, "");
	if (name === writing || !stream) return;
	writing = name;
	fetch(address, { method: "POST", body: new URLSearchParams({ flux: stream, champ: name }), keepalive: true }).catch(() => null);
}
document.addEventListener("input", ({ target }) => /** @type {any} */ (target).form?.matches("[data-save]") && write(/** @type {any} */ (target).name));
document.addEventListener("focusout", () => setTimeout(() => /** @type {any} */ (document.activeElement)?.name !== writing && write(""), 1500));
