// The guide of the trame in a browser: notes and examples on demand, anchors, bounds while typing, questions of one's own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Trame, dossier, openBrowser, overflow, violations, visitor } from "./lib.mjs";

let trame, browser, open;

before(async () => {
  trame = await Trame.start();
  browser = await openBrowser();
  const page = await visitor(browser, trame, "porteur@example.org");
  open = await dossier(page, "Eau et chaleur en Rouillacais");
  await page.context().close();
});

after(async () => {
  await browser?.close();
  await trame?.stop();
});

test("marks and example are closed, open by keyboard, and do not print", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/organisation?theme=portage`);
  const summary = page.locator("#i-q12 summary", { hasText: "Un exemple" });
  const example = page.locator("#i-q12 .note .said");
  assert.equal(await example.isVisible(), false);
  await summary.focus();
  await page.keyboard.press("Enter");
  assert.equal(await example.isVisible(), true);
  await page.emulateMedia({ media: "print" });
  assert.equal(await example.isVisible(), false);
  assert.equal(await page.locator("#i-q12 .note ol").first().isVisible(), false);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a line's anchor lands on its question, on its page and in the printed dossier", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  for (const [path, code, question] of [
    ["/organisation", "R32", "Quels territoires sont concernés"],
    ["/etat-des-lieux?theme=appuis", "R51", "Sources et méthode"],
    ["/imprimer", "R73", "Gouvernance des parties prenantes"],
  ]) {
    await page.visit(`${open}${path}#${code}`);
    const title = page.locator(".ask", { has: page.locator(`#${code}`) }).locator(".q", { hasText: question });
    const { y } = await title.boundingBox();
    assert.ok(y >= 0 && y < 700, `${path}#${code} is at ${y}`);
  }
  await page.visit(`${open}/exigences?chapitre=mobilisation`);
  await page.getByRole("link", { name: "Mobilisation, gouvernance des parties prenantes" }).first().click();
  await page.waitForURL(/theme=gouvernance#stakeholder_governance$/);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "stakeholder_governance");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("beyond the hard bound a sentence appears while typing, and goes", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/organisation?theme=gouvernance`);
  const line = page.locator("[data-over=legal]");
  assert.equal(await line.textContent(), "");
  await page.locator("#legal").fill(Array(301).fill("mot").join(" "));
  assert.match(await line.textContent(), /Plus de 300.mots/);
  await page.locator("[data-status]", { hasText: /Enregistré à/ }).waitFor({ timeout: 15_000 });
  await page.reload();
  assert.match(await line.textContent(), /Plus de 300.mots/);
  await page.locator("#legal").fill("");
  assert.equal(await line.textContent(), "");
  await page.locator("[data-status]", { hasText: /Enregistré à/ }).waitFor({ timeout: 15_000 });
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("without script, questions of one's own are added, ordered, removed and brought back", async () => {
  const page = await visitor(browser, trame, "porteur@example.org", { javaScriptEnabled: false });
  await page.visit(`${open}/mobilisation?theme=questions`);
  for (const title of ["Quelle place pour les artisans ?", "Quel lien avec le lycée ?"]) {
    await page.getByRole("button", { name: "Ajouter une question" }).click();
    await page.locator(".added").last().getByLabel("Intitulé").fill(title);
    await page.locator(".added").last().getByLabel("Réponse").fill(`Réponse à : ${title}`);
    await page.getByRole("button", { name: "Enregistrer", exact: true }).last().click();
  }
  const titles = () => page.locator(".added input[name$='.title']").evaluateAll((all) => all.map((input) => input.value));
  assert.deepEqual(await titles(), ["Quelle place pour les artisans ?", "Quel lien avec le lycée ?"]);
  await page.getByRole("button", { name: "Monter la question ajoutée 2" }).click();
  assert.deepEqual(await titles(), ["Quel lien avec le lycée ?", "Quelle place pour les artisans ?"]);
  await page.getByRole("button", { name: "Retirer la question ajoutée 1" }).click();
  assert.deepEqual(await titles(), ["Quelle place pour les artisans ?"]);
  await page.getByRole("button", { name: "Annuler", exact: true }).click();
  assert.deepEqual(await titles(), ["Quel lien avec le lycée ?", "Quelle place pour les artisans ?"]);
  await page.visit(`${open}/imprimer`);
  assert.equal(await page.getByRole("heading", { name: "Quel lien avec le lycée ?" }).count(), 1);
  await page.context().close();
});

test("a question of one's own is saved by itself, and the focus follows what is added", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/candidature?theme=questions`);
  await page.getByRole("button", { name: "Ajouter une question" }).click();
  await page.locator(".added").waitFor();
  assert.match(await page.evaluate(() => document.activeElement?.id ?? ""), /^question_5-.*-title$/);
  await page.keyboard.type("Quel essai d’ici à l’été ?");
  await page.locator("[data-status]", { hasText: /Enregistré à/ }).waitFor({ timeout: 15_000 });
  await page.reload();
  assert.equal(await page.getByLabel("Intitulé").inputValue(), "Quel essai d’ici à l’été ?");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

const pages = () => [
  "/organisation",
  "/organisation?theme=animation",
  "/etat-des-lieux?theme=analyse",
  "/etat-des-lieux?theme=flux",
  "/mobilisation?theme=questions",
  "/candidature",
  "/exigences",
  "/exigences?etat=vide&chapitre=accompagnement",
  "/imprimer",
];

test("the guide's pages pass axe with everything open, and fit narrow screens", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  for (const path of pages()) {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.visit(open + path);
    assert.deepEqual(await violations(page), [], path);
    for (const width of [375, 320]) {
      await page.setViewportSize({ width, height: 800 });
      assert.ok((await overflow(page)) <= 0, `${path} at ${width}`);
    }
    assert.deepEqual(await violations(page), [], `${path} at 320`);
  }
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the committee's view of the lines passes axe too", async () => {
  const page = await visitor(browser, trame, "comite@example.org");
  await page.visit(`${open}/exigences`);
  assert.equal(await page.getByRole("heading", { name: "Exigences du règlement" }).count(), 1);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
