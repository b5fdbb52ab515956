// The engagement document as its people use it: a partner on a telephone without script, the team that publishes and follows.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Trame, openBrowser, overflow, violations, visitor } from "./lib.mjs";

let trame, browser, base;
const shots = process.env.SHOTS;
const shot = async (page, name) => shots && (await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true }));
const PHONE = { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true };

before(async () => {
  trame = await Trame.start();
  browser = await openBrowser();
  const page = await visitor(browser, trame, "porteur@example.org");
  await page.visit("/dossiers");
  const links = await page.locator("tbody th a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  const rows = await page.locator("tbody tr").evaluateAll((all) => all.map((row) => row.textContent));
  base = `${links[rows.findIndex((row) => row.includes("démonstration"))]}/engagement`;
  await page.context().close();
});

after(async () => {
  await browser?.close();
  await trame?.stop();
});

// The link in the last mail to that address, as the operator of a demonstration reads it.
async function link(address) {
  const page = await visitor(browser, trame, "operateur@example.org");
  await page.visit("/exploitation/courriels");
  for (;;) {
    const bodies = await page.locator("tbody details").evaluateAll((all) => all.map((details) => details.textContent));
    const found = bodies.filter((body) => body.includes(`À ${address}`)).map((body) => body.match(/\/engagement\/[\w-]{43}/)).find(Boolean);
    if (found) {
      await page.context().close();
      return found[0];
    }
    await page.getByRole("link", { name: "suivants, plus anciens" }).click();
  }
}

test("a partner signs from a telephone, without script nor account, in under a minute", async () => {
  const owner = await visitor(browser, trame, "porteur@example.org");
  await owner.visit(base);
  await owner.locator("#stakeholder").selectOption({ label: "Blanchisserie des Trois Fontaines" });
  await owner.locator("#contact").fill("Rachid Amrani");
  await owner.locator("#email").fill("rachid.amrani@example.org");
  await owner.getByRole("button", { name: "Ajouter et envoyer le lien" }).click();
  await owner.getByText("Lien envoyé").waitFor();
  const path = await link("rachid.amrani@example.org");

  const page = await visitor(browser, trame, undefined, { ...PHONE, javaScriptEnabled: false });
  const began = Date.now();
  await page.visit(path);
  await shot(page, "partenaire-375");
  assert.equal(await page.locator("#nom").inputValue(), "Rachid Amrani");
  for (const target of ["button.big", "#nom", "#fonction", "#organisation", "label:has(#accord)"]) {
    const box = await page.locator(target).boundingBox();
    assert.ok(box.height >= 44, `${target} is ${box.height} px high`);
  }
  await page.locator("#fonction").fill("Gérant");
  await page.locator("#accord").check();
  await page.getByRole("button", { name: "Signer le document" }).click();
  await page.getByText("Vous avez signé ce document").waitFor();
  assert.ok(Date.now() - began < 60_000);
  await shot(page, "partenaire-signe-375");
  await page.getByRole("link", { name: "Lire mon exemplaire" }).click();
  await page.getByText("Rachid Amrani, Gérant").waitFor();
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".noprint").isVisible(), false);
  assert.ok((await page.pdf({ format: "A4" })).length > 5_000, "the copy prints");
  if (shots) await page.pdf({ path: `${shots}/exemplaire.pdf`, format: "A4" });
  assert.deepEqual(page.faults, []);
  await owner.reload();
  const row = await owner.locator("#signataires tr", { hasText: "Blanchisserie des Trois Fontaines" }).innerText();
  assert.match(row, /Signé/);
  await page.context().close();
  await owner.context().close();
});

test("a refused form brings back what was typed and leads to what is missing", async () => {
  const path = await link("sandrine.pineau@example.org");
  const page = await visitor(browser, trame, undefined, PHONE);
  await page.visit(path);
  await page.locator("#fonction").fill("Présidente");
  await page.getByRole("button", { name: "Signer le document" }).click();
  await page.getByRole("link", { name: "Cocher la case pour dire votre accord." }).click();
  assert.equal(await page.locator("#fonction").inputValue(), "Présidente");
  assert.deepEqual(await violations(page), []);
  await page.getByRole("link", { name: "Décliner, en disant pourquoi" }).click();
  await page.locator("#motif").fill("Nous ne pouvons nous engager cette année.");
  await page.getByRole("button", { name: "Décliner" }).click();
  await page.getByText("Vous avez décliné").waitFor();
  assert.deepEqual(page.faults.filter((fault) => !fault.includes("422")), []);
  await page.context().close();
});

test("every page of the document passes axe and fits from 320 px on", async () => {
  const owner = await visitor(browser, trame, "porteur@example.org");
  await owner.visit(`${base.replace("/engagement", "")}/mobilisation?theme=engagements`);
  await owner.getByRole("link", { name: "ouvrir le document et ses signataires" }).waitFor();
  await owner.locator("#charter_principles").fill("L’eau économisée reste à la rivière. Les données d’un site ne sortent jamais sans son accord. Chacun paie sa part.");
  await owner.getByRole("button", { name: "Enregistrer", exact: true }).last().click();
  await owner.visit(base);
  await owner.locator("tbody tr th a").first().waitFor();
  const signatory = await owner.locator("tbody tr th a").first().getAttribute("href");
  const path = await link("denis.auboin@example.org");
  const pages = [
    [owner, "equipe", base],
    [owner, "publier", `${base}/publier`],
    [owner, "version", `${base}/versions/1`],
    [owner, "signataire", signatory],
  ];
  const partner = await visitor(browser, trame);
  for (const [name, part] of [["partenaire", ""], ["refus", "/refus"], ["retrait", "/retrait"], ["rappels", "/rappels"], ["exemplaire", "/exemplaire"]]) {
    pages.push([partner, name, path + part]);
  }
  pages.push([partner, "ferme", "/engagement/inconnu"]);
  for (const [page, name, address] of pages) {
    for (const width of [1280, 375, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await page.visit(address);
      assert.ok((await overflow(page)) <= 0, `${name} overflows at ${width} px`);
      assert.deepEqual(await violations(page), [], `${name} at ${width} px`);
      if (width !== 320) await shot(page, `${name}-${width}`);
    }
  }
  assert.deepEqual(owner.faults, []);
  assert.deepEqual(partner.faults.filter((fault) => !fault.includes("404")), []);
  await owner.context().close();
  await partner.context().close();
});

test("a new version asks again, shows what changed, and keeps the text signed", async () => {
  const owner = await visitor(browser, trame, "porteur@example.org");
  await owner.visit(`${base}/publier`);
  assert.ok((await owner.locator("ins").count()) > 0);
  await owner.getByRole("button", { name: "Publier la version 2" }).click();
  await owner.getByText("Version publiée").waitFor();
  assert.match(await owner.locator("#signataires tr", { hasText: "Tuilerie des Brandes" }).innerText(), /À re-signer/);
  await shot(owner, "equipe-version-2");
  const path = await link("agnes.thomasson@example.org");
  const page = await visitor(browser, trame, undefined, PHONE);
  await page.visit(path);
  await page.getByText("Le texte a changé depuis votre signature").waitFor();
  assert.ok((await page.locator("ins").count()) > 0);
  assert.deepEqual(await violations(page), []);
  assert.ok((await overflow(page)) <= 0);
  await shot(page, "partenaire-re-signer-375");
  await page.getByRole("link", { name: "Relire la version 1" }).click();
  await page.getByText("Agnès Thomasson, Présidente").waitFor();
  await page.context().close();
  await owner.context().close();
});
