// Several hands on one dossier, through two processes on one database: people see each other and each other's text; what
// is typed outlives the network, the server, the browser and the session.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { chromium } from "playwright-core";
import { Database, PASSWORD, Trame, openBrowser, overflow, signIn, violations, visitor } from "./lib.mjs";

// The storm lasts as long as it is told: TRAME_TOGETHER_SECONDS=300 by hand.
const SECONDS = Number(process.env.TRAME_TOGETHER_SECONDS || 60);
const OWNER = "porteur@example.org", EDITOR = "equipe@example.org";

let database, one, two, browser, open, who;

before(async () => {
  database = await Database.start();
  one = await Trame.start({ DATABASE_URL: database.url });
  two = await Trame.start({ DATABASE_URL: database.url });
  browser = await openBrowser();
  const page = await visitor(browser, one, OWNER);
  await page.visit("/dossiers");
  const row = page.locator("tbody tr", { hasText: "démonstration" }).first();
  open = await row.locator("th a").getAttribute("href");
  await page.visit(`${open}/equipe`);
  const names = await page.locator("main tbody tr").evaluateAll((rows) => rows.map((row) => row.textContent.replace(/\s+/g, " ")));
  await page.context().close();
  who = names;
});

after(async () => {
  await browser?.close();
  await one?.stop();
  await two?.stop();
  await database?.stop();
});

const status = (page, text) => page.locator("[data-status]", { hasText: text }).waitFor({ timeout: 20_000 });
const saved = (page) => status(page, /Enregistré à/);
const nameOf = async (page) => (await page.locator(".who > a[href='/compte']").textContent()).trim();
const stored = async (page, path, id) => {
  const html = await page.evaluate(async (path) => (await fetch(path)).text(), path);
  return html.match(new RegExp(`id="${id}"[^>]*>\\n?([^<]*)<`))?.[1];
};
// What the browser itself keeps of the account's texts.
const kept = (page) =>
  page.evaluate(async () => {
    const disk = await new Promise((resolve) => {
      const opening = indexedDB.open("trame", 1);
      opening.onsuccess = () => {
        const all = opening.result.transaction("drafts").objectStore("drafts").getAll();
        all.onsuccess = () => resolve(all.result.map(({ text }) => text));
      };
    });
    return [...Object.values(localStorage), ...disk];
  });
const cut = (page, isCut) => page.context().setOffline(isCut);
// A cut network and a killed server leave their own lines in the console; nothing else may.
const faults = (page) => page.faults.filter((fault) => !/Failed to load resource|net::ERR_/.test(fault));

async function both(path) {
  const [ana, bob] = await Promise.all([visitor(browser, one, OWNER), visitor(browser, two, EDITOR)]);
  await Promise.all([ana.visit(`${open}/${path}`), bob.visit(`${open}/${path}`)]);
  ana.name = await nameOf(ana);
  bob.name = await nameOf(bob);
  ana.path = bob.path = `${open}/${path}`;
  return [ana, bob];
}

async function end(...pages) {
  for (const page of pages) {
    assert.deepEqual(faults(page), []);
    await page.context().close();
  }
}

test("two people on two processes see each other, where each writes, and that they leave", async () => {
  const [ana, bob] = await both("organisation?theme=animation");
  const line = ana.locator("[data-live]");
  await ana.locator("[data-live]", { hasText: `${bob.name} est sur cette page` }).waitFor();
  await bob.locator("[data-live]", { hasText: `${ana.name} est sur cette page` }).waitFor();
  await bob.locator("#q5").pressSequentially(" ");
  await ana.locator("[data-live]", { hasText: `${bob.name} écrit dans la question\u00a05` }).waitFor();
  await ana.locator("#i-q5, .ask:has(#q5)").first().locator("[data-writing]", { hasText: `${bob.name} écrit ici` }).waitFor();
  assert.deepEqual(await violations(ana), []);
  for (const width of [375, 320]) {
    await ana.setViewportSize({ width, height: 800 });
    assert.ok((await overflow(ana)) <= 0, `overflows at ${width} px`);
  }
  await bob.visit(`${open}/organisation?theme=gouvernance`);
  await ana.locator("[data-live]", { hasText: `${bob.name} est dans «\u00a0Gouvernance\u00a0»` }).waitFor();
  await bob.close();
  await line.waitFor({ state: "hidden" });
  await end(ana);
});

