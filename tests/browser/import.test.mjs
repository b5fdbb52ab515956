// Importing real files and moving actors, as people do it: with and without script, by mouse and by keyboard.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Trame, openBrowser, overflow, violations, visitor } from "./lib.mjs";

let trame, browser, open, rich, folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "trame-import-"));
  trame = await Trame.start();
  browser = await openBrowser();
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit("/dossiers");
  const rows = await page.locator("tbody tr").evaluateAll((all) => all.map((row) => [row.textContent, row.querySelector("th a").getAttribute("href")]));
  open = rows.find(([text]) => text.includes("démonstration"))[1];
  rich = rows.find(([text]) => text.includes("2014-2015"))[1];
  await page.context().close();
});

after(async () => {
  await browser?.close();
  await trame?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A page must hold in narrow windows, say nothing wrong to axe, and keep the console clean. */
async function sound(page, what) {
  assert.deepEqual(await violations(page), [], what);
  for (const width of [375, 320]) {
    await page.setViewportSize({ width, height: 800 });
    assert.ok((await overflow(page)) <= 0, `${what} overflows at ${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  assert.deepEqual(page.faults, [], what);
}

/** Downloads the XLSX of a list, as the browser does. */
async function download(page, name) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
  const path = join(folder, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

for (const javaScriptEnabled of [true, false]) {
  test(`a CSV of a French Excel is previewed, imported and undone ${javaScriptEnabled ? "with" : "without"} script`, async () => {
    const page = await visitor(browser, trame, "porteur@example.org", { javaScriptEnabled });
    const file = join(folder, `club-${javaScriptEnabled}.csv`);
    // Windows-1252: é is one byte.
    writeFileSync(file, Buffer.from("Nom;Type de structure;Commune;Acteur cl\xe9\r\nChaudronnerie Vidaud;Entreprise;Rouillac;oui\r\nClub des \xe9tuis;Cercle;Cognac;\r\n", "latin1"));
    await page.visit(`${open}/acteurs`);
    await page.getByRole("link", { name: "Importer un fichier" }).click();
    if (javaScriptEnabled) await sound(page, "import");
    await page.setInputFiles("#fichier", file);
    await page.getByRole("button", { name: "Voir l’aperçu" }).click();
    const text = await page.locator("main").textContent();
    assert.match(text, /À ajouter \(1\)/);
    assert.match(text, /Refusées \(1\)/);
    assert.match(text, /Colonne «\s?Type de structure\s?»/);
    assert.match(text, /Club des étuis/);
    if (javaScriptEnabled) await sound(page, "preview");
    await page.getByRole("button", { name: "Importer 1 ligne" }).click();
    assert.equal(await page.locator("h1").textContent(), "Import enregistré");
    if (javaScriptEnabled) await sound(page, "result");
    await page.visit(`${open}/acteurs`);
    assert.equal(await page.getByRole("link", { name: "Chaudronnerie Vidaud" }).count(), 1);
    await page.getByRole("button", { name: "Annuler cet import" }).click();
    assert.equal(await page.locator("h1").textContent(), "Import annulé");
    await page.visit(`${open}/acteurs`);
    assert.equal(await page.getByRole("link", { name: "Chaudronnerie Vidaud" }).count(), 0);
    await page.context().close();
  });
}

test("an exported XLSX comes back without a change, and a file of another kind is refused beside its field", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/importer`);
  const path = await download(page, "Exporter en XLSX les acteurs");
  await page.visit(`${open}/importer?quoi=acteurs`);
  await page.setInputFiles("#fichier", path);
  await page.getByRole("button", { name: "Voir l’aperçu" }).click();
  assert.match(await page.locator("main").textContent(), /À ajouter \(0\)[\s\S]*À modifier \(0\)[\s\S]*Refusées \(0\)/);
  assert.match(await page.locator(".saved").textContent(), /Rien à importer/);
  await page.getByRole("button", { name: "Abandonner" }).click();
  const wrong = join(folder, "photo.xlsx");
  writeFileSync(wrong, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]));
  await page.setInputFiles("#fichier", wrong);
  await page.getByRole("button", { name: "Voir l’aperçu" }).click();
  assert.match(await page.locator("#fichier-e").textContent(), /ni un classeur XLSX ni un fichier CSV/);
  assert.deepEqual(await violations(page), []);
  const model = await download(page, "Modèle XLSX des flux");
  assert.match(model, /modele-flux\.xlsx$/);
  await page.context().close();
});

const at = (page, name) => page.locator(`svg a[aria-label^="${name},"]`);
const zone = (page, influence, interest) => page.locator(`rect[data-set="influence=${influence}&interest=${interest}"]`);
const told = (page) => page.locator("[data-said] p").first();

/** Brings an actor to that place through its form, for a known start. */
async function put(page, name, influence, interest) {
  const form = page.locator("form[data-move][id]", { has: page.locator(`[aria-label="Influence de ${name}"]`) });
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
  await form.locator("[name=influence]").selectOption(influence);
  await form.locator("[name=interest]").selectOption(interest);
  await form.getByRole("button").click();
}

