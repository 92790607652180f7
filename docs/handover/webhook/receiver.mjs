// Made by `reconciler handover webhook` of ExportContract/customers_wide_v1 in sandbox, digest 6ad6eba0e9fb48e3. Change the contract, not this file.
//
// Receives signed messages about exports of CluedIn, each once. Needs Node.js 18 or later and nothing else.
//
//   RECEIVER_SECRET=whsec_… node receiver.mjs 8080
//
// RECEIVER_SECRET is the secret of the sender, RECEIVER_SECRET_PREVIOUS the one before while both are in use,
// RECEIVER_SEEN the folder that keeps which messages came (default: seen). Put TLS before it, and write what is to
// happen in `handle`.

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { mkdirSync, openSync, closeSync, readdirSync, renameSync, rmSync, statSync, existsSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const SUBJECTS = ["cluedin.stream:customers_wide_v1","cluedin.export_target:Azure DataLake Connector/customers_wide_v1"];
const TOLERANCE = 300; // seconds between the clocks of sender and receiver, and on the way
const LARGEST = 1_000_000;
const KEPT = 7 * 86400;
const CLAIMED = 60; // seconds that a message may be in hand before another try may have it

// What a message means here. A message whose handling fails comes again.
async function handle(event) {
  console.log(event.type, event.data.subject, event.id);
}

// What follows `whsec_` is base64, any other text is its UTF-8.
function keyOf(secret) {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret, "utf8");
  if (key.length < 8) throw new Error("RECEIVER_SECRET is too short to be one");
  return key;
}

// Bytes of base64 that is written as it has to be; null for any other text.
function bytesOf(text) {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

// 200 for a message of ours; else what to answer. Judged by the bytes as they came, before anything parses them.
function verified(id, moment, signatures, raw, keys, now) {
  if (!id || !signatures || !/^[0-9]{1,12}$/.test(moment)) return 400;
  if (Math.abs(now - Number(moment)) > TOLERANCE) return 401;
  const wanted = keys.map((key) => createHmac("sha256", key).update(`${id}.${Number(moment)}.`).update(raw).digest());
  for (const one of signatures.split(" ")) {
    const given = one.startsWith("v1,") ? bytesOf(one.slice(3)) : null;
    if (given && wanted.some((own) => own.length === given.length && timingSafeEqual(own, given))) return 200;
  }
  return 401;
}

// Which messages came: a file for each, made when it comes and renamed once it is handled.
class Seen {
  constructor(folder) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }
  path(id, end) {
    return join(this.folder, createHash("sha256").update(id).digest("hex") + end);
  }
  claim(id) {
    this.forget();
    if (existsSync(this.path(id, ".done"))) return false;
    const held = this.path(id, ".held");
    if (existsSync(held) && Date.now() - statSync(held).mtimeMs > CLAIMED * 1000) rmSync(held, { force: true });
    try {
      closeSync(openSync(held, "wx")); // one of several at the same moment gets it
      return true;
    } catch (error) {
      if (error.code === "EEXIST") return false;
      throw error;
    }
  }
  confirm(id) {
    renameSync(this.path(id, ".held"), this.path(id, ".done"));
  }
  release(id) {
    rmSync(this.path(id, ".held"), { force: true });
  }
  forget() {
    if (Date.now() - (this.looked ?? 0) < 3600_000) return;
    this.looked = Date.now();
    for (const name of readdirSync(this.folder)) {
      const path = join(this.folder, name);
      if (/^[0-9a-f]{64}\.(done|held)$/.test(name) && Date.now() - statSync(path).mtimeMs > KEPT * 1000) rmSync(path);
    }
  }
}

async function bodyOf(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LARGEST) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function statusOf(request, keys, seen) {
  if (request.method === "HEAD" || request.method === "GET") return 200;
  if (request.method !== "POST") return 405;
  const raw = await bodyOf(request);
  if (raw === null) return 413;
  const [id, moment, signatures] = ["id", "timestamp", "signature"].map((name) => (request.headers[`webhook-${name}`] ?? "").trim());
  const status = verified(id, moment, signatures, raw, keys, Date.now() / 1000);
  if (status !== 200) return status;
  if (!seen.claim(id)) return 208; // it came before: nothing to do, and nothing to try again
  try {
    const event = JSON.parse(raw.toString("utf8"));
    if (SUBJECTS.includes(event.data.subject)) await handle(event);
  } catch (error) {
    seen.release(id);
    console.error(`${id} was not handled:`, error.message);
    return 500;
  }
  seen.confirm(id);
  return 200;
}

const keys = [process.env.RECEIVER_SECRET ?? "", process.env.RECEIVER_SECRET_PREVIOUS].filter((one) => one !== undefined && one !== "").map(keyOf);
if (keys.length === 0) throw new Error("RECEIVER_SECRET is not set");
const seen = new Seen(process.env.RECEIVER_SEEN ?? "seen");
createServer(async (request, response) => {
  response.statusCode = await statusOf(request, keys, seen).catch(() => 500);
  response.end();
}).listen(Number(process.argv[2] ?? 8080), "127.0.0.1");
