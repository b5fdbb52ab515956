// Several hands, one text: merged, asked about, and brought back from the history; wide, narrow, without script.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Trame, openBrowser, overflow, violations, visitor } from "./lib.mjs";

let trame, browser, open, reader;

before(async () => {
  trame = await Trame.start();
  browser = await openBrowser();
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit("/dossiers");
  open = await page.locator("tbody tr", { hasText: "démonstration" }).locator("th a").first().getAttribute("href");
  await page.context().close();
  reader = await visitor(browser, trame);
});

after(async () => {
  await browser?.close();
  await trame?.stop();
});

const plain = { javaScriptEnabled: false };
const submit = (page) => page.getByRole("button", { name: "Enregistrer", exact: true }).last().click();

// The same page read by axe in a browser with scripts: without them, axe itself does not run.
async function fits(page, what) {
  await reader.visit("/accessibilite");
  await reader.setContent(await page.content());
  for (const width of [1280, 375, 320]) {
    await reader.setViewportSize({ width, height: 900 });
    await page.setViewportSize({ width, height: 900 });
    assert.ok((await overflow(page)) <= 0, `${what} overflows at ${width} px by ${await overflow(page)}`);
    if (width > 320) assert.deepEqual(await violations(reader), [], `${what} at ${width} px`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

test("two texts written apart are reunited, two that touch are asked about, without script", async () => {
  const [ana, bob] = await Promise.all(["porteur@example.org", "equipe@example.org"].map((email) => visitor(browser, trame, email, plain)));
  const path = `${open}/organisation?theme=gouvernance`;
  await ana.visit(path);
  await ana.locator("#legal").fill("Une convention lie les trois communes.\n\nElle se renouvelle chaque année au printemps.");
  await submit(ana);
  await bob.visit(path);
  await ana.locator("#legal").fill("Une convention lie les quatre communes.\n\nElle se renouvelle chaque année au printemps.");
  await submit(ana);
  await bob.locator("#legal").fill("Une convention lie les trois communes.\n\nElle se renouvelle chaque année à l’automne.");
  await submit(bob);
  assert.equal(await bob.locator("#legal").inputValue(), "Une convention lie les quatre communes.\n\nElle se renouvelle chaque année à l’automne.");
  assert.match(await bob.locator("#legal-j").textContent(), /a aussi écrit ici.*Les deux textes sont réunis/);
  assert.equal(await bob.locator("#legal-j ins").textContent(), "quatre");
  await fits(bob, "a merge");
  await ana.visit(path);
  await ana.locator("#legal").fill("Rien d’écrit.");
  await submit(ana);
  await bob.locator("#legal").fill("Une charte lie les quatre communes.");
  await submit(bob);
  await bob.locator(".clash ins").first().waitFor();
  await bob.locator(".clash summary").click();
  await bob.locator("textarea[name='legal~texte']").fill("Une charte, rien d’autre.");
  await fits(bob, "a conflict");
  await bob.getByRole("button", { name: "Garder cette version" }).click();
  assert.equal(await bob.locator("#legal").inputValue(), "Une charte, rien d’autre.");
  for (const page of [ana, bob]) {
    assert.deepEqual(page.faults.filter((fault) => !/409/.test(fault)), []);
    await page.context().close();
  }
});

test("a line that one removes and the other changes is asked about, without script", async () => {
  const [ana, bob] = await Promise.all(["porteur@example.org", "equipe@example.org"].map((email) => visitor(browser, trame, email, plain)));
  const path = `${open}/organisation?theme=animation`;
  await ana.visit(path);
  await ana.locator("button[name=ajouter][value=staff]").click();
  await ana.locator("input[name^='staff.'][name$='.structure']").last().fill("Chambre d’essai");
  await submit(ana);
  await bob.visit(path);
  await ana.locator("button[name=retirer][value^='staff.']").last().click();
  await bob.locator("input[name^='staff.'][name$='.structure']").last().fill("Chambre retouchée");
  await submit(bob);
  assert.match(await bob.locator(".clash").textContent(), /a retiré cette ligne.*vous l’avez modifiée/);
  await fits(bob, "a line in question");
  await bob.getByRole("button", { name: "Rétablir avec ma saisie" }).click();
  assert.equal(await bob.locator("input[name^='staff.'][name$='.structure']").last().inputValue(), "Chambre retouchée");
  for (const page of [ana, bob]) await page.context().close();
});

test("the history reads, filters, unfolds and brings back, without script", async () => {
  const page = await visitor(browser, trame, "porteur@example.org", plain);
  await page.visit(open);
  await page.getByRole("link", { name: "Tout l’historique" }).click();
  await fits(page, "the history");
  await page.getByLabel("Livrable").selectOption("1");
  await page.getByRole("button", { name: "Filtrer" }).click();
  await fits(page, "the history, filtered");
  await page.visit(`${open}/organisation?theme=gouvernance`);
  await page.getByRole("link", { name: /Historique/ }).first().waitFor();
  await page.locator("a[href*='gouvernance%3Alegal'], a[href*='governance%3Alegal']").first().click();
  await page.getByRole("heading", { level: 1, name: /^Historique/ }).waitFor();
  await fits(page, "the history of a field");
  const unfold = page.getByRole("link", { name: "Voir chaque enregistrement" });
  if (await unfold.count()) {
    await unfold.first().click();
    await page.getByRole("link", { name: "Replier" }).waitFor();
    await fits(page, "an unfolded entry");
  }
  await page.getByRole("button", { name: /Rétablir cette version|Revenir à la version d’avant|Rétablir ce texte/ }).first().click();
  await page.getByRole("heading", { name: "Version rétablie" }).waitFor();
  await fits(page, "after a restoration");
  await page.visit(`${open}/historique?du=hier`);
  await fits(page, "an unreadable date");
  await page.visit(`${open}/historique?champ=organisation.nulle`);
  await fits(page, "an empty history");
  assert.deepEqual(page.faults.filter((fault) => !/422/.test(fault)), []);
  await page.context().close();
});