test("what a colleague saves arrives without reload, text and lines, and leaves alone what I am typing", async () => {
  const [ana, bob] = await both("organisation?theme=animation");
  await ana.locator("[data-live]", { hasText: bob.name }).waitFor();
  const words = `Écrit par Bob à ${Date.now()}`;
  await bob.locator("#mediation").fill(words);
  await ana.waitForFunction((words) => document.querySelector("#mediation").value === words, words);
  await ana.locator("[data-told]", { hasText: `${bob.name} a modifié cette réponse à` }).first().waitFor();
  // Bob adds a line: it comes, and can be written at once.
  const lines = await ana.locator("input[name='staff.id']").count();
  await bob.locator("button[name=ajouter][value=staff]").click();
  await ana.waitForFunction((lines) => document.querySelectorAll("input[name='staff.id']").length === lines + 1, lines);
  await ana.locator("input[name^='staff.'][name$='.structure']").last().fill("Écrit par Ana dans la ligne de Bob");
  await saved(ana);
  await bob.waitForFunction(() => [...document.querySelectorAll("input[name^='staff.'][name$='.structure']")].at(-1).value === "Écrit par Ana dans la ligne de Bob");
  // Ana is typing in the answer that Bob changes: her text waits for her own save, which puts both together.
  const text = "Un début commun.\n\nUne fin commune.";
  await ana.locator("#adhesion").fill(text);
  await bob.waitForFunction((text) => document.querySelector("#adhesion").value === text, text);
  await ana.evaluate(() => (window.held = setInterval(() => document.querySelector("#adhesion").dispatchEvent(new Event("input", { bubbles: true })), 200)));
  await ana.locator("#adhesion").evaluate((control) => control.setSelectionRange(0, 0));
  await ana.locator("#adhesion").pressSequentially("Ana ouvre. ");
  await bob.locator("#adhesion").fill(text + " Bob ferme.");
  await ana.waitForFunction(() => document.querySelector("#adhesion").value.includes("Ana ouvre. Un début") && document.querySelector("#adhesion").value.includes("Bob ferme."), null, { timeout: 20_000 });
  await ana.evaluate(() => clearInterval(window.held));
  await saved(ana);
  assert.equal(await ana.locator("#adhesion").evaluate((control) => control.selectionStart), "Ana ouvre. ".length);
  await bob.waitForFunction(() => /^Ana ouvre\..*Bob ferme\.$/s.test(document.querySelector("#adhesion").value));
  assert.deepEqual(await violations(ana), []);
  await end(ana, bob);
});

test("who only reads sees the text change", async () => {
  const [ana, bob] = await both("organisation?theme=animation");
  await ana.visit(`${open}/equipe`);
  const role = ana.locator("tbody tr", { hasText: EDITOR }).or(ana.locator("tbody tr", { hasText: bob.name })).first();
  await role.locator("select[name=role]").selectOption("reader");
  await role.getByRole("button", { name: /Changer|Enregistrer|Modifier/ }).first().click();
  await ana.waitForLoadState();
  await bob.visit(bob.path);
  assert.equal(await bob.locator("textarea").count(), 0);
  await ana.visit(ana.path);
  await bob.locator("[data-live]", { hasText: ana.name }).waitFor();
  const words = `Lu sans recharger ${Date.now()}`;
  await ana.locator("#mediation").fill(words);
  await bob.locator(".said", { hasText: words }).waitFor();
  await ana.visit(`${open}/equipe`);
  await role.locator("select[name=role]").selectOption("editor");
  await role.getByRole("button", { name: /Changer|Enregistrer|Modifier/ }).first().click();
  await ana.waitForLoadState();
  await end(ana, bob);
});

