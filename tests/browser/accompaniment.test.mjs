// The accompaniment, lived by three people in three browsers from the training to the subsidy paid, each finding the next step where
// they are; a fourth, who evaluates, looks before the choice for a trace of the offers and finds none.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Trame, openBrowser, overflow, violations, visitor } from "./lib.mjs";

const PROVIDERS = ["Cabinet Zéphyr-Quarante", "Bureau Ypsilon-Trente"];
const [ZEPHYR, YPSILON] = PROVIDERS;
const TRAINING = "Atelier des flux d’été";
const PDF = { mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF") };

let trame, browser, carrier, other, manager, spy, base, number;

before(async () => {
  trame = await Trame.start();
  browser = await openBrowser();
  [carrier, other, manager, spy] = await Promise.all(
    ["porteur2@example.org", "porteur@example.org", "region@example.org", "evaluateur@example.org"].map((email) => visitor(browser, trame, email)),
  );
  await carrier.visit("/dossiers");
  base = await carrier.locator("tbody tr", { hasText: "démonstration" }).first().locator("th a").getAttribute("href");
});

after(async () => {
  await browser?.close();
  await trame?.stop();
});

const text = async (page) => (await page.locator("main").textContent()).replace(/[\u00a0\u202f]/g, " ");
const press = (page, name, place = page) => place.getByRole("button", { name }).first().click();
const follow = (page, name) => page.getByRole("link", { name }).first().click();
const day = (shift) => new Date(Date.now() + shift * 86_400_000).toLocaleDateString("sv-SE", { timeZone: "Europe/Paris" });

async function says(page, ...words) {
  const found = await text(page);
  for (const word of words) assert.ok(found.includes(word), `« ${word} » is not in ${page.url()}: ${found.slice(0, 1500)}`);
}

async function sound(page) {
  assert.deepEqual(await violations(page), [], page.url());
  await page.setViewportSize({ width: 375, height: 800 });
  assert.ok((await overflow(page)) <= 0, `${page.url()} overflows`);
  await page.setViewportSize({ width: 1280, height: 900 });
}

test("a training is announced, its last seat waited for then given, its days attended and certified", async () => {
  await manager.visit("/appel/formations?appel=demo");
  for (const [name, value] of [["title", TRAINING], ["place", "Jarnac"], ["capacity", "1"], ["day-0", day(1)]]) await manager.locator(`[name="${name}"]`).fill(value);
  await press(manager, "Créer la formation");
  number = manager.url().match(/formations\/(\d+)/)[1];
  for (const page of [other, carrier]) {
    await page.visit("/");
    await follow(page, `S’inscrire à la formation « ${TRAINING} »`);
    await press(page, /M’inscrire|liste d’attente/);
  }
  await says(other, "Vous êtes inscrit");
  await says(carrier, "Vous êtes sur la liste d’attente", "rang 1");
  await other.locator("summary", { hasText: "Rendre ma place" }).click();
  await press(other, "Rendre ma place", other.locator("details[open]"));
  await carrier.visit("/");
  await follow(carrier, /Une place s’est libérée|avis non lu/);
  await says(carrier, "Une place s’est libérée");
  await carrier.visit("/");
  await follow(carrier, `Suivre la formation « ${TRAINING} »`);
  await says(carrier, "Inscrit");
  assert.match(await (await carrier.request.get(trame.url + (await carrier.getByRole("link", { name: /Fichier .ics/ }).getAttribute("href")))).text(), /BEGIN:VEVENT/);
  // Held today after all: the day begins, its manager notes who came.
  await manager.visit(`/appel/formations/${number}?appel=demo`);
  await manager.locator('input[name^="day-"]:not([name="day-0"])').fill(day(0));
  await manager.locator('input[name^="starts-"]:not([name="starts-0"])').fill("00:00");
  await manager.locator('input[name^="ends-"]:not([name="ends-0"])').fill("23:59");
  await press(manager, /Enregistrer/);
  await manager.visit(`/appel/formations/${number}?appel=demo`);
  await manager.locator("main a[href*='/presences/']").first().click();
  await manager.locator("input[type=radio][value=present]").first().check();
  await press(manager, "Enregistrer les présences");
  await carrier.visit(`/formations/${number}?appel=demo`);
  await says(carrier, "1 journée suivie sur 1");
  const paper = trame.url + (await carrier.getByRole("link", { name: /Attestation/ }).getAttribute("href"));
  const begins = async () => (await (await carrier.request.get(paper)).body()).subarray(0, 5).toString();
  for (let tries = 0; (await begins()) !== "%PDF-"; tries++) assert.ok((await wait(500), tries < 40), "the certificate");
});

test("terms of reference with a question of one’s own, a consultation, offers and a grid", async () => {
  await manager.visit("/appel/affectations?appel=demo");
  const title = (await (await carrier.visit(base), carrier.locator("h1")).textContent()).trim();
  const row = manager.locator("tbody tr", { hasText: title });
  await row.getByLabel(new RegExp(`Solène Amiot, ${title}`)).check();
  await press(manager, "Enregistrer les affectations");

  await carrier.visit(`${base}/etat-des-lieux?theme=questions`);
  await carrier.locator("button[name=ajouter]").first().click();
  await carrier.getByLabel("Intitulé").last().fill("Quel avenir pour la friche ?");
  await press(carrier, "Enregistrer");
  await carrier.visit(base);
  await follow(carrier, "Assistance (AMO)");
  await says(carrier, "La suite", "Relire le cahier des charges", "Quel avenir pour la friche ?");
  await follow(carrier, /^Modifier.*tat des lieux/);
  await carrier.locator("input[type=radio][name=etendue][value=help]").check();
  await carrier.getByLabel("Texte").fill("Compléter nos entretiens avec les entreprises de la zone.");
  await press(carrier, "Enregistrer la section");
  await press(carrier, "Figer une version");
  await carrier.visit(`${base}/amo`);
  await press(carrier, "Soumettre le cahier des charges à l’expertise");
  await follow(carrier, "Consulter des prestataires");
  for (const [name, email, excluded, included] of [[ZEPHYR, "zephyr@example.net", "9800", "11760"], [YPSILON, "ypsilon@example.net", "12400", "14880"]]) {
    await carrier.visit(`${base}/amo/consultation`);
    await carrier.getByLabel("Nom du prestataire").fill(name);
    await carrier.locator("#courriel").fill(email);
    await press(carrier, "Ajouter");
    await press(carrier, "Envoyer la demande");
    await carrier.getByLabel("Reçue le").fill(day(0));
    await carrier.getByLabel("Montant HT").fill(excluded);
    await carrier.getByLabel("Montant TTC").fill(included);
    await press(carrier, "Enregistrer");
    await carrier.locator("#piece").setInputFiles({ name: `offre-${email.split("@")[0]}.pdf`, ...PDF });
    await press(carrier, "Joindre");
  }
  await follow(carrier, "Revenir à la consultation");
  await carrier.locator("[name='critere.1']").fill("Méthode");
  await press(carrier, "Enregistrer les critères");
  for (const [at, mark] of ["8", "5"].entries()) await carrier.locator("#notes input[name^='note.']").nth(at).fill(mark);
  await press(carrier, "Enregistrer les notes");
  await says(carrier, ZEPHYR, YPSILON, "8");
  await sound(carrier);
});

// Whatever somebody of the administration may open before the choice: nothing of a provider nor of an offer.
async function finds_nothing(page, what) {
  const id = base.split("/").pop();
  const paths = ["/", "/compte/avis", "/evaluation?appel=demo", `/evaluation/${id}`, base, `${base}/amo`, `${base}/amo/cahier-des-charges.pdf`, `${base}/amo/consultation`, `${base}/amo/consultation/1`, `${base}/amo/choix`, `${base}/amo/mission`,
    `${base}/subvention`, `${base}/historique`, `${base}/equipe`, `${base}/documents`, `${base}/messages`, `${base}/messages?q=zephyr`, `${base}/messages?q=ypsilon`, `${base}/messages/expertise`, `${base}/messages/equipe`, "/comite?appel=demo&q=zephyr",
    "/appel/messages?appel=demo&q=zephyr", "/appel/subventions?appel=demo", "/exploitation/courriels", "/appels/demo", "/fiches"];
  let opened = 0;
  for (const path of paths) {
    const answer = await page.request.get(trame.url + path);
    assert.ok(answer.status() < 500, path);
    opened += answer.status() === 200;
    const asked = new URL(path, trame.url).searchParams.get("q");
    const body = asked ? (await answer.text()).replaceAll(asked, "") : await answer.text();
    for (const word of [/z[eé]phyr/i, /ypsilon/i, /9\s?800/, /12\s?400/, /\d\s(prestataires? consulté|offres? reçue)/i]) assert.doesNotMatch(body, word, `${what}: ${path}`);
  }
  assert.ok(opened > 6, `${what} opens pages (${opened}) and finds nothing in them`);
}

test("before the choice, who evaluates and who manages find no trace of an offer; each writes to the other side", async () => {
  await carrier.visit(`${base}/messages/expertise`);
  await carrier.getByLabel("Votre message").fill("Nos ratios de boues sont-ils justes ?");
  await press(carrier, "Envoyer le message");
  await spy.visit("/");
  await follow(spy, /Lire les messages de/);
  await says(spy, "Nos ratios de boues sont-ils justes ?");
  await spy.getByLabel("Votre message").fill("Oui, à dix pour cent près.");
  await press(spy, "Envoyer le message");
  await carrier.visit("/");
  await follow(carrier, /Lire les messages de/);
  await says(carrier, "Oui, à dix pour cent près.");
  await spy.visit(`${base}/amo`);
  await says(spy, "Compléter nos entretiens");
  await finds_nothing(spy, "who evaluates");
  await finds_nothing(manager, "who manages");
});

test("a provider is chosen with reasons, and its consultant joins until a day", async () => {
  await carrier.visit(`${base}/amo`);
  await follow(carrier, "Comparer les offres, puis choisir");
  await carrier.getByLabel("Offre retenue").selectOption({ index: 1 });
  await carrier.getByLabel("Raisons du choix").fill("La méthode part des entreprises déjà rencontrées.");
  await press(carrier, "Retenir cette offre");
  await follow(carrier, "Inviter le prestataire dans l’équipe");
  await carrier.getByLabel("Adresse électronique").fill("amo@example.org");
  await carrier.getByLabel("Dernier jour de la mission").fill(day(90));
  await press(carrier, "Inviter comme conseil");
  const operator = await visitor(browser, trame, "operateur@example.org");
  await operator.visit("/exploitation/courriels");
  const link = await operator.locator("tbody tr", { hasText: "amo@example.org" }).locator("a[href*='/invitation/']").first().getAttribute("href");
  const consultant = await visitor(browser, trame, "amo@example.org");
  await consultant.goto(link);
  await press(consultant, "Accepter l’invitation");
  await consultant.visit(base);
  await says(consultant, "Assistance et subvention");
  await carrier.visit(`${base}/amo/mission`);
  await says(carrier, "amo@example.org", "Accès");
  // Now the administration reads the retained offer, never the others.
  await spy.visit(`${base}/amo`);
  await says(spy, ZEPHYR);
  assert.ok(!(await text(spy)).includes("Ypsilon"));
  await Promise.all([operator, consultant].map((page) => page.context().close()));
});

test("the subsidy file is completed, deposited, sent back, completed, granted and paid, each side told of its turn", async () => {
  await carrier.visit(`${base}/amo`);
  await follow(carrier, "Préparer la demande de subvention");
  for (const [label, value] of [["Titulaire du compte", "Syndicat"], ["IBAN", "FR76 3000 6000 0112 3456 7890 189"], ["Montant HT", "9800"], ["Montant TTC", "11760"]]) await carrier.getByLabel(label).first().fill(value);
  await press(carrier, "Enregistrer", carrier.locator("#demande"));
  for (let missing; (missing = carrier.locator("#depot .alert a").first()), await missing.count(); ) {
    const key = (await missing.getAttribute("href")).slice(1);
    await carrier.locator(`#f-${key}`).setInputFiles({ name: `${key}.pdf`, ...PDF });
    await carrier.locator(`#${key}`).locator("form[enctype] button").click();
  }
  await sound(carrier);
  await press(carrier, "Déposer la demande");
  await manager.visit("/");
  await follow(manager.locator("main tbody tr", { hasText: "démonstration" }), /Enregistrer la réponse du fonds à/);
  await manager.locator(`main tbody th a[href="${base}/subvention"]`).click();
  const record = async (state, fill) => {
    await manager.locator(`input[name=etat][value=${state}]`).check();
    for (const [name, value] of Object.entries(fill)) await manager.locator(`[name='${name}']`).fill(value);
    if (state === "incomplete") await manager.getByLabel("RIB", { exact: true }).check();
    await press(manager, "Enregistrer", manager.locator("#etat-fonds"));
  };
  await record("incomplete", { message: "Le RIB est illisible." });
  await carrier.visit("/");
  await follow(carrier, /Compléter la demande de subvention/);
  await says(carrier, "Incomplète", "Le RIB est illisible.");
  await carrier.locator("#f-bank").setInputFiles({ name: "rib-net.pdf", ...PDF });
  await carrier.locator("#bank").locator("form[enctype] button").click();
  await press(carrier, "Déposer la demande");
  await manager.reload();
  await record("granted", { reference: "FREE 14" });
  await manager.visit("/");
  await follow(manager.locator("main tbody tr", { hasText: "démonstration" }), /Enregistrer le versement/);
  await manager.locator(`main tbody th a[href="${base}/subvention"]`).click();
  await record("paid", { reference: "Mandat 812" });
  await carrier.visit(`${base}/amo`);
  await says(carrier, "L’aide est versée : tout est fait");
  await carrier.visit(`${base}/subvention`);
  await says(carrier, "Versée", "Mandat 812", "6 860");
  await finds_bank_nowhere(spy);
  const { code, output } = await trame.command("check");
  assert.equal(code, 0, output);
  for (const page of [carrier, other, manager]) assert.deepEqual(page.faults, []);
});

async function finds_bank_nowhere(page) {
  for (const path of [`${base}/subvention`, `${base}/subvention/rib`]) assert.equal((await page.request.get(trame.url + path)).status(), 404, path);
}
