// The team: rights by deliverable, comments and handover as people meet them; without script, by keyboard, narrow, axe.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Trame, openBrowser, overflow, violations, visitor } from "./lib.mjs";

let trame, browser, open;

before(async () => {
  trame = await Trame.start();
  browser = await openBrowser();
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit("/dossiers");
  const row = page.locator("tbody tr", { hasText: "démonstration" });
  open = await row.locator("th a").getAttribute("href");
  await page.context().close();
});

after(async () => {
  await browser?.close();
  await trame?.stop();
});

const saved = (page) => page.locator("[data-status]", { hasText: /Enregistré à/ }).waitFor({ timeout: 10_000 });

test("without script, a comment is written, answered, resolved and found again", async () => {
  const ana = await visitor(browser, trame, "porteur@example.org", { javaScriptEnabled: false });
  await ana.visit(`${open}/organisation?theme=gouvernance`);
  await ana.locator("#c-q13 summary").first().click();
  await ana.locator("#n-q13-c").fill("@Karim Benali, combien de sièges au comité ?");
  await ana.locator("#c-q13").getByRole("button", { name: "Commenter" }).click();
  assert.match(ana.url(), /fil=\d+#fil-\d+$/);
  assert.equal(await ana.locator("#c-q13").getAttribute("open"), "", "one lands on the thread, open");
  const bob = await visitor(browser, trame, "equipe@example.org", { javaScriptEnabled: false });
  await bob.visit("/");
  await bob.getByRole("link", { name: /Lire ce/ }).first().click();
  await bob.visit(`${open}/commentaires?moi=oui`);
  const thread = bob.locator(".thread", { hasText: "combien de sièges" });
  await thread.getByLabel("Répondre").fill("Douze, dont trois entreprises.");
  await thread.getByRole("button", { name: "Répondre" }).click();
  await bob.locator(".thread", { hasText: "Douze, dont trois" }).getByRole("button", { name: "Marquer comme résolu" }).click();
  await ana.visit(`${open}/organisation?theme=gouvernance`);
  await ana.locator("#c-q13 summary", { hasText: "2 commentaires, tout est résolu" }).waitFor();
  await ana.context().close();
  await bob.context().close();
});

test("a comment being typed does not disturb the saving of the answer, nor the reverse", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/organisation?theme=gouvernance`);
  await page.locator("#c-q14 summary").first().click();
  await page.locator("#n-q14-c").fill("Un commentaire à demi écrit");
  await page.waitForTimeout(1500);
  assert.doesNotMatch(await page.locator("[data-status]").textContent(), /Enregistré à|attente/, "a comment is not an answer");
  await page.locator("#legal").fill("Écrit pendant le commentaire");
  await saved(page);
  assert.equal(await page.locator("#n-q14-c").inputValue(), "Un commentaire à demi écrit");
  await page.locator("#c-q14").getByRole("button", { name: "Commenter" }).click();
  await page.waitForURL(/fil=/);
  assert.equal(await page.locator("#legal").inputValue(), "Écrit pendant le commentaire");
  await page.locator("#c-q14 .words", { hasText: "Un commentaire à demi écrit" }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("levels are set on the team's page, and a member then reads what they do not write", async () => {
  const owner = await visitor(browser, trame, "porteur@example.org", { javaScriptEnabled: false, viewport: { width: 375, height: 800 } });
  await owner.visit(`${open}/equipe`);
  for (const no of [1, 3, 4, 5]) await owner.getByLabel(`Hélène Vasseur, livrable ${no}`).selectOption("Lit");
  await owner.getByLabel("Hélène Vasseur, livrable 2").selectOption("Commente");
  await owner.getByRole("button", { name: "Enregistrer les droits de Hélène Vasseur" }).click();
  const amo = await visitor(browser, trame, "amo@example.org");
  await amo.visit(`${open}/etat-des-lieux`);
  await amo.getByText("Vous commentez le livrable 2, sans écrire").waitFor();
  assert.equal(await amo.locator("form[data-save]").count(), 0);
  await amo.locator("details.talk summary").first().click();
  assert.equal(await amo.getByLabel(/^Nouveau commentaire/).first().isVisible(), true);
  assert.deepEqual(await violations(amo), []);
  await amo.visit(`${open}/candidature`);
  await amo.getByText("Lecture seule").waitFor();
  assert.equal(await amo.getByRole("button", { name: /Commenter|Répondre/ }).count(), 0);
  await amo.visit(open);
  await amo.getByText("Vous lisez ce livrable, sans l’écrire.").first().waitFor();
  assert.deepEqual(await violations(amo), []);
  assert.deepEqual(amo.faults, []);
  await amo.context().close();
  await owner.context().close();
});

test("ownership is proposed, seen, and declined", async () => {
  const owner = await visitor(browser, trame, "porteur@example.org", { javaScriptEnabled: false });
  await owner.visit(`${open}/equipe`);
  await owner.getByLabel("À qui").selectOption("Karim Benali");
  await owner.getByRole("button", { name: "Proposer le portage" }).click();
  await owner.getByText("Maud Trichet propose le portage du dossier à Karim Benali").waitFor();
  const bob = await visitor(browser, trame, "equipe@example.org");
  for (const width of [1280, 375, 320]) {
    await bob.setViewportSize({ width, height: 800 });
    for (const path of ["/", open, `${open}/equipe`, `${open}/portage`]) {
      await bob.visit(path);
      assert.equal(await overflow(bob), 0, `${path} at ${width}`);
      assert.deepEqual(await violations(bob), [], path);
    }
  }
  await bob.getByRole("button", { name: "Décliner" }).click();
  await bob.visit(`${open}/portage`);
  await bob.getByText("Aucune proposition n’attend de réponse.").waitFor();
  assert.deepEqual(await violations(bob), []);
  assert.deepEqual(bob.faults, []);
  await owner.context().close();
  await bob.context().close();
});

test("every page of the team is accessible, narrow as well, with a clean console", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/commentaires?etat=tous`);
  const thread = await page.locator("h2 a").first().getAttribute("href");
  const own = await page.locator("a", { hasText: "Modifier" }).first().getAttribute("href");
  const actors = await (await page.visit(`${open}/acteurs`), page.locator("tbody th a").first().getAttribute("href"));
  const paths = [
    `${open}/equipe`,
    `${open}/commentaires`,
    `${open}/commentaires?etat=resolus&livrable=5&moi=oui`,
    own.split("?")[0],
    own,
    thread.split("#")[0],
    actors,
    `${open}/actions`,
  ];
  for (const width of [1280, 375, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const path of paths) {
      await page.visit(path);
      assert.deepEqual(await violations(page), [], `${path} at ${width}`);
      assert.equal(await overflow(page), 0, `${path} at ${width}`);
    }
  }
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("comments are reached and opened by keyboard alone, and never printed", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/organisation?theme=financement`);
  await page.locator("#c-q15 summary").first().focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.closest("#c-q15") !== null), true);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("#c-q15").isVisible(), false);
  await page.context().close();
});
