// What only a browser shows: autosave, no script, keyboard, two people at once, the whole journey.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Trame, openBrowser, overflow, signIn, violations, visitor } from "./lib.mjs";

let trame, browser, open;

before(async () => {
  trame = await Trame.start();
  browser = await openBrowser();
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit("/dossiers");
  const links = await page.locator("tbody th a").evaluateAll((all) => all.map((a) => [a.textContent, a.getAttribute("href")]));
  const rows = await page.locator("tbody tr").evaluateAll((all) => all.map((row) => row.textContent));
  open = links[rows.findIndex((row) => row.includes("démonstration"))][1];
  await page.context().close();
});

after(async () => {
  await browser?.close();
  await trame?.stop();
});

const saved = (page) => page.locator("[data-status]", { hasText: /Enregistré à/ }).waitFor({ timeout: 10_000 });

test("what is typed is saved by itself and is there after a reload", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/organisation?theme=animation`);
  const words = `Frappé à ${Date.now()}`;
  await page.locator("#mediation").fill(words);
  await saved(page);
  await page.reload();
  assert.equal(await page.locator("#mediation").inputValue(), words);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("without script, the button saves, a line is added and removed", async () => {
  const page = await visitor(browser, trame, "porteur@example.org", { javaScriptEnabled: false });
  await page.visit(`${open}/organisation?theme=animation`);
  await page.locator("#adhesion").fill("Écrit sans script");
  await page.getByRole("button", { name: "Enregistrer", exact: true }).last().click();
  assert.equal(await page.locator("#adhesion").inputValue(), "Écrit sans script");
  const before = await page.locator("input[name='staff.id']").count();
  await page.locator("button[name=ajouter][value=staff]").click();
  assert.equal(await page.locator("input[name='staff.id']").count(), before + 1);
  await page.locator("button[name=retirer][value^='staff.']").last().click();
  assert.equal(await page.locator("input[name='staff.id']").count(), before);
  await page.locator("button[name=retablir]").click();
  assert.equal(await page.locator("input[name='staff.id']").count(), before + 1);
  await page.context().close();
});

test("two people on one answer lose nothing and choose", async () => {
  const [ana, bob] = await Promise.all(["porteur@example.org", "equipe@example.org"].map((email) => visitor(browser, trame, email)));
  const path = `${open}/organisation?theme=gouvernance`;
  await ana.visit(path);
  await bob.visit(path);
  // What Ana writes would come to Bob's page by itself.
  await bob.context().setOffline(true);
  await ana.locator("#legal").fill("La version d’Ana");
  await saved(ana);
  await bob.locator("#legal").fill("La version de Bob");
  await bob.context().setOffline(false);
  await bob.locator("[data-status]", { hasText: "Une autre version" }).waitFor();
  await bob.getByRole("button", { name: "Comparer les deux versions" }).click();
  await bob.locator(".clash").waitFor();
  const clash = await bob.locator(".clash").textContent();
  assert.match(clash, /La version d’Ana/);
  assert.match(clash, /La version de Bob/);
  assert.deepEqual(await violations(bob), []);
  await bob.getByRole("button", { name: "Mettre les deux bout à bout" }).click();
  await bob.locator("textarea#legal").waitFor();
  assert.equal(await bob.locator("textarea#legal").inputValue(), "La version d’Ana\n\nLa version de Bob");
  await ana.context().close();
  await bob.context().close();
});

test("a cut network keeps the text, then sends it", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit(`${open}/organisation?theme=gouvernance`);
  await page.context().setOffline(true);
  await page.locator("#interdependence").fill("Écrit hors ligne");
  await page.locator("[data-status]", { hasText: "Hors ligne" }).waitFor();
  await page.context().setOffline(false);
  await saved(page);
  await page.reload();
  assert.equal(await page.locator("#interdependence").inputValue(), "Écrit hors ligne");
  await page.context().close();
});

test("a session that ends while typing brings back to the section with the text", async () => {
  const page = await visitor(browser, trame, "equipe@example.org");
  await page.visit(`${open}/organisation?theme=gouvernance`);
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  await page.locator("#confidentiality").fill("Écrit pendant l’expiration");
  const link = page.locator("[data-status] a", { hasText: "Se reconnecter" });
  await link.waitFor();
  await link.click();
  await page.fill("input[name=email]", "equipe@example.org");
  await page.fill("input[name=password]", "trame-demo-2015");
  await page.getByRole("button", { name: "Se connecter" }).click();
  await page.waitForURL(/theme=gouvernance/);
  await saved(page);
  await page.reload();
  assert.equal(await page.locator("#confidentiality").inputValue(), "Écrit pendant l’expiration");
  assert.ok(cookies.some((cookie) => cookie.name === "trame_session" && cookie.httpOnly && cookie.sameSite === "Lax"));
  await page.context().close();
});

test("one signs in and reaches a question by keyboard alone, every stop being seen", async () => {
  const page = await visitor(browser, trame);
  await page.visit("/connexion");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Aller au contenu");
  for (let stops = 0; stops < 12; stops++) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate(() => document.activeElement.name)) === "email") break;
  }
  await page.keyboard.type("porteur@example.org");
  await page.keyboard.press("Tab");
  await page.keyboard.type("trame-demo-2015");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/");
  await page.visit(`${open}/organisation?theme=perimetre`);
  const seen = new Set();
  for (let stops = 0; stops < 160; stops++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      return { name: element.name ?? element.textContent, ring: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, inView: box.bottom > 0 && box.top < innerHeight };
    });
    assert.ok(stop.ring && stop.inView, `no visible ring on ${stop.name}`);
    seen.add(stop.name);
    if (seen.has("q3")) break;
  }
  assert.ok(seen.has("q1") && seen.has("q3"), [...seen].join(", "));
  await page.context().close();
});

test("the whole journey: complete, deposit, be stopped by the bound, open, score, follow", async () => {
  const owner = await visitor(browser, trame, "porteur@example.org");
  await owner.visit(open);
  // Each missing point is a link that lands on its field.
  for (let points = 0; points < 10; points++) {
    const link = owner.locator("#manque .alert.warn li a").first();
    if ((await link.count()) === 0) break;
    const href = await link.getAttribute("href");
    await link.click();
    const field = owner.locator(`#${href.split("#")[1]}`);
    await field.fill("Une réponse complète, écrite pendant l’essai, qui dit ce qui est attendu et rien de plus.");
    await saved(owner);
    await owner.visit(open);
  }
  await owner.visit(`${open}/depot`);
  await owner.getByRole("button", { name: "Déposer le dossier" }).click();
  await owner.waitForURL(/recu/);
  const receipt = await owner.locator("main").textContent();
  assert.match(receipt, /DEMO-\d+-1/);
  assert.deepEqual(await violations(owner), []);

  const manager = await visitor(browser, trame, "region@example.org");
  await manager.visit("/appel/dates?appel=demo");
  await manager.locator("input[name=deposit_bound]").fill("2026-01-05T12:00");
  await manager.locator("[name=reason]").first().fill("Clôture avancée pour l’essai");
  await manager.getByRole("button", { name: "Déplacer la limite" }).click();
  // An instant in the past is asked about, and what was typed stays whatever is answered.
  await manager.getByRole("heading", { name: "Fixer la limite de dépôt dans le passé" }).waitFor();
  assert.deepEqual(await violations(manager), []);
  await manager.setViewportSize({ width: 320, height: 800 });
  assert.ok((await overflow(manager)) <= 0);
  await manager.setViewportSize({ width: 1280, height: 900 });
  await manager.getByRole("button", { name: "Revenir" }).click();
  await manager.getByRole("heading", { name: "Rien n’a changé" }).waitFor();
  assert.equal(await manager.locator("[name=reason]").first().inputValue(), "Clôture avancée pour l’essai");
  await manager.getByRole("button", { name: "Déplacer la limite" }).click();
  await manager.getByRole("button", { name: "Confirmer" }).click();
  await manager.getByRole("heading", { name: "Enregistré" }).waitFor();

  await owner.visit(`${open}/organisation`);
  assert.match(await owner.locator("main").textContent(), /L’appel est clos/);
  // The team may still comment: only the answers are closed.
  assert.equal(await owner.locator("form[data-save], [name=q1]").count(), 0);

  await manager.visit("/appel/ouvrir-evaluation?appel=demo");
  await manager.getByRole("button", { name: /Ouvrir l’évaluation/ }).click();
  await manager.waitForLoadState();
  assert.deepEqual(await violations(manager), []);
  await manager.visit("/appel/affectations?appel=demo");
  const line = manager.locator("tbody tr", { hasText: "Rouillacais" });
  for (const box of await line.locator("input[type=checkbox]:not(:disabled)").all()) await box.check();
  await manager.getByRole("button", { name: /affectations/ }).click();
  await manager.waitForLoadState();

  const reviewer = await visitor(browser, trame, "evaluateur@example.org");
  await reviewer.visit("/evaluation?appel=demo");
  assert.deepEqual(await violations(reviewer), []);
  const id = open.split("/").pop();
  await reviewer.visit(`/evaluation/${id}`);
  assert.deepEqual(await violations(reviewer), []);
  await reviewer.getByRole("button", { name: "Aucun lien, évaluer ce dossier" }).click();
  await reviewer.waitForLoadState();
  for (const tab of ["2", "3", "4", "ensemble"]) {
    await reviewer.visit(`/evaluation/${id}?livrable=${tab}`);
    const groups = await reviewer.locator("form.grid fieldset").count();
    assert.ok(groups > 0, tab);
    for (let index = 0; index < groups; index++) await reviewer.locator("form.grid fieldset").nth(index).locator("input[value='3']").check();
    await saved(reviewer);
    assert.deepEqual(await violations(reviewer), [], `evaluation ${tab}`);
    await reviewer.setViewportSize({ width: 375, height: 800 });
    assert.ok((await overflow(reviewer)) <= 0, `evaluation ${tab} overflows`);
    await reviewer.setViewportSize({ width: 1280, height: 900 });
  }
  await reviewer.visit(`/evaluation/${id}/rendre`);
  assert.deepEqual(await violations(reviewer), []);
  await reviewer.getByRole("button", { name: /Rendre/ }).click();
  await reviewer.waitForLoadState();

  const committee = await visitor(browser, trame, "comite@example.org");
  await committee.visit("/comite?appel=demo");
  const row = committee.locator("tr", { has: committee.locator(`a[href*="/${id}"]`) });
  assert.match(await row.textContent(), /1\/\d/);
  assert.deepEqual(await violations(committee), []);
  for (const page of [owner, manager, reviewer, committee]) {
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
});
