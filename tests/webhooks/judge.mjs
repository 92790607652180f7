// Reads messages as JSON lines and says of each what the published library, the file that is handed over, and the
// function of the integrator cookbook (its code comes along, where it is at hand) make of it.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [, , home, receiver] = process.argv;
const { Webhook } = createRequire(`${home}/package.json`)("standardwebhooks");
const { verify, SeenInMemory } = await import(pathToFileURL(receiver).href);
const require = createRequire(import.meta.url);

function published({ headers, body, secrets }) {
  return secrets.every((secret) => {
    const hook = secret.startsWith("whsec_") ? new Webhook(secret) : new Webhook(Buffer.from(secret), { format: "raw" });
    try {
      hook.verify(body, headers);
      return true;
    } catch {
      return false;
    }
  });
}

function cookbooks({ cookbook, headers, body, secrets }) {
  if (!cookbook) return null;
  const verifies = new Function("require", `${cookbook}; return verify;`)(require);
  try {
    return verifies(headers["x-signature"], Buffer.from(body), secrets[0]);
  } catch {
    return false;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  const seen = new SeenInMemory();
  const raw = Buffer.from(task.body);
  const judged = (now) => verify(task.headers, raw, task.secrets, { now, seen }).state;
  const first = judged(task.now);
  seen.confirm(task.headers["webhook-id"] ?? "");
  const told = { published: published(task), cookbooks: cookbooks(task), ours: [first, judged(task.now), judged(task.now + 301)] };
  console.log(JSON.stringify(told));
}
