import { chromium } from "playwright-core";
import { AxeBuilder } from "@axe-core/playwright";
import { mkdirSync } from "node:fs";
const url = "http://127.0.0.1:3104", out = "/tmp/w/shots-h4"; mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const who = process.argv[2] ?? "porteur@example.org";
const ctx = await browser.newContext({ locale: "fr-FR", viewport: { width: 1280, height: 900 } });
const page = await ctx.newPage();
page.on("console", (m) => m.type() === "error" && console.log("console", m.text()));
await page.goto(url + "/connexion"); await page.fill("input[name=email]", who); await page.fill("input[name=password]", "trame-demo-2015");
await Promise.all([page.waitForURL((u) => !u.pathname.startsWith("/connexion")), page.getByRole("button", { name: "Se connecter" }).click()]);
await page.goto(url + "/dossiers");
const links = await page.$$eval("main a[href^='/dossiers/']", (as) => as.map((a) => [a.getAttribute("href"), a.textContent]));
console.log(JSON.stringify(links));
const base = process.argv[3] ?? links[0][0];
const paths = process.argv.slice(4);
for (const p of paths) {
  for (const width of [1280, 375, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(url + base + p);
    if (process.env.OPEN) await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) console.log("OVERFLOW", p, width, over);
    if (width !== 320) await page.screenshot({ path: `${out}/${(p || "vue").replace(/[^a-z0-9]+/gi, "_")}-${width}${process.env.OPEN ? "-open" : ""}.png`, fullPage: true });
    if (width === 1280 || width === 375) {
      await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
      const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
      for (const v of violations) console.log("AXE", p, width, v.id, v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(" | "));
    }
  }
}
await browser.close();
