// A review: the grid by keyboard, what a criterion judges, passages quoted with and without script, two windows, a cut network.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { Database, openBrowser, overflow, Trame, violations, visitor } from "./lib.mjs";

let trame, browser, database, id;

// The rich dossier comes back in evaluation, its review undone: the demonstration has only reviews that are over.
const AGAIN = `set session_replication_role = replica;
  update project set status = 'in_review' where title = 'Boucles de Charente';
  delete from mark using review, account, project where mark.review_id = review.id and account.id = review.account_id
    and account.email = 'evaluateur@example.org' and project.id = review.project_id and project.title = 'Boucles de Charente';
  update review set status = 'draft', delivered_at = null, comment = '' from account, project
    where account.id = review.account_id and account.email = 'evaluateur@example.org' and project.id = review.project_id and project.title = 'Boucles de Charente'`;

before(async () => {
  database = await Database.start();
  [trame, browser] = [await Trame.start({ DATABASE_URL: database.url }), await openBrowser()];
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query(AGAIN);
  await client.end();
  const page = await visitor(browser, trame, "evaluateur@example.org");
  await page.visit("/evaluation?appel=eit-2015");
  id = (await page.getByRole("link", { name: "Boucles de Charente" }).getAttribute("href")).split("/").pop();
  await page.context().close();
});
after(async () => {
  await browser?.close();
  await trame?.stop();
  await database?.stop();
});

const saved = (page) => page.locator("[data-status]", { hasText: "Enregistré à" }).waitFor();
const first = (page) => page.locator("form.grid fieldset[id^=k]").first();

test("the grid is marked, walked and explained by keyboard alone", async () => {
  const page = await visitor(browser, trame, "evaluateur@example.org");
  await page.visit(`/evaluation/${id}?livrable=3`);
  const ids = await page.locator("form.grid fieldset[id^=k]").evaluateAll((all) => all.map((one) => one.id.slice(1)));
  await first(page).locator("input[type=radio]").first().focus();
  await page.keyboard.press("3");
  await page.keyboard.press("j");
  await page.keyboard.press("n");
  await page.keyboard.press("c");
  await page.keyboard.type("2 acteurs, 4 mois");
  assert.equal(await page.locator(`#j${ids[1]}`).inputValue(), "2 acteurs, 4 mois", "digits are typed in a text");
  await page.keyboard.press("Escape");
  await page.keyboard.press("k");
  assert.equal(await page.evaluate(() => document.activeElement.name), `c${ids[0]}`);
  await saved(page);
  await page.keyboard.press("j");
  await page.keyboard.press("p");
  assert.equal(await page.locator(`#p${ids[1]}`).getAttribute("open"), "");
  assert.match(await page.locator(`#p${ids[1]}`).textContent(), /Actions vitrines/);
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.name), `c${ids[1]}`);
  await page.keyboard.press("?");
  assert.ok(await page.locator("details.keys dl").isVisible());
  await page.reload();
  assert.ok(await page.locator(`input[name=c${ids[0]}][value='3']`).isChecked());
  assert.ok(await page.locator(`input[name=c${ids[1]}][value=ne]`).isChecked());
  assert.deepEqual(await violations(page), []);
  for (const width of [375, 320]) {
    await page.setViewportSize({ width, height: 800 });
    assert.ok((await overflow(page)) <= 0);
  }
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a passage is quoted by a button or by a selection, after what was typed, without leaving the page", async () => {
  const page = await visitor(browser, trame, "evaluateur@example.org");
  await page.visit(`/evaluation/${id}?livrable=2`);
  const button = page.locator("button[name=citer]").first();
  const criterion = (await button.getAttribute("value")).split(".")[0];
  const reason = page.locator(`#j${criterion}`);
  await reason.fill("Avant la citation");
  await button.focus();
  await page.keyboard.press("Enter");
  assert.match(await reason.inputValue(), /^Avant la citation\n\n«\u00a0.+\u00a0» \(.+\)$/s);
  assert.equal(await page.evaluate(() => document.activeElement.id), `j${criterion}`);
  await page.keyboard.type("\nEt après");
  await saved(page);

  const text = page.locator(".lit .said p").first();
  await text.evaluate((node) => getSelection().setBaseAndExtent(node.firstChild, 0, node.firstChild, 12));
  await page.locator(".quoting button").first().click();
  await saved(page);
  await page.reload();
  const kept = await page.locator("form.grid textarea").evaluateAll((all) => all.map((one) => one.value).join("|"));
  const words = (await text.textContent()).slice(0, 12).trim();
  assert.ok(kept.includes("Et après") && kept.includes(`«\u00a0${words}\u00a0»`), kept);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("without script, a button quotes, keeps what was typed and comes back to the reason", async () => {
  const page = await visitor(browser, trame, "evaluateur@example.org", { javaScriptEnabled: false });
  await page.visit(`/evaluation/${id}?livrable=4`);
  const button = page.locator("button[name=citer]").first();
  const criterion = (await button.getAttribute("value")).split(".")[0];
  await page.locator(`#j${criterion}`).fill("Tapé sans script");
  await page.locator(`input[name=c${criterion}][value='2']`).check();
  await button.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`livrable=4#j${criterion}$`));
  assert.match(await page.locator(`#j${criterion}`).inputValue(), /^Tapé sans script\n\n«/);
  assert.ok(await page.locator(`input[name=c${criterion}][value='2']`).isChecked());
  await page.context().close();
});

test("two windows and a cut network lose no reason", async () => {
  const page = await visitor(browser, trame, "evaluateur@example.org");
  await page.visit(`/evaluation/${id}?livrable=ensemble`);
  const other = await page.context().newPage();
  await other.goto(page.url());
  const reasons = await page.locator("form.grid textarea[id^=j]").evaluateAll((all) => all.map((one) => one.id));
  await other.locator(`#${reasons[1]}`).fill("De l’autre fenêtre");
  await saved(other);
  await page.context().setOffline(true);
  await page.locator(`#${reasons[0]}`).fill("Écrit hors ligne");
  await page.locator("[data-status]", { hasText: "attente" }).waitFor();
  await page.context().setOffline(false);
  await saved(page);
  await page.reload();
  assert.equal(await page.locator(`#${reasons[0]}`).inputValue(), "Écrit hors ligne");
  assert.equal(await page.locator(`#${reasons[1]}`).inputValue(), "De l’autre fenêtre");
  await page.context().close();
});
