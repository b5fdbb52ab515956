// Every page of every role, wide and narrow: axe at zero, no overflow, a title of its own, one h1, a clean console. The longest
// file, and the first by name: the others run beside it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Trame, openBrowser, overflow, violations, visitor } from "./lib.mjs";

let trame, browser, open, rich, lead, type, meeting, day;

before(async () => {
  trame = await Trame.start();
  browser = await openBrowser();
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit("/dossiers");
  const links = await page.locator("tbody th a").evaluateAll((all) => all.map((a) => [a.textContent, a.getAttribute("href")]));
  const rows = await page.locator("tbody tr").evaluateAll((all) => all.map((row) => row.textContent));
  open = links[rows.findIndex((row) => row.includes("démonstration"))][1];
  rich = links[rows.findIndex((row) => row.includes("2014-2015"))][1];
  const last = async (path, link) => (await page.visit(path), (await page.locator(link).first().getAttribute("href")).split("/").pop());
  lead = await last(`${rich}/pistes`, `main a[href*="${rich}/pistes/"]`);
  type = await last("/nomenclatures/flux", "tbody th[scope=row] a");
  await page.context().close();
  const committee = await visitor(browser, trame, "comite@example.org");
  await committee.visit("/comite/seances?appel=eit-2015");
  meeting = (await committee.locator("main a[href*='/comite/seances/']").first().getAttribute("href")).split("?")[0].split("/").pop();
  await committee.context().close();
  const manager = await visitor(browser, trame, "region@example.org");
  await manager.visit("/appel/formations/1?appel=eit-2015");
  day = (await manager.locator("main a[href*='/presences/']").first().getAttribute("href")).split("?")[0].split("/").pop();
  await manager.context().close();
});

after(async () => {
  await browser?.close();
  await trame?.stop();
});

