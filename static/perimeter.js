// @ts-check
/**
 * The map of the perimeter: a click, or a box of the list, posts the page's form at once. One request in flight, what
 * is not sent waits. Without this module the boxes and their button do the same.
 */

/** @returns {any[]} */
const all = (selector, /** @type {any} */ root = document) => [...root.querySelectorAll(selector)];
/** @returns {any} */
const one = (selector) => document.querySelector(selector);

const form = one("[data-perimeter]"), map = one("[data-map]"), line = one("[data-status]"), done = one("[data-done]");
const boxes = new Map(all("input[name=commune]").map((box) => [box.value, box]));
const paths = new Map(all("[data-c]", map ?? document.createElement("i")).map((path) => [path.dataset.c, path]));
/** @type {Map<string, boolean>} what is asked and not yet received */
const waiting = new Map();
let held = new Set([...boxes].filter(([, box]) => box.checked).map(([code]) => code));
let flight = false, timer;

/** Not crypto.randomUUID: it is missing on plain http. */
const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
	(+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));

function say(text, href) {
	line.replaceChildren(text);
	if (!href) return;
	const link = document.createElement("a");
	link.href = href;
	link.textContent = "Se reconnecter";
	line.append(" ", link);
}

/** Shows a commune in or out, on the map and in the list. */
function show(code, isIn) {
	const path = paths.get(code), box = boxes.get(code);
	path?.classList.toggle("in", isIn);
	if (isIn) path?.parentNode.append(path); // its edge above its neighbours'
	if (box) box.checked = isIn;
}

function ask(code, isIn) {
	waiting.set(code, isIn);
	show(code, isIn);
	send();
}

/** What is asked twice is sent once: the last wish counts. */
async function send() {
	if (flight || !waiting.size) return;
	flight = true;
	clearTimeout(timer);
	const sent = new Map(waiting), body = new URLSearchParams();
	for (const name of ["version", "vues"]) body.set(name, form.elements[name].value);
	body.set("operation", uuid());
	for (const [code, isIn] of sent) body.append(isIn ? "ajouter" : "retirer", code);
	say("Enregistrement…");
	let answer, status = 0;
	try {
		const headers = { "Accept": "application/json", "X-Requested-With": "trame" };
		const response = await fetch(form.action, { method: "POST", headers, body, keepalive: `${body}`.length < 60_000, signal: AbortSignal.timeout(30_000) });
		status = response.status;
		answer = await response.json();
	} catch {}
	flight = false;
	if (status === 200 && answer) return received(answer, sent);
	if (!status || status === 503) {
		say(`Pas de connexion : ${waiting.size > 1 ? waiting.size + " choix attendent" : "un choix attend"} d’être enregistré${waiting.size > 1 ? "s" : ""}.`);
		timer = setTimeout(send, 4000);
		return;
	}
	for (const code of sent.keys()) if (waiting.get(code) === sent.get(code)) waiting.delete(code), show(code, held.has(code));
	say(answer?.message ?? "Ce choix n’a pas pu être enregistré.", status === 401 && "/connexion?next=" + encodeURIComponent(location.pathname + location.search));
	send();
}

function received(answer, sent) {
	for (const [code, isIn] of sent) if (waiting.get(code) === isIn) waiting.delete(code);
	held = new Set(answer.communes);
	for (const code of boxes.keys()) show(code, waiting.get(code) ?? held.has(code));
	form.elements.vues.value = answer.vues;
	all("[data-figure]").forEach((dd, rank) => [dd.firstElementChild.textContent, dd.lastElementChild.textContent] = answer.figures[rank]);
	one("[data-count]").textContent = answer.compte;
	say(answer.message || "Rien n’a changé.");
	if (answer.fait) {
		one("[data-message]").textContent = answer.message;
		one("[data-done] button").value = answer.fait;
		done.hidden = false;
	}
	send();
}

if (form && boxes.size) {
	map?.addEventListener("click", (event) => {
		const code = event.target.closest("[data-c]")?.dataset.c;
		if (code && boxes.has(code)) ask(code, !boxes.get(code).checked);
	});
	for (const [code, box] of boxes) box.addEventListener("change", () => ask(code, box.checked));
	addEventListener("online", send);
	addEventListener("beforeunload", (event) => waiting.size && event.preventDefault());
}
