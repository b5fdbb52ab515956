// Mails pass a real mail server (smtp-server, by the authors of Nodemailer): signed in, text and HTML, once each; refused for good, they
// come back to their sender; the server away, they wait for it. An hour of absence is played by the Rust tests, with their own clock.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { SMTPServer } from "smtp-server";
import { PASSWORD, Trame } from "./lib.mjs";

const taken = [];
let trame, server, port, path;
const cookies = {};

const listen = (at = 0) =>
  new Promise((resolve) => {
    server = new SMTPServer({
      allowInsecureAuth: true,
      disabledCommands: ["STARTTLS"],
      onAuth: ({ username, password }, _, done) => (username === "trame" && password === "secret" ? done(null, { user: username }) : done(new Error("no"))),
      onRcptTo: ({ address }, _, done) => done(address.startsWith("amo@") ? Object.assign(new Error("unknown here"), { responseCode: 550 }) : null),
      onData(stream, session, done) {
        const parts = [];
        stream.on("data", (part) => parts.push(part));
        stream.on("end", () => (taken.push({ to: session.envelope.rcptTo[0].address, text: Buffer.concat(parts).toString() }), done()));
      },
    });
    server.on("error", () => {});
    server.listen(at, "127.0.0.1", () => resolve(server.server.address().port));
  });

const close = () => new Promise((resolve) => server.close(resolve));

const page = async (email, path) => (await (await fetch(trame.url + path, { headers: { cookie: cookies[email] } })).text()).replace(/\u00a0/g, " ");

async function send(path, text) {
  const form = new URLSearchParams({ version: "0", operation: crypto.randomUUID(), texte: text });
  const answer = await fetch(trame.url + path, { method: "POST", body: form, headers: { cookie: cookies["porteur@example.org"] }, redirect: "manual" });
  assert.equal(answer.status, 303);
}

async function until(what, isSo, seconds = 30) {
  for (let tries = 0; tries < seconds * 5; tries++) {
    if (await isSo()) return;
    await wait(200);
  }
  assert.fail(what);
}

before(async () => {
  port = await listen();
  trame = await Trame.start({ SMTP_URL: `smtp://trame:secret@127.0.0.1:${port}` });
  for (const email of ["porteur@example.org", "operateur@example.org"]) {
    const form = new URLSearchParams({ email, password: PASSWORD, next: "/" });
    const answer = await fetch(`${trame.url}/connexion`, { method: "POST", body: form, redirect: "manual" });
    cookies[email] = answer.headers.get("set-cookie").split(";")[0];
  }
  const list = await page("porteur@example.org", "/dossiers");
  path = `${list.split("<tr>").find((row) => row.includes("démonstration")).match(/\/dossiers\/\d+/)[0]}/messages/equipe`;
});

after(async () => {
  await trame?.stop();
  await close();
});

test("a mail passes, in text and in HTML, without a word of the message; one refused for good comes back to its sender", async () => {
  await send(path, "Un mot-introuvable.");
  await until("the mail of the editor", () => taken.some(({ to }) => to === "equipe@example.org"));
  const { text } = taken.find(({ to }) => to === "equipe@example.org");
  for (const part of [/^From: Trame <noreply@/m, /^Message-ID: <mail-\d+@/m, /^Auto-Submitted: auto-generated/m, /^List-Id: Trame <messages\./m, /multipart\/alternative/, /text\/plain; charset=utf-8/, /text\/html; charset=utf-8/]) {
    assert.match(text, part);
  }
  const decoded = text.replace(/=\r?\n/g, "");
  assert.ok(decoded.includes(`${trame.url}${path.replace("/equipe", "/")}`), decoded);
  assert.ok(!decoded.includes("mot-introuvable") && !Buffer.from(decoded).toString("latin1").includes("introuvable"));
  await until("the refusal, told to the author", async () => (await page("porteur@example.org", path)).includes("Courriel refusé"));
  assert.match(await page("porteur@example.org", "/compte/avis"), /Courriel refusé, /);
  assert.match(await page("operateur@example.org", "/exploitation/courriels?etat=refus"), /Refusé par le destinataire/);
});

test("the server away, a mail waits, and leaves once when it is back", async () => {
  await close();
  const before = taken.length;
  await send(path, "Pendant l’absence.");
  await until("an attempt", async () => (await page("operateur@example.org", "/exploitation/courriels?etat=attente")).includes("Nouvel essai prévu"));
  assert.equal(taken.length, before);
  assert.equal(await listen(port), port);
  await until("the mail, a minute later", () => taken.length > before, 90);
  await wait(5000);
  const names = taken.slice(before).map(({ text }) => text.match(/^Message-ID: (.*)$/m)[1]);
  assert.deepEqual([...new Set(names)], names);
  assert.equal(taken.slice(before).filter(({ to }) => to === "equipe@example.org").length, 1);
  const { code, output } = await trame.command("check");
  assert.equal(code, 0, output);
});