test("an actor is dragged with the mouse, moved back by undoing, and moved by keyboard alone", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/acteurs?vue=grille`);
  const name = (await page.locator("svg a.mk").first().getAttribute("aria-label")).split(",")[0];
  await put(page, name, "1", "1");
  await page.locator(`svg a[aria-label^="${name},"][data-at="1,1"]`).waitFor();

  await at(page, name).scrollIntoViewIfNeeded();
  const from = await at(page, name).locator("path").boundingBox();
  const to = await zone(page, 2, 3).boundingBox();
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + 60, to.y + 30, { steps: 8 });
  assert.equal(await page.locator(".cell.over").count(), 1);
  await page.mouse.up();
  await page.locator(`svg a[aria-label^="${name},"][data-at="3,2"]`).waitFor();
  assert.match(page.url(), /vue=grille/, "the drop must not open the actor's page");
  assert.match(await told(page).textContent(), /influence sur le projet\s?: 1, faible → 2, moyenne/);
  await page.getByRole("button", { name: "Annuler ce déplacement" }).click();
  await page.locator(`svg a[aria-label^="${name},"][data-at="1,1"]`).waitFor();

  await at(page, name).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowUp");
  assert.match(await page.locator("[data-live]").textContent(), /Influence 2, moyenne, intérêt 2, moyen\. Entrée pour placer ici/);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".cell.over").count(), 0);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.locator(`svg a[aria-label^="${name},"][data-at="1,3"]`).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("data-at")), "1,3");
  assert.match(await page.locator("[data-live]").textContent(), /Déplacé/);
  await page.reload();
  assert.equal(await at(page, name).getAttribute("data-at"), "1,3");
  // A plain click still opens the actor.
  await at(page, name).locator("path").click();
  await page.waitForURL(/\/acteurs\/[0-9a-f-]{36}$/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the core is entered by dragging in the circles, and a colleague's move is told", async () => {
  const [ana, bob] = await Promise.all(["porteur@example.org", "equipe@example.org"].map((email) => visitor(browser, trame, email)));
  await ana.visit(`${open}/acteurs?vue=cercles`);
  const mark = ana.locator('svg a.mk[data-at="0,0"]').first();
  const name = (await mark.getAttribute("aria-label")).split(",")[0];
  await bob.visit(`${open}/acteurs?vue=cercles`);
  await mark.scrollIntoViewIfNeeded();
  const from = await mark.locator("path").boundingBox();
  const heart = await ana.locator("ellipse.heart").boundingBox();
  await ana.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await ana.mouse.down();
  await ana.mouse.move(heart.x + heart.width / 2, heart.y + heart.height / 2, { steps: 8 });
  await ana.mouse.up();
  await ana.locator(`svg a[aria-label^="${name},"][data-at="0,1"]`).waitFor();
  assert.match(await told(ana).textContent(), /acteur clé\s?: non → oui/);
  // Bob's page is older: the same move is already made, and nothing clashes.
  await bob.locator(`svg a[aria-label^="${name},"]`).focus();
  await bob.keyboard.press("ArrowUp");
  await bob.keyboard.press("Enter");
  await bob.locator(`svg a[aria-label^="${name},"][data-at="0,1"]`).waitFor();
  await ana.getByRole("button", { name: "Annuler ce déplacement" }).click();
  await ana.locator(`svg a[aria-label^="${name},"][data-at="0,0"]`).waitFor();
  assert.deepEqual([...ana.faults, ...bob.faults], []);
  await ana.context().close();
  await bob.context().close();
});

test("without script an actor is moved by the form of the table, and a stale move is refused with a sentence", async () => {
  const [ana, bob] = await Promise.all(["porteur@example.org", "equipe@example.org"].map((email) => visitor(browser, trame, email, { javaScriptEnabled: false })));
  const path = `${open}/acteurs?vue=grille`;
  await ana.visit(path);
  await bob.visit(path);
  const form = (page) => page.locator("table form.move").first();
  const choose = async (page, influence) => {
    await page.locator("summary").first().click();
    const current = form(page);
    await current.locator("[name=influence]").selectOption(influence);
    await current.getByRole("button").click();
  };
  const start = await form(ana).locator("[name=influence]").inputValue();
  const [one, two] = ["1", "2", "3", "4"].filter((level) => level !== start);
  await choose(ana, one);
  assert.match(await ana.locator("main").textContent(), /Annuler ce déplacement/);
  await choose(bob, two);
  assert.match(await bob.locator("main").textContent(), /Non déplacé[\s\S]*déplacé par quelqu’un d’autre/);
  await ana.getByRole("button", { name: "Annuler ce déplacement" }).click();
  await ana.context().close();
  await bob.context().close();
});

test("every page of lists and views is sound, empty or full, read or written", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  for (const base of [open, rich]) {
    for (const path of ["acteurs", "acteurs?vue=grille", "acteurs?vue=cercles", "acteurs?vue=grille&q=introuvable", "flux", "importer", "organisation?theme=financement"]) {
      await page.visit(`${base}/${path}`);
      await sound(page, `${base}/${path}`);
    }
  }
  await page.visit(`${open}/copier`);
  await sound(page, "copier");
  const source = page.getByRole("radio").first();
  if (await source.count()) {
    await source.check();
    await page.getByRole("button", { name: "Voir ce qui serait repris" }).click();
    await sound(page, "copier, choisi");
  }
  await page.context().close();
});
