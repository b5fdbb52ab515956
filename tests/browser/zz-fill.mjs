import { chromium } from "playwright-core";
const url = "http://127.0.0.1:3104";
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const ctx = await browser.newContext({ locale: "fr-FR", javaScriptEnabled: false });
const page = await ctx.newPage();
await page.goto(url + "/connexion"); await page.fill("input[name=email]", "porteur@example.org"); await page.fill("input[name=password]", "trame-demo-2015");
await Promise.all([page.waitForURL((u) => !u.pathname.startsWith("/connexion")), page.getByRole("button", { name: "Se connecter" }).click()]);
await page.goto(url + "/dossiers/1/organisation?theme=questions");
for (const [t, g, a] of [["Quelle place pour les distillateurs artisanaux ?", "Une trentaine, hors de tout club.", "Ils sont représentés par le syndicat des bouilleurs, qui assiste aux réunions sans voix.\n\nUne rencontre leur est réservée chaque automne."], ["Quel lien avec le lycée agricole ?", "", ""]]) {
  await page.getByRole("button", { name: "Ajouter une question" }).click();
  await page.locator(".added").last().getByLabel("Intitulé").fill(t);
  await page.locator(".added").last().getByLabel("Précision").fill(g);
  await page.locator(".added").last().getByLabel("Réponse").fill(a);
  await page.getByRole("button", { name: "Enregistrer", exact: true }).last().click();
}
await page.goto(url + "/dossiers/1/organisation?theme=gouvernance");
await page.locator("#q14").fill(Array(401).fill("mot").join(" "));
await page.getByRole("button", { name: "Enregistrer", exact: true }).last().click();
await browser.close();
