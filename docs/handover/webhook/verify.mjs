// Made by `reconciler handover webhook` of this project in sandbox, digest f150cceb996f0c2f. Change the contract, not this file.
// Verifies messages of `reconciler watch --deliver` and keeps replays out. Node.js 18 or later, no packages.
//
// Call `verify` with the bytes of the body as they came, before anything parses them. Where it says "valid", handle
// the message and call `seen.confirm(id)`, or `seen.release(id)` where that failed, so that the next attempt counts.
// Answer `status` and nothing else.
import crypto from "node:crypto";

const TOLERANCE = 300; // seconds that clocks and the way may make
const STATUS = { valid: 200, duplicate: 200, incomplete: 400, stale: 401, invalid: 401 };

const keyOf = (secret) =>
  secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret, "utf8");

const same = (wanted, given) => wanted.length === given.length && crypto.timingSafeEqual(wanted, given);

const signatures = (text) =>
  text
    .split(" ")
    .filter((one) => one.startsWith("v1,"))
    .map((one) => Buffer.from(one.slice(3), "base64"));

/** `headers` by name in any case, `raw` a Buffer, `secrets` a list: the one that counts, and the one before it. */
export function verify(headers, raw, secrets, { now = Date.now() / 1000, tolerance = TOLERANCE, seen }) {
  const told = (state, id = "") => ({ state, id, status: STATUS[state] });
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
  const [id, timestamp, signed] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    (given[name] ?? "").trim(),
  );
  if (!id || !signed || !/^[0-9]{1,12}$/.test(timestamp)) return told("incomplete");
  if (Math.abs(now - Number(timestamp)) > tolerance) return told("stale", id);
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), Buffer.from(raw)]);
  const wanted = secrets.map((one) => crypto.createHmac("sha256", keyOf(one)).update(content).digest());
  if (!signatures(signed).some((one) => wanted.some((other) => same(other, one)))) return told("invalid", id);
  return told(seen.claim(id, now) ? "valid" : "duplicate", id);
}

/** Ids that came, for one process; several need a table with a unique key that does the same. */
export class SeenInMemory {
  #known = new Map();

  claim(id, now) {
    for (const [one, held] of this.#known) if (now - held.at >= 7 * 86400) this.#known.delete(one);
    const held = this.#known.get(id);
    if (held && (held.done || now - held.at < 60)) return false;
    this.#known.set(id, { at: now, done: false });
    return true;
  }

  confirm(id) {
    const held = this.#known.get(id);
    if (held) held.done = true;
  }

  release(id) {
    if (this.#known.get(id)?.done === false) this.#known.delete(id);
  }
}