const PAGES = {
  "": ["/", "/connexion", "/mot-de-passe", "/accessibilite", "/donnees-personnelles", "/mentions-legales", "/appels/eit-2015", "/appels/demo", "/appels/eit-2015/laureats", "/appels/demo/calendrier",
    "/nomenclatures", "/nomenclatures/flux", "/nomenclatures/flux?q=palettes", "/nomenclatures/flux?q=introuvable", "/nomenclatures/flux/{type}", "/nomenclatures/regles?q=vapeur", "/nomenclatures/dechets?q=huiles", "/nomenclatures/activites?q=fromage",
    "/nomenclatures/echelles", "/nomenclatures/historique"],
  "porteur@example.org": [
    "/", "/dossiers", "/compte", "/formations?appel=demo", "/formations?appel=eit-2015", "/questions?appel=demo", "/questions?appel=demo&q=introuvable", "/questions/1?appel=demo", "/formations/2?appel=demo", "/formations/3?appel=demo", "/formations/1?appel=eit-2015", "/reseau?appel=eit-2015", "/reseau?appel=eit-2015&q=introuvable", "/reseau?appel=demo", "/appels/demo/calendrier", "{open}", "{open}/organisation", "{open}/organisation?theme=animation", "{open}/organisation?theme=portage", "{open}/organisation?theme=gouvernance",
    "{open}/organisation?theme=financement", "{open}/organisation?theme=evolution", "{open}/etat-des-lieux", "{open}/etat-des-lieux?theme=analyse", "{open}/etat-des-lieux?theme=flux",
    "{open}/etat-des-lieux?theme=appuis", "{open}/etat-des-lieux?theme=ambition", "{open}/actions", "{open}/mobilisation", "{open}/mobilisation?theme=gouvernance",
    "{open}/mobilisation?theme=engagements", "{open}/mobilisation?theme=acteurs-cles", "{open}/candidature", "{open}/acteurs", "{open}/flux", "{open}/synergies", "{open}/engagements", "{open}/depot", "{open}/equipe",
    "{open}/imprimer", "{rich}", "{rich}/organisation", "{rich}/acteurs", "{rich}/flux", "{rich}/territoire", "{rich}/territoire?remplir=1&domaine=matiere", "{open}/territoire",
    "{rich}/pistes", "{rich}/pistes?q=introuvable", "{rich}/pistes/{lead}", "{open}/pistes", "{rich}/visites", "{rich}/atelier", "{rich}/atelier/projection", "{open}/atelier", "{rich}/exigences", "{rich}/perimetre", "{rich}/depot", "{rich}/recu", "{rich}/depots/1",
    "{open}/amo", "{open}/amo/sections/d2", "{open}/amo/consultation", "{open}/amo/consultation/1", "{open}/amo/choix", "{open}/subvention", "{rich}/amo", "{rich}/amo/versions/1?avec=0", "{rich}/amo/consultation", "{rich}/amo/choix", "{rich}/amo/mission", "{rich}/subvention", "{rich}/subvention/rib",
    "/compte/avis", "/compte/avis?etat=non-lus", "{open}/messages", "{open}/messages?q=registre", "{open}/messages?q=introuvable", "{open}/messages/administration", "{open}/messages/expertise", "{open}/messages/equipe",
  ],
  "region@example.org": ["/", "/comite?appel=eit-2015", "/comite?appel=demo", "/comite?appel=eit-2015&vue=accompagnement", "/comite?appel=demo&vue=avancement", "/appel", "/appel?appel=eit-2015", "/appel/dates", "/appel/criteres", "/appel/contacts", "/appel/documents", "/appel/personnes", "/appel/nouveau", "/appel/dossiers/nouveau", "/appel/affectations", "/appel/affectations?appel=eit-2015", "/evaluation?appel=eit-2015", "{rich}",
    "/appel/pistes?appel=eit-2015", "/appel/pistes?appel=demo", "/appel/pistes/poids?appel=eit-2015", "/appel/presentation", "/appel/affectations/proposer?appel=eit-2015", "/appel/affectations/proposer?appel=demo",
    "/appel/formations?appel=demo", "/appel/formations/3?appel=demo", "/appel/formations/1?appel=eit-2015", "/appel/formations/1/presences/{day}?appel=eit-2015", "/reseau?appel=eit-2015", "/appels/eit-2015/calendrier", "/appel/decisions?appel=eit-2015", "/appel/decisions/publication?appel=eit-2015", "/comite/seances?appel=eit-2015", "/comite/seances?appel=demo", "{rich}/instruction", "{rich}/amo", "{rich}/subvention", "{rich}/subvention/rib", "/appel/subventions?appel=eit-2015", "/appel/subventions?appel=demo", "/nomenclatures/flux/{type}", "/nomenclatures/modifier?liste=flux&cle={type}", "/nomenclatures/modifier?liste=regles", "/nomenclatures/importer?liste=flux", "/nomenclatures/activites",
    "/appel/questions?appel=demo", "/appel/questions?appel=demo&etat=publiees&q=introuvable", "/questions/1?appel=demo", "/questions/2?appel=demo", "/appel/messages?appel=demo", "/appel/messages?appel=demo&q=registre", "/appel/messages?appel=demo&fil=expertise&etat=non-lus", "/appel/messages/modeles?appel=demo", "/appel/messages/groupe?appel=demo", "{open}/messages/administration", "/compte/avis"],
  "comite@example.org": ["/", "/comite?appel=eit-2015", "/comite?appel=eit-2015&q=introuvable", "/comite/calcul?appel=eit-2015", "/comite/etude?appel=eit-2015", "/comite/etude?appel=demo", "/comite?appel=eit-2015&vue=avancement", "/comite?appel=demo&vue=avancement&risque=tous", "/comite?appel=demo&vue=accompagnement", "/comite/carte?appel=eit-2015", "/comite/carte?appel=demo", "/comite/vues?appel=eit-2015", "/comite/vues?appel=eit-2015&adresse=vue%3Davancement", "/comite/seances?appel=eit-2015", "/comite/seances/{meeting}?appel=eit-2015", "/comite/seances/{meeting}/compte-rendu?appel=eit-2015", "{rich}", "{rich}/depots/1"],
  "evaluateur@example.org": ["/", "/evaluation?appel=eit-2015", "/evaluation?appel=demo", "/evaluation/domaines?appel=eit-2015"],
  "operateur@example.org": ["/", "/exploitation", "/exploitation/courriels", "/exploitation/courriels?etat=refus"],
};

for (const [email, paths] of Object.entries(PAGES)) {
  test(`every page of ${email || "anybody"} is accessible, fits narrow screens and has a clean console`, async () => {
    const page = await visitor(browser, trame, email);
    const titles = new Map();
    for (const path of paths.map((path) => path.replace("{open}", open).replace("{rich}", rich).replace("{lead}", lead).replace("{type}", type).replace("{meeting}", meeting).replace("{day}", day))) {
      await page.setViewportSize({ width: 1280, height: 900 });
      const answer = await page.visit(path);
      assert.equal(answer.status(), 200, path);
      assert.equal(await page.locator("h1").count(), 1, path);
      titles.set(path, await page.title());
      assert.deepEqual(await violations(page), [], path);
      for (const width of [375, 320]) {
        await page.setViewportSize({ width, height: 800 });
        assert.ok((await overflow(page)) <= 0, `${path} overflows at ${width} px by ${await overflow(page)}`);
      }
      assert.deepEqual(await violations(page), [], `${path}, narrow`);
    }
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("error pages are in French and accessible", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  for (const path of ["/nulle-part", "/dossiers/987654", "/exploitation"]) {
    assert.equal((await page.visit(path)).status(), 404);
    assert.match(await page.locator("h1").textContent(), /Page introuvable/);
    assert.deepEqual(await violations(page), []);
  }
  await page.context().close();
});
