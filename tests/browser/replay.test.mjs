// An answer lost on its way: what was sent goes again, and nothing that nobody touched changes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Trame, openBrowser, violations, visitor } from "./lib.mjs";

const OWNER = "porteur@example.org";
let trame, browser;

before(async () => {
  trame = await Trame.start();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await trame?.stop();
});

const values = (page) => page.evaluate(() => [...new FormData(document.querySelector("form[data-save]"))].filter(([name]) => !/version$|^operation$|~depuis$/.test(name)));
const open = async (page) => {
  await page.visit("/dossiers");
  return page.locator("tbody tr", { hasText: "démonstration" }).first().locator("th a").getAttribute("href");
};

for (const path of ["organisation?theme=animation", "organisation?theme=financement"])
  test(`an answer that never came changes no other control: ${path}`, async () => {
    const page = await visitor(browser, trame, OWNER);
    await page.visit(`${await open(page)}/${path}`);
    assert.ok((await page.locator("table.entry select").count()) > 0);
    const field = page.locator("form[data-save] textarea").first();
    let lost = 0;
    await page.route("**/organisation*", async (route) => {
      if (route.request().method() !== "POST" || lost++) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await field.fill(`Écrit pendant la coupure ${Date.now()}`);
    const held = await values(page);
    await page.locator("[data-status]", { hasText: /Enregistré à/ }).waitFor({ timeout: 30_000 });
    assert.ok(lost >= 2, `${lost} sendings`);
    assert.deepEqual(await values(page), held);
    await page.reload();
    assert.deepEqual(await values(page), held);
    await page.context().close();
  });

test("after a line is removed the focus is on what undoes it", async () => {
  const page = await visitor(browser, trame, OWNER);
  await page.visit(`${await open(page)}/organisation?theme=animation`);
  const lines = await page.locator("input[name='staff.id']").count();
  await page.locator("button[name=retirer][value^='staff.']").last().focus();
  await page.keyboard.press("Space");
  await page.getByText("Ligne retirée").waitFor();
  assert.equal(await page.locator("input[name='staff.id']").count(), lines - 1);
  await page.waitForFunction(() => document.activeElement.textContent.startsWith("Ligne retirée"));
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Annuler" }).click();
  await page.waitForFunction((lines) => document.querySelectorAll("input[name='staff.id']").length === lines, lines);
  await page.context().close();
});