test("the line of saving says what is true, at each moment", async () => {
  const page = await visitor(browser, one, OWNER);
  await page.visit(`${open}/organisation?theme=gouvernance`);
  const line = page.locator("[data-status]");
  await page.locator("#legal").fill("Dit juste");
  await saved(page);
  assert.equal(await line.getAttribute("aria-live"), "polite");
  await page.locator("#legal").fill("Dit encore juste");
  assert.match(await line.textContent(), /Modification en cours/);
  assert.equal(await line.getAttribute("aria-live"), "off");
  await saved(page);
  await cut(page, true);
  await page.locator("#legal").fill("Dit hors ligne");
  await status(page, "Hors ligne, 1 modification en attente");
  assert.equal(await line.getAttribute("aria-live"), "polite");
  await page.locator("#interdependence").fill("Dit hors ligne aussi");
  await status(page, "Hors ligne, 2 modifications en attente");
  await cut(page, false);
  await saved(page);
  assert.equal(await stored(page, `${open}/organisation?theme=gouvernance`, "legal"), "Dit hors ligne");
  assert.deepEqual(await kept(page), []);
  await one.kill("SIGKILL");
  await page.locator("#legal").fill("Dit service éteint");
  await status(page, "Le service ne répond pas, 1 modification en attente");
  await one.up();
  await saved(page);
  assert.equal(await stored(page, `${open}/organisation?theme=gouvernance`, "legal"), "Dit service éteint");
  await end(page);
});

test("a button pressed without network says so and loses nothing", async () => {
  const page = await visitor(browser, one, OWNER);
  const path = `${open}/organisation?theme=animation`;
  await page.visit(path);
  const lines = await page.locator("input[name='staff.id']").count();
  await cut(page, true);
  await page.locator("#mediation").fill("Écrit avant le bouton");
  await page.locator("button[name=ajouter][value=staff]").click();
  await status(page, "demande le réseau. Votre texte est gardé");
  assert.equal(await page.locator("#mediation").inputValue(), "Écrit avant le bouton");
  await cut(page, false);
  await saved(page);
  await page.locator("button[name=ajouter][value=staff]").click();
  await page.waitForFunction((lines) => document.querySelectorAll("input[name='staff.id']").length === lines + 1, lines);
  assert.equal(await page.locator("#mediation").inputValue(), "Écrit avant le bouton");
  assert.match(await page.evaluate(() => document.activeElement.name), /^staff\./);
  await page.locator("button[name=retirer][value^='staff.']").last().click();
  await page.waitForFunction((lines) => document.querySelectorAll("input[name='staff.id']").length === lines, lines);
  await end(page);
});

test("texts of several pages written without network leave in order, once, even those of a closed page", async () => {
  const first = await visitor(browser, one, OWNER);
  await first.visit(`${open}/organisation?theme=gouvernance`);
  const second = await first.context().newPage();
  await second.goto(`${one.url}${open}/etat-des-lieux`);
  const sent = [];
  first.context().on("request", (request) => request.method() === "POST" && !request.url().endsWith("/presence") && sent.push([request.url(), new URLSearchParams(request.postData()).get("operation")]));
  await cut(first, true);
  await first.locator("#confidentiality").fill("Écrit en premier");
  await status(first, "Hors ligne");
  await second.locator("#context").fill("Écrit en second");
  await status(second, "Hors ligne, 2 modifications en attente");
  await first.close();
  sent.length = 0;
  await cut(second, false);
  await saved(second);
  const order = sent.map(([url]) => (url.includes("gouvernance") ? "premier" : "second"));
  assert.deepEqual(order, [...order].sort(), order.join());
  assert.deepEqual([...new Set(order)], ["premier", "second"]);
  assert.equal(await stored(second, `${open}/organisation?theme=gouvernance`, "confidentiality"), "Écrit en premier");
  assert.equal(await stored(second, `${open}/etat-des-lieux`, "context"), "Écrit en second");
  assert.deepEqual(await kept(second), []);
  await second.context().close();
});

test("two windows of one person on one page do not fight", async () => {
  const first = await visitor(browser, one, OWNER);
  const path = `${open}/organisation?theme=gouvernance`;
  await first.visit(path);
  const second = await first.context().newPage();
  await second.goto(one.url + path);
  let posts = 0;
  first.context().on("request", (request) => request.method() === "POST" && !request.url().endsWith("/presence") && posts++);
  await Promise.all([first.locator("#legal").fill("De la première fenêtre"), second.locator("#confidentiality").fill("De la seconde fenêtre")]);
  await Promise.all([saved(first), saved(second)]);
  await first.waitForFunction(() => document.querySelector("#confidentiality").value === "De la seconde fenêtre");
  await second.waitForFunction(() => document.querySelector("#legal").value === "De la première fenêtre");
  await wait(3000);
  assert.ok(posts <= 4, `${posts} saves`);
  assert.equal(await stored(first, path, "legal"), "De la première fenêtre");
  assert.equal(await stored(first, path, "confidentiality"), "De la seconde fenêtre");
  assert.deepEqual(await kept(first), []);
  await first.context().close();
});

