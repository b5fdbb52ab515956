// Documents to keep: from their page to the file, with and without script, while the press is busy.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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

async function sound(page, path) {
  for (const width of [1280, 375, 320]) {
    await page.setViewportSize({ width, height: 900 });
    if (path) await page.visit(path);
    assert.deepEqual(await violations(page), [], `${path} at ${width}`);
    assert.ok((await overflow(page)) <= 0, `${path} overflows at ${width}`);
  }
  assert.deepEqual(page.faults, []);
}

test("the pages that lead to documents are sound, narrow ones too", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  for (const path of [`${open}/documents`, `${rich}/documents`, `${rich}/depots/1`, `${rich}/recu`, `${open}/depot`]) await sound(page, path);
  await page.context().close();
});

for (const javaScriptEnabled of [true, false]) {
  test(`a draft becomes a file ${javaScriptEnabled ? "with" : "without"} script`, async () => {
    const page = await visitor(browser, trame, "porteur@example.org", { javaScriptEnabled, acceptDownloads: true });
    await page.visit(open);
    await page.getByRole("link", { name: "Documents à télécharger" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download", { timeout: 120_000 }),
      page.getByRole("link", { name: "Télécharger le dossier (PDF)" }).click(),
    ]);
    assert.match(download.suggestedFilename(), /-brouillon\.pdf$/);
    assert.equal(readFileSync(await download.path()).subarray(0, 5).toString(), "%PDF-");
    await page.context().close();
  });
}

test("while the press is busy, a page waits, by itself or not", async () => {
  const page = await visitor(browser, trame, "porteur@example.org");
  const busy = [1, 2, 3, 4, 5].flatMap((no) => [open, rich].map((base) => page.request.get(`${trame.url}${base}/dossier.pdf?livrable=${no}&mise-en-page=concise`)));
  const answer = await page.request.get(`${trame.url}${rich}/dossier.pdf`);
  if (answer.headers()["content-type"].startsWith("text/html")) {
    assert.match(answer.headers().refresh, /^2; url=\/dossiers\/\d+\/dossier\.pdf$/);
    await page.visit(`${rich}/dossier.pdf?attente=manuelle`).catch(() => {});
    if (await page.getByRole("heading", { name: "Le document se prépare" }).count()) await sound(page);
  }
  await Promise.all(busy);
  await page.context().close();
});
