// @ts-check
/** The session moves: the page asks for itself again and shows what its reader may see. Without it, a reload does as much. */
import { all, byId } from "./trame.js";

const said = all("[data-flow-said]")[0];
let isTyping = false, asking, isMissed = false;

addEventListener("input", ({ target }) => (isTyping ||= target instanceof Element && !!target.closest("[data-keep]")));
addEventListener("submit", () => (isTyping = false));

async function refresh() {
	if (isTyping) return (said.textContent = "La séance a avancé. Votre saisie est gardée : consignez-la, ou rechargez la page.");
	if (asking) return (isMissed = true);
	asking = fetch(location.href, { headers: { accept: "text/html" } });
	try {
		const answer = await asking;
		// Signed out, or no longer of the committee: the page itself says it.
		if (answer.redirected || !answer.ok) return location.reload();
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		const next = page.getElementById("seance"), now = byId("seance");
		if (next && now && !isTyping && next.innerHTML !== now.innerHTML) {
			const focused = document.activeElement?.id;
			now.replaceWith(next);
			if (focused) byId(focused)?.focus();
			said.textContent = all("h3, .tag.off", next)[0]?.textContent ?? "La séance a avancé.";
			if (!("flow" in next.dataset)) source.close();
		}
	} catch {
		said.textContent = "La séance n’est plus suivie : rechargez la page.";
	} finally {
		asking = undefined;
		if (isMissed) isMissed = false, refresh();
	}
}

const source = new EventSource(byId("seance").dataset.flow);
source.addEventListener("seance", refresh);
// Back after a cut: something may have been missed.
let isOpen = false;
source.addEventListener("ouvert", () => (isOpen ? refresh() : (isOpen = true)));