test("a browser killed without network gives the text back, from whatever page comes first", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trame-navigateur-"));
  const start = () => chromium.launchPersistentContext(folder, { executablePath: process.env.CHROMIUM, locale: "fr-FR", args: ["--no-sandbox", "--disable-gpu"] });
  let context = await start();
  let page = await context.newPage();
  page.visit = (path) => page.goto(one.url + path);
  await signIn(page, OWNER);
  await page.visit(`${open}/organisation?theme=gouvernance`);
  await context.setOffline(true);
  const words = `Écrit avant la mort du navigateur ${Date.now()}`;
  await page.locator("#sustainability, #legal").first().fill(words);
  await wait(800);
  // The browser and its children, by their own folder: nothing is told to the page.
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(`--user-data-dir=${folder}`)) process.kill(Number(entry), "SIGKILL");
    } catch {}
  }
  await wait(500);
  context = await start();
  page = await context.newPage();
  page.visit = (path) => page.goto(one.url + path);
  await signIn(page, OWNER);
  for (let tries = 0; tries < 50 && (await kept(page)).length; tries++) await wait(200);
  const path = `${open}/organisation?theme=gouvernance`;
  const html = await page.evaluate(async (path) => (await fetch(path)).text(), path);
  assert.ok(html.includes(words));
  assert.deepEqual(await kept(page), []);
  await context.close();
  rmSync(folder, { recursive: true, force: true });
});

