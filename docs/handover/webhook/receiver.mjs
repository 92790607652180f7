// Made by `reconciler handover webhook` of ExportContract/customers_wide_v1 in sandbox, digest d65839e50ca39432. Change the contract, not this file.
//
// Receives signed messages of `reconciler watch --deliver`, each once. Node.js 18 or later; verify.mjs lies beside it.
//
//   WEBHOOK_SECRET=whsec_… node receiver.mjs 8080
//
// WEBHOOK_SECRET is the secret of the sender, WEBHOOK_SECRET_BEFORE the one before while both are in use, SEEN_FOLDER
// the folder that keeps which messages came (default: seen). Put TLS before it, and write what is to happen in `handle`.

import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { verify } from "./verify.mjs";

const SUBJECTS = ["cluedin.stream:customers_wide_v1","cluedin.export_target:Azure DataLake Connector/customers_wide_v1"]; // what messages have to be about; empty for all
const LARGEST = 1_000_000;
const KEPT = 7 * 86400;
const CLAIMED = 60; // seconds that a message may be in hand before another try may have it

// What a message means here. A message whose handling fails comes again.
async function handle(message) {
  console.log(message.type, message.data.subject, message.id);
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

async function statusOf(request, secrets, seen) {
  if (request.method === "HEAD" || request.method === "GET") return 200;
  if (request.method !== "POST") return 405;
  const raw = await bodyOf(request);
  if (raw === null) return 413;
  const { state, id, status } = verify(request.headers, raw, secrets, { seen });
  if (state !== "valid") return state === "duplicate" ? 208 : status; // 208: it came before; nothing to try again
  try {
    const message = JSON.parse(raw.toString("utf8"));
    if (SUBJECTS.length === 0 || SUBJECTS.includes(message.data.subject)) await handle(message);
  } catch (error) {
    seen.release(id);
    console.error(`${id} was not handled:`, error.message);
    return 500;
  }
  seen.confirm(id);
  return 200;
}

// Ends with one sentence where it cannot serve.
function stop(why) {
  console.error(why);
  process.exit(1);
}

function seenIn(folder) {
  try {
    return new Seen(folder);
  } catch (error) {
    return stop(`SEEN_FOLDER ${folder}: ${error.message}`);
  }
}

if (!process.env.WEBHOOK_SECRET) stop("WEBHOOK_SECRET is not set");
const secrets = [process.env.WEBHOOK_SECRET, process.env.WEBHOOK_SECRET_BEFORE].filter(Boolean);
const port = process.argv[2] ?? "8080";
if (!/^[0-9]{1,5}$/.test(port) || Number(port) > 65535) stop(`${port} is no port`);
const seen = seenIn(process.env.SEEN_FOLDER ?? "seen");
createServer(async (request, response) => {
  response.statusCode = await statusOf(request, secrets, seen).catch(() => 500);
  response.end();
})
  .on("error", (error) => stop(`port ${port}: ${error.message}`))
  .listen(Number(port), "127.0.0.1");
