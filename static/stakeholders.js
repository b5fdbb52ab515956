// @ts-check
/**
 * Moving actors in their drawn views, by mouse and by keyboard: each move fills the actor's own form and sends it.
 * Without this, the forms of the table do the same.
 */

/** @returns {any} */
const area = () => document.querySelector("[data-actors]");
const live = document.querySelector("[data-live]");
const say = (text) => live && (live.textContent = text);
/** @returns {any[]} */
const zones = () => [...area().querySelectorAll("[data-set]")];
const markOf = (target) => target.closest?.("[data-mark]");

let busy = false;

/** Fills the actor's form with the values of a zone, and sends it. */
function move(mark, zone) {
	const form = /** @type {any} */ (document.getElementById("m-" + mark.dataset.mark));
	if (!form || busy) return;
	for (const [name, value] of new URLSearchParams(zone.dataset.set)) form.elements[name].value = value;
	send(form, mark.dataset.mark);
}

/** Posts a form as the browser would, and takes the actors of the page that answers. */
async function send(form, row) {
	busy = true;
	say("Déplacement…");
	const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(/** @type {any} */ (new FormData(form))) }).catch(() => null);
	busy = false;
	if (!response) return say("Non déplacé\u00a0: le service ne répond pas. Réessayer dans un instant.");
	if (new URL(response.url).pathname === "/connexion") return location.assign(response.url);
	const page = new DOMParser().parseFromString(await response.text(), "text/html");
	const fresh = page.querySelector("[data-actors]");
	if (!fresh && response.ok) return location.assign(response.url);
	if (!fresh) return say("Non déplacé. " + (page.querySelector("main p")?.textContent ?? ""));
	area().replaceWith(document.adoptNode(fresh));
	listen();
	const said = fresh.querySelector("[data-said]");
	say(said ? [...said.querySelectorAll("h2, p")].map((part) => part.textContent).join(". ") : "Déjà à cette place.");
	const focus = /** @type {any} */ (fresh.querySelector("[data-focus]") ?? document.getElementById("a-" + row));
	focus?.focus();
}

// ---- mouse

/** @type {any} */
let drag = null;

function over(zone) {
	for (const other of zones()) other.classList.toggle("over", other === zone);
}

function start(event) {
	const mark = markOf(event.target);
	if (!mark || event.button !== 0 || event.pointerType === "touch" || busy) return;
	const body = mark.querySelector("g");
	drag = { mark, body, at: body?.getAttribute("transform"), x: event.clientX, y: event.clientY, moving: false };
}

function follow(event) {
	if (!drag) return;
	const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
	if (!drag.moving && Math.hypot(dx, dy) < 6) return;
	drag.moving = true;
	drag.mark.classList.add("moving");
	if (drag.body) {
		const scale = drag.mark.ownerSVGElement.getScreenCTM().a;
		drag.body.setAttribute("transform", `translate(${dx / scale} ${dy / scale}) ${drag.at}`);
	}
	over(under(event));
}

const under = (event) => document.elementsFromPoint(event.clientX, event.clientY).find((element) => /** @type {any} */ (element).dataset?.set !== undefined);

function drop(event) {
	if (!drag) return;
	const { mark, moving } = drag, zone = moving && under(event);
	if (moving) window.addEventListener("click", swallow, { capture: true, once: true });
	setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
	release();
	if (zone && zone.dataset.at !== mark.dataset.at) move(mark, zone);
}

const swallow = (event) => (event.preventDefault(), event.stopPropagation());

function release() {
	if (!drag) return;
	drag.body?.setAttribute("transform", drag.at);
	drag.mark.classList.remove("moving");
	over(null);
	drag = null;
}

// ---- keyboard

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
/** @type {any} */
let aim = null;

/** The zone one step away; outside the grid, one stays where one is. */
function next(from, [dx, dy]) {
	const [x, y] = from.split(",").map(Number);
	const wanted = x || y || zones().some((zone) => zone.dataset.at === "0,0") ? `${x + dx},${y + dy}` : "1,1";
	return zones().find((zone) => zone.dataset.at === wanted);
}

function press(event) {
	const mark = markOf(event.target);
	if (event.key === "Escape") return release(), forget("Déplacement abandonné.");
	if (!mark || event.ctrlKey || event.altKey || event.metaKey) return;
	const step = STEPS[event.key];
	if (step) {
		event.preventDefault();
		const zone = next(aim?.dataset.at ?? mark.dataset.at, step);
		if (!zone) return;
		aim = zone;
		over(zone);
		say(`${zone.dataset.label}. Entrée pour placer ici, Échap pour renoncer.`);
	} else if (event.key === "Enter" && aim) {
		event.preventDefault();
		const zone = aim;
		forget("");
		if (zone.dataset.at !== mark.dataset.at) move(mark, zone);
	}
}

function forget(text) {
	if (!aim) return;
	aim = null;
	over(null);
	say(text);
}

function listen() {
	const root = area();
	if (!root?.hasAttribute("data-editable")) return;
	root.addEventListener("pointerdown", start);
	root.addEventListener("dragstart", (event) => markOf(event.target) && event.preventDefault());
	root.addEventListener("keydown", press);
	root.addEventListener("focusout", () => forget(""));
	root.addEventListener("submit", (event) => {
		const form = event.target;
		if (!form.matches("[data-move]")) return;
		event.preventDefault();
		if (!busy) send(form, form.action.match(/acteurs\/([^/]+)\/placer/)?.[1]);
	});
}

window.addEventListener("pointermove", follow);
window.addEventListener("pointerup", drop);
window.addEventListener("pointercancel", release);
listen();
