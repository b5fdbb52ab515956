// The perimeter in a browser: the map by mouse, the list by keyboard, all of it without script, narrow screens, axe.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Trame, openBrowser, overflow, violations, visitor } from "./lib.mjs";

let trame, browser, open, rich;

before(async () => {
  trame = await Trame.start();
  browser = await openBrowser();
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit("/dossiers");
  const links = await page.locator("tbody th a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  const rows = await page.locator("tbody tr").evaluateAll((all) => all.map((row) => row.textContent));
  open = links[rows.findIndex((row) => row.includes("démonstration"))];
  rich = links[rows.findIndex((row) => row.includes("2014-2015"))];
  await page.context().close();
});

after(async () => {
  await browser?.close();
  await trame?.stop();
});

const said = (page, text) => page.locator("[data-status]", { hasText: text }).waitFor({ timeout: 10_000 });
const isIn = (page, code) => page.locator(`[data-c="${code}"]`).evaluate((path) => path.classList.contains("in"));

test("a click on the map adds a commune, another takes it out, and both are saved", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/perimetre?carte=200070514`);
  const before = await page.locator("[data-count]").textContent();
  assert.equal(await isIn(page, "16102"), false);
  await page.locator('[data-c="16102"]').click();
  await said(page, "Cognac (16) : ajoutée au périmètre.");
  assert.equal(await isIn(page, "16102"), true);
  assert.notEqual(await page.locator("[data-count]").textContent(), before);
  await page.reload();
  assert.equal(await isIn(page, "16102"), true);
  assert.equal(await page.locator("input[name=commune][value='16102']").isChecked(), true);
  await page.locator('[data-c="16102"]').click();
  await said(page, "1 ligne retirée du périmètre.");
  await page.reload();
  assert.equal(await isIn(page, "16102"), false);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the list does the same by keyboard, and the change is undone", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/perimetre?carte=200070514`);
  const before = await page.locator("[data-count]").textContent();
  await page.locator("#liste summary").focus();
  await page.keyboard.press("Enter");
  for (const code of ["16102", "16089"]) {
    await page.locator(`input[name=commune][value='${code}']`).focus();
    await page.keyboard.press("Space");
  }
  await page.waitForFunction(() => document.querySelector('[data-c="16089"]').classList.contains("in") && document.querySelector('[data-c="16102"]').classList.contains("in"));
  await said(page, "ajoutée");
  await page.waitForFunction(() => !document.querySelector("[data-done]").hidden);
  await page.reload();
  assert.equal(await isIn(page, "16102"), true);
  assert.equal(await isIn(page, "16089"), true);
  for (const code of ["16102", "16089"]) {
    await page.locator("#liste").evaluate((list) => (list.open = true));
    await page.locator(`input[name=commune][value='${code}']`).focus();
    await page.keyboard.press("Space");
    await said(page, "retirée");
  }
  assert.equal(await page.locator("[data-count]").textContent(), before);
  await page.getByRole("button", { name: "Annuler ce changement" }).focus();
  await Promise.all([page.waitForURL(/fait=/), page.keyboard.press("Enter")]);
  assert.equal(await isIn(page, "16089"), true);
  await Promise.all([page.waitForURL((url) => url.href.includes("fait=")), page.getByRole("button", { name: "Annuler ce changement" }).click()]);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("two quick clicks both count; a cut network keeps the choice, then sends it", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/perimetre?carte=200070514`);
  const wanted = ["16167", "16366"];
  const held = await Promise.all(wanted.map((code) => isIn(page, code)));
  await page.evaluate((codes) => codes.forEach((code) => document.querySelector(`[data-c="${code}"]`).dispatchEvent(new MouseEvent("click", { bubbles: true }))), wanted);
  await said(page, "périmètre");
  await page.context().setOffline(true);
  await page.evaluate(() => document.querySelector('[data-c="16089"]').dispatchEvent(new MouseEvent("click", { bubbles: true })));
  await said(page, "Pas de connexion");
  await page.context().setOffline(false);
  await said(page, "périmètre");
  await page.reload();
  assert.deepEqual(await Promise.all(wanted.map((code) => isIn(page, code))), held.map((held) => !held));
  page.faults.splice(0, page.faults.length, ...page.faults.filter((fault) => !fault.includes("ERR_INTERNET_DISCONNECTED")));
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("without script: search, add an EPCI, undo, tick the list", async () => {
  const page = await visitor(browser, trame, "porteur@example.org", { javaScriptEnabled: false });
  await page.visit(`${open}/perimetre`);
  await page.fill("#q", "thouarsais");
  await page.getByRole("button", { name: "Chercher" }).click();
  await page.locator("#resultats").getByRole("button", { name: "Ajouter CC du Thouarsais" }).click();
  assert.match(await page.locator("#fait").textContent(), /communes ajoutées au périmètre/);
  await page.getByRole("button", { name: "Annuler ce changement" }).click();
  assert.match(await page.locator("#fait").textContent(), /lignes retirées du périmètre/);
  await page.visit(`${open}/perimetre?carte=200070514&liste=1`);
  const box = page.locator("input[name=commune][value='16366']");
  const before = await box.isChecked();
  await box.setChecked(!before);
  await page.getByRole("button", { name: "Enregistrer ces choix" }).click();
  assert.equal(await page.locator("input[name=commune][value='16366']").isChecked(), !before);
  await page.context().close();
});

test("the territory map and the perimeter pass axe and never widen a narrow page", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  for (const path of [`${open}/perimetre?q=cognac`, `${open}/perimetre?carte=17&liste=1`, `${rich}/perimetre`, `${rich}/acteurs?vue=carte`, `${open}/organisation?theme=perimetre`]) {
    for (const width of [1280, 375, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.visit(path);
      assert.equal(await overflow(page), 0, `${path} at ${width}`);
      assert.deepEqual(await violations(page), [], `${path} at ${width}`);
    }
  }
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a map stays light", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  for (const [path, most] of [[`${open}/perimetre?carte=17`, 60], [`${rich}/acteurs?vue=carte`, 40], [`${rich}/perimetre`, 40]]) {
    const [response] = await Promise.all([page.waitForResponse((response) => response.url().endsWith(path)), page.visit(path)]);
    const { responseBodySize } = await response.request().sizes();
    assert.ok(responseBodySize < most * 1000, `${path}: ${responseBodySize} bytes`);
  }
  await page.context().close();
});
