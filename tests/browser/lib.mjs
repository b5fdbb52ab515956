// A Trame of its own on a free port, with its own data and its own private Postgres; a Chromium to visit it.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, chmodSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

export const PASSWORD = "trame-demo-2015";

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

export class Trame {
  static async start(env = {}) {
    const trame = new Trame();
    trame.data = mkdtempSync(join(tmpdir(), "trame-navigateur-"));
    chmodSync(trame.data, 0o711);
    // The demonstration, loaded once for every file: see `browser_tests` in `test`.
    if (process.env.TRAME_SEED && !env.DATABASE_URL) execFileSync("cp", ["-a", `${process.env.TRAME_SEED}/.`, trame.data]);
    trame.port = await freePort();
    trame.url = `http://127.0.0.1:${trame.port}`;
    trame.env = env;
    await trame.up();
    return trame;
  }

  async up() {
    const env = { ...process.env, TRAME_DEMO: "1", TRAME_DATA: this.data, PORT: String(this.port), TRAME_LOG: "warn", ...this.env };
    if (!this.env.DATABASE_URL) delete env.DATABASE_URL;
    this.process = spawn(process.env.TRAME_BIN, ["serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.output = "";
    this.process.stdout.on("data", (text) => (this.output += text));
    this.process.stderr.on("data", (text) => (this.output += text));
    this.exited = new Promise((resolve) => this.process.on("exit", resolve));
    for (let tries = 0; tries < 1800; tries++) {
      if (this.process.exitCode !== null) throw new Error(`trame stopped: ${this.output}`);
      const answer = await fetch(`${this.url}/sante`).catch(() => undefined);
      if (answer?.status === 200) return;
      await wait(100);
    }
    throw new Error(`trame did not start: ${this.output}`);
  }

  async kill(signal = "SIGKILL") {
    this.process.kill(signal);
    await this.exited;
  }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.kill("SIGINT");
    rmSync(this.data, { recursive: true, force: true });
  }

  command(...args) {
    return new Promise((resolve) => {
      const env = { ...process.env, TRAME_DATA: this.data, TRAME_LOG: "warn", ...this.env };
      if (!this.env.DATABASE_URL) delete env.DATABASE_URL;
      const child = spawn(process.env.TRAME_BIN, args, { env });
      let output = "";
      child.stdout.on("data", (text) => (output += text));
      child.stderr.on("data", (text) => (output += text));
      child.on("exit", (code) => resolve({ code, output }));
    });
  }
}

// A throw-away Postgres that several processes of Trame share.
export class Database {
  static async start() {
    const database = new Database();
    const env = { ...process.env, TRAME_LOG: "warn" };
    delete env.DATABASE_URL;
    const script = "console.log(process.env.DATABASE_URL); process.stdin.resume().on('end', () => process.exit())";
    database.process = spawn(process.env.TRAME_BIN, ["with-postgres", "--", process.execPath, "-e", script], { env, stdio: ["pipe", "pipe", "inherit"] });
    database.exited = new Promise((resolve) => database.process.on("exit", resolve));
    database.url = await new Promise((resolve, reject) => {
      database.process.stdout.once("data", (text) => resolve(String(text).trim()));
      database.exited.then(() => reject(new Error("no database")));
    });
    return database;
  }

  async stop() {
    this.process.stdin.end();
    await this.exited;
  }
}

export const openBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

// A person in a browser of their own; every console error, foreign request and policy violation is kept.
export async function visitor(browser, trame, email, options = {}) {
  const context = await browser.newContext({ locale: "fr-FR", timezoneId: "Europe/Paris", viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("request", (request) => !request.url().startsWith(trame.url) && page.faults.push(`foreign request ${request.url()}`));
  page.visit = (path) => page.goto(trame.url + path);
  if (email) await signIn(page, email);
  return page;
}

export async function signIn(page, email, password = PASSWORD) {
  await page.visit("/connexion");
  await page.fill("input[name=email]", email);
  await page.fill("input[name=password]", password);
  await Promise.all([page.waitForURL((url) => !url.pathname.startsWith("/connexion")), page.getByRole("button", { name: "Se connecter" }).click()]);
}

export async function violations(page) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
  // At the end of the page the save bar is in its own place: it covers no target, whatever the height of the page.
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  // Twice as fast, for the same violations: what passes is not described, and without frames no second page is needed to end.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
  const { violations } = await axe.setLegacyMode(true).analyze();
  return violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
}

export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

// The dossier of that title, from the list of one's dossiers.
export async function dossier(page, title) {
  await page.visit("/dossiers");
  const href = await page.getByRole("link", { name: title }).first().getAttribute("href");
  return href;
}
