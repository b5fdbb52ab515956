// The pictures of the help pages: each is of a page as it is now. `TRAME_PICTURES=1` makes them again.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Trame, openBrowser, overflow, violations, visitor } from "./lib.mjs";

const AGAIN = process.env.TRAME_PICTURES === "1";
const SHAPES = new URL("./pictures.json", import.meta.url);
const file = (name) => new URL(`../../static/aide-${name}.webp`, import.meta.url);
const WIDTH = 1120;
const TALLEST = 700;

// Name, who sees it, where, and from which element on the picture is taken.
const PICTURES = [
  ["dossier", "porteur@example.org", (open) => open, "#h-liv"],
  ["question", "porteur@example.org", (open) => `${open}/organisation`, ".ask"],
  ["pistes", "porteur@example.org", (_, rich) => `${rich}/pistes`, "main h1"],
  ["depot", "porteur@example.org", (open) => `${open}/depot`, "main .head"],
  ["evaluations", "evaluateur@example.org", () => "/evaluation?appel=eit-2015", "main .head"],
  ["grille", "evaluateur@example.org", (_, __, reviewed) => reviewed, "main .judge"],
  ["tableau", "comite@example.org", () => "/comite?appel=eit-2015", "main .head"],
  ["appel", "region@example.org", () => "/appel?appel=eit-2015", "main .head"],
];

let trame, browser;

before(async () => {
  trame = await Trame.start();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await trame?.stop();
});

// What a page is made of, without what the day and the data change: titles, labels, heads of tables, buttons, tabs.
const shape = (page) =>
  page.evaluate(() => {
    const parts = [...document.querySelectorAll("main :is(h1, h2, label, legend, th[scope=col], button, summary, nav a)")];
    const said = parts.map((part) => [part.localName, part.textContent.replace(/\s+/g, " ").trim()]);
    const lasting = said.filter(([, text]) => !/\d|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|aujourd/.test(text));
    return [...new Set(lasting.map((pair) => pair.join(" ")))].join("\n");
  });

test("each picture of the help is of a page as it is now", async () => {
  const shapes = existsSync(SHAPES) ? JSON.parse(readFileSync(SHAPES)) : {};
  const aged = [];
  let links;
  for (const [name, email, where, from] of PICTURES) {
    const page = await visitor(browser, trame, email, { viewport: { width: WIDTH, height: 2400 } });
    if (!links) {
      await page.visit("/dossiers");
      const rows = await page.locator("tbody tr").all();
      links = {};
      for (const row of rows) links[(await row.textContent()).includes("2014-2015") ? "rich" : "open"] ??= await row.locator("th a").getAttribute("href");
    }
    let reviewed;
    if (name === "grille") {
      await page.visit("/evaluation?appel=eit-2015");
      reviewed = await page.locator("main tbody a[href^='/evaluation/']").first().getAttribute("href");
    }
    await page.visit(where(links.open, links.rich, reviewed));
    const words = await shape(page);
    assert.ok(words.length > 20, `${name}: ${words}`);
    const print = createHash("sha256").update(words).digest("hex").slice(0, 16);
    if (AGAIN) {
      shapes[name] = print;
      const box = await page.locator(from).first().boundingBox();
      const whole = await page.evaluate(() => document.documentElement.scrollHeight);
      const clip = { x: 0, y: Math.max(0, box.y - 16), width: WIDTH, height: Math.min(TALLEST, whole - box.y), scale: 1 };
      const session = await page.context().newCDPSession(page);
      const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 60, clip, captureBeyondViewport: true });
      writeFileSync(file(name), Buffer.from(data, "base64"));
    } else if (shapes[name] !== print || !existsSync(file(name))) aged.push(name);
    await page.context().close();
  }
  if (AGAIN) writeFileSync(SHAPES, `${JSON.stringify(shapes, null, 2)}\n`);
  assert.deepEqual(aged, [], "Ces pages ont changé depuis leur image : TRAME_PICTURES=1 ./test, ou ce seul fichier, les refait.");
});

test("every guide is accessible, narrow too, and its pictures load", async () => {
  const page = await visitor(browser, trame, "");
  await page.visit("/aide");
  const guides = await page.locator("main li a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  assert.equal(guides.length, 6);
  for (const path of ["/aide", ...guides]) {
    await page.setViewportSize({ width: 1280, height: 900 });
    assert.equal((await page.visit(path)).status(), 200);
    assert.deepEqual(await violations(page), [], path);
    await page.setViewportSize({ width: 320, height: 800 });
    assert.ok((await overflow(page)) <= 0, path);
    for (const picture of await page.locator("main img").all()) {
      await picture.scrollIntoViewIfNeeded();
      assert.ok(await picture.evaluate((image) => image.decode().then(() => image.naturalWidth > 300)), path);
      const told = await picture.evaluate((image) => [image.naturalWidth, image.naturalHeight, Number(image.getAttribute("width")), Number(image.getAttribute("height"))]);
      assert.deepEqual(told.slice(0, 2), told.slice(2), `${path}: the size that the page announces`);
    }
  }
  assert.deepEqual(page.faults, []);
});
