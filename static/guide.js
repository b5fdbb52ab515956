// @ts-check
/** The hard bound of a long answer, as one writes: a sentence appears under the field beyond it. Nothing is ever cut. */

/** As the server counts: what stands between white spaces and holds a letter or a digit. */
// In the place of a text about which somebody has to choose, there is none to count.
const count = (/** @type {string | undefined} */ text) => (text ?? "").split(/\p{White_Space}+/u).filter((word) => /[\p{Alphabetic}\p{N}]/u.test(word)).length;

function signal() {
	for (const line of document.querySelectorAll("[data-over]")) {
		const { over = "", most } = /** @type {HTMLElement} */ (line).dataset;
		const field = /** @type {HTMLTextAreaElement | null} */ (document.getElementById(over));
		if (!field) continue;
		const said = count(field.value) > Number(most) ? `Plus de ${most}\u00a0mots\u00a0: tout est conservé, mais la concision du dossier est jugée.` : "";
		if (line.textContent !== said) line.textContent = said;
	}
}

document.addEventListener("input", signal);
signal();
