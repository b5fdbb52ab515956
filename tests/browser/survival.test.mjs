// The program or its database is killed during saves: no acknowledged save is lost, nobody is signed out.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { PASSWORD, Trame } from "./lib.mjs";

let trame, cookie, path;

before(async () => {
  trame = await Trame.start();
  const form = new URLSearchParams({ email: "porteur@example.org", password: PASSWORD, next: "/dossiers" });
  const answer = await fetch(`${trame.url}/connexion`, { method: "POST", body: form, redirect: "manual" });
  assert.equal(answer.status, 303);
  cookie = answer.headers.get("set-cookie").split(";")[0];
  const list = await (await fetch(`${trame.url}/dossiers`, { headers: { cookie } })).text();
  const row = list.split("<tr>").find((row) => row.includes("démonstration"));
  path = `${row.match(/\/dossiers\/\d+/)[0]}/organisation?theme=gouvernance`;
});

after(() => trame?.stop());

const version = async () => {
  const page = await (await fetch(trame.url + path, { headers: { cookie } })).text();
  return page.match(/name="version" value="(\d+)"/)[1];
};

async function saveUntil(isOver, acknowledged) {
  let seen = await version();
  for (let count = 0; !isOver(); count++) {
    const text = `Essai ${count} ${Math.random()}`;
    const form = new URLSearchParams({ version: seen, operation: crypto.randomUUID(), legal: text });
    const answer = await fetch(trame.url + path, { method: "POST", body: form, headers: { cookie, accept: "application/json" } }).catch(() => undefined);
    if (answer?.status !== 200) return;
    const said = await answer.json().catch(() => undefined);
    if (!said?.saved_at) return;
    acknowledged.push(text);
    seen = String(said.version);
  }
}

const stored = async () => (await (await fetch(trame.url + path, { headers: { cookie } })).text()).match(/<textarea id="legal"[^>]*>\n([^<]*)/)?.[1];

test("kill -9 of the program loses no acknowledged save and signs nobody out", async () => {
  const acknowledged = [];
  const saving = saveUntil(() => false, acknowledged);
  await wait(1500);
  await trame.kill("SIGKILL");
  await saving;
  assert.ok(acknowledged.length > 5, `${acknowledged.length} saves`);
  await trame.up();
  const text = await stored();
  assert.ok(text !== undefined, "the session is dead");
  const last = acknowledged.at(-1);
  assert.ok(text === last || Number(text.split(" ")[1]) === Number(last.split(" ")[1]) + 1, `${text} after ${last}`);
  const { code, output } = await trame.command("check");
  assert.equal(code, 0, output);
});

test("kill -9 of the private Postgres: a French 503 at worst, then recovery by itself, nothing lost", async () => {
  const folder = readdirSync(trame.data).find((name) => name.startsWith("postgres-") && !name.includes("."));
  const pid = Number(readFileSync(join(trame.data, folder, "postmaster.pid"), "utf8").split("\n")[0]);
  const acknowledged = [];
  const saving = saveUntil(() => false, acknowledged);
  await wait(1000);
  process.kill(pid, "SIGKILL");
  await saving;
  const began = Date.now();
  let status;
  do {
    const answer = await fetch(trame.url + path, { headers: { cookie } });
    status = answer.status;
    if (status === 503) assert.match(await answer.text(), /base de données ne répond pas/);
    await wait(200);
  } while (status !== 200 && Date.now() - began < 30_000);
  assert.equal(status, 200);
  const text = await stored();
  const last = acknowledged.at(-1);
  assert.ok(text === last || Number(text.split(" ")[1]) === Number(last.split(" ")[1]) + 1, `${text} after ${last}`);
});

test("a second start on the same data says so in one French sentence", () => {
  const second = spawnSync(process.env.TRAME_BIN, ["serve"], { env: { ...process.env, DATABASE_URL: "", TRAME_DATA: trame.data, PORT: "0" }, encoding: "utf8", timeout: 20_000 });
  assert.equal(second.status, 1);
  assert.match(second.stderr, /Trame sert déjà ces données/);
});

test("Ctrl-C stops everything in under two seconds", async () => {
  const began = Date.now();
  await trame.kill("SIGINT");
  assert.ok(Date.now() - began < 2500, `${Date.now() - began} ms`);
  await trame.up();
});