test("after a new sign-in the text leaves by itself, wherever one lands", async () => {
  const page = await visitor(browser, one, EDITOR);
  const path = `${open}/organisation?theme=gouvernance`;
  await page.visit(path);
  await page.context().clearCookies();
  const words = `Écrit pendant l’expiration ${Date.now()}`;
  await page.locator("#legal").fill(words);
  await status(page, "Session expirée");
  await signIn(page, EDITOR);
  for (let tries = 0; tries < 50 && (await kept(page)).length; tries++) await wait(200);
  assert.equal((await stored(page, path, "legal"))?.replace(/&#39;/g, "'"), words);
  await end(page);
});

test("a text that the server refuses is kept, shown and never sent again behind one's back", async () => {
  const [ana, bob] = await both("organisation?theme=gouvernance");
  await cut(bob, true);
  await bob.locator("#legal").fill("Trop tard pour Bob");
  await status(bob, "Hors ligne");
  await bob.locator("#legal").evaluate(() => {});
  await ana.visit(`${open}/equipe`);
  const row = ana.locator("tbody tr", { hasText: bob.name }).first();
  await row.locator("select[name=role]").selectOption("reader");
  await row.getByRole("button", { name: /Changer|Enregistrer|Modifier/ }).first().click();
  await ana.waitForLoadState();
  const again = await bob.context().newPage();
  await bob.close();
  await again.context().setOffline(false);
  await again.goto(`${two.url}${open}`);
  const notice = again.locator("[data-waiting]", { hasText: "n’a pas été enregistré" });
  await notice.waitFor();
  await notice.locator("summary").click();
  assert.match(await notice.textContent(), /Trop tard pour Bob/);
  assert.match(await notice.textContent(), /Votre rôle permet de lire/);
  assert.deepEqual(await violations(again), []);
  // Signing out asks, then erases.
  again.visit = (path) => again.goto(two.url + path);
  await again.getByRole("button", { name: "Se déconnecter" }).click();
  await again.getByRole("button", { name: "Effacer et se déconnecter" }).waitFor();
  assert.deepEqual(await violations(again), []);
  assert.notDeepEqual(await kept(again), []);
  await again.getByRole("button", { name: "Effacer et se déconnecter" }).click();
  await again.waitForURL(/connexion/);
  assert.deepEqual(await kept(again), []);
  await row.locator("select[name=role]").selectOption("editor");
  await row.getByRole("button", { name: /Changer|Enregistrer|Modifier/ }).first().click();
  await ana.waitForLoadState();
  await again.context().close();
  await end(ana);
});

test("signing out without network erases nothing", async () => {
  const page = await visitor(browser, one, OWNER);
  await page.visit(`${open}/organisation?theme=gouvernance`);
  await cut(page, true);
  await page.locator("#legal").fill("Pas encore parti");
  await status(page, "Hors ligne");
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  await page.getByRole("button", { name: "Effacer et se déconnecter" }).click();
  await page.getByText("se déconnecter demande le réseau").waitFor();
  assert.notDeepEqual(await kept(page), []);
  await cut(page, false);
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  await page.waitForURL(/connexion/);
  assert.deepEqual(await kept(page), []);
  const back = await visitor(browser, one, OWNER);
  assert.equal(await stored(back, `${open}/organisation?theme=gouvernance`, "legal"), "Pas encore parti");
  await back.context().close();
  await page.context().close();
});

// Answers a question as a person would: writes a third text that holds both, or gives up one of the two on purpose.
async function choose(page, chosen) {
  const clash = page.locator(".clash").first();
  const found = await clash
    .evaluate((clash) => {
      const text = (said) => {
        const copy = said.cloneNode(true);
        copy.querySelectorAll("del").forEach((gone) => gone.remove());
        return copy.textContent.trim() === "(vide)" ? "" : copy.textContent;
      };
      const [mine, theirs] = [...clash.querySelectorAll(".said")].map(text);
      clash.querySelector("details").open = true;
      return { mine, theirs };
    })
    .catch(() => null);
  if (!found) return;
  const words = (text) => text.match(/[ab]\d+[xh]\w+/g) ?? [];
  const lacking = (text, other) => words(text).filter((word) => !other.includes(word));
  const asked = chosen.length;
  let label = "Garder cette version", away = [];
  if (asked % 5 === 3) [label, away] = ["Garder l’autre", lacking(found.mine, found.theirs)];
  else if (asked % 5 === 4) [label, away] = ["Garder la mienne", lacking(found.theirs, found.mine)];
  else if (!(await clash.locator("textarea[name$='~texte']").fill(`${found.theirs} ${lacking(found.mine, found.theirs).join(" ")}`, { timeout: 5000 }).then(() => true, () => false))) return;
  await clash.getByRole("button", { name: label }).click({ timeout: 5000 }).then(() => chosen.push({ label, away }), () => {});
  await page.waitForLoadState().catch(() => {});
}

// One person of the storm: types numbered words in the same answers, at a place of their own or at the end where both
// meet, with the network cut now and then; answers the questions asked.
async function writer(page, mark, until, typed, chosen) {
  const fields = ["legal", "confidentiality", "interdependence"];
  for (let count = 0; Date.now() < until; count++) {
    if (await page.locator(".clash").first().isVisible().catch(() => false)) {
      await choose(page, chosen);
      await wait(1000);
      continue;
    }
    const compare = page.getByRole("button", { name: "Comparer les deux versions" });
    if (await compare.isVisible().catch(() => false)) {
      await compare.click({ timeout: 5000 }).catch(() => {});
      await wait(1000);
      continue;
    }
    if (!(await page.locator("form[data-save]").isVisible().catch(() => false))) {
      await page.visit(page.path).catch(() => {});
      await wait(500);
      continue;
    }
    const field = page.locator(`#${fields[count % fields.length]}`);
    const word = `${mark}${count}x${Math.random().toString(36).slice(2, 7)}`;
    const isWritten = await field
      .evaluate((control, { mark, isMeeting }) => {
        if (control.tagName !== "TEXTAREA" || document.querySelector(".clash")) return false;
        control.focus();
        const own = control.value.indexOf(`[${mark}]`);
        const at = isMeeting || own < 0 ? control.value.length : own + mark.length + 2;
        control.setSelectionRange(at, at);
        return true;
      }, { mark, isMeeting: count % 7 === 6 })
      .catch(() => false);
    if (!isWritten) continue;
    if (await page.keyboard.type(` ${word}`, { delay: 25 }).then(() => true, () => false)) {
      // The page may have left for a question between two keys: what was typed counts when it is in the answer.
      const isThere = await field.evaluate((control, word) => control.value.includes(word), word).catch(() => false);
      if (isThere) typed.push(word);
    }
    await wait(150 + Math.random() * 500);
    if (count % 9 === 8) {
      await cut(page, true);
      await wait(500 + Math.random() * 1500);
      const late = `${mark}${count}h${Math.random().toString(36).slice(2, 7)}`;
      await page.keyboard.type(` ${late}`, { delay: 10 }).catch(() => {});
      if (await field.evaluate((control, late) => control.value.includes(late), late).catch(() => false)) typed.push(late);
      await wait(500);
      await cut(page, false);
    }
  }
}

// Every text that the history of an answer shows, each save of each sitting unfolded.
async function history(page, id) {
  const wanted = [await page.locator(`a[href*="historique"][href*="${id}"]`).first().getAttribute("href")], seen = new Set();
  let text = "";
  while (wanted.length) {
    const path = wanted.pop().split("#")[0];
    if (seen.has(path)) continue;
    seen.add(path);
    const found = await page.evaluate(async (path) => {
      const html = new DOMParser().parseFromString(await (await fetch(path)).text(), "text/html");
      const links = html.querySelectorAll("main a[rel=next], main a[href*='deplie=']");
      return { text: html.querySelector("main").textContent, links: [...links].map((link) => link.getAttribute("href")) };
    }, path);
    text += found.text;
    wanted.push(...found.links);
  }
  return text;
}

// Lets everything leave, answering what is still asked.
async function settle(page, chosen) {
  for (let tries = 0; tries < 120; tries++) {
    const compare = page.getByRole("button", { name: "Comparer les deux versions" });
    if (await page.locator(".clash").first().isVisible().catch(() => false)) await choose(page, chosen);
    else if (await compare.isVisible().catch(() => false)) await compare.click().catch(() => {});
    else if (await page.locator("form[data-save]").isVisible().catch(() => false)) {
      const text = await page.locator("[data-status]").textContent();
      if (/Enregistré/.test(text) && !(await kept(page)).length) return;
    } else await page.visit(page.path).catch(() => {});
    await wait(500);
  }
  assert.fail(`never settled: ${await page.locator("[data-status]").textContent()} ${JSON.stringify(await kept(page))}`);
}

test(`two people type in the same answers for ${SECONDS} s, the network cut now and then, the server killed once: every word is there`, async () => {
  const [ana, bob] = await both("organisation?theme=gouvernance");
  for (const id of ["legal", "confidentiality", "interdependence"]) await ana.locator(`#${id}`).fill("Début pour [a]\n\nau milieu du texte\n\net fin pour [b]\n\nau bas de la page.");
  await saved(ana);
  await bob.visit(bob.path);
  const until = Date.now() + SECONDS * 1000, typed = [], chosen = [];
  const killing = (async () => {
    await wait((SECONDS * 1000) / 2);
    await one.kill("SIGKILL");
    await wait(1500);
    await one.up();
  })();
  await Promise.all([writer(ana, "a", until, typed, chosen), writer(bob, "b", until, typed, chosen), killing]);
  await Promise.all([cut(ana, false), cut(bob, false)]);
  await settle(ana, chosen);
  await settle(bob, chosen);
  await settle(ana, chosen);
  const path = `${open}/organisation?theme=gouvernance`;
  let text = "";
  for (const id of ["legal", "confidentiality", "interdependence"]) text += " " + (await stored(ana, path, id));
  // Present, or given up by a choice that one can name; and what was given up stands in the history.
  const dropping = new Map(chosen.flatMap(({ label, away }) => away.map((word) => [word, label])));
  const absent = typed.filter((word) => !text.includes(word)), lost = absent.filter((word) => !dropping.has(word));
  const by = (label) => absent.filter((word) => dropping.get(word) === label).length;
  console.log(`# ${typed.length} words typed, ${chosen.length} questions answered, ${typed.length - absent.length} words present, ${by("Garder l’autre")} given up by « Garder l’autre », ${by("Garder la mienne")} by « Garder la mienne », ${lost.length} lost`);
  assert.ok(typed.length > SECONDS / 2, `${typed.length} words`);
  assert.deepEqual(lost, []);
  assert.equal(typed.length, typed.length - absent.length + by("Garder l’autre") + by("Garder la mienne"));
  await ana.visit(ana.path);
  let past = "";
  for (const id of ["legal", "confidentiality", "interdependence"]) past += await history(ana, id);
  assert.deepEqual(absent.filter((word) => !past.includes(word)), []);
  const { code, output } = await one.command("check");
  assert.equal(code, 0, output);
  // Both pages show what is stored.
  for (const page of [ana, bob]) await page.waitForFunction(async (path) => {
    const html = new DOMParser().parseFromString(await (await fetch(path)).text(), "text/html");
    return ["legal", "confidentiality", "interdependence"].every((id) => html.getElementById(id).value === document.getElementById(id).value);
  }, path, { polling: 1000, timeout: 20_000 });
  await end(ana, bob);
});
