#!/usr/bin/env bash
# yaml-language-server 1.25.0: a schema that `yaml.schemas` gives to a file by its exact name is not used for that file
# when any folder above it starts with a dot. Nothing says so: the file shows no fault at all, as a right one does.
# A pattern with a star for the folders does not help; one that names the folder does. Needs Node.js 20 or later and npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --no-package-lock --ignore-scripts yaml-language-server@1.25.0 >/dev/null
echo '{"type": "object", "properties": {"size": {"type": "number"}}}' >schema.json

cat >finding.mjs <<'NODE'
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(path.join(process.cwd(), "package.json"));
const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = require("vscode-jsonrpc/node");

/** How many faults an editor shows in a file that has one. */
async function faults(pattern, file) {
  const server = path.resolve("node_modules/yaml-language-server/bin/yaml-language-server");
  const child = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
  const talk = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const schemas = { [pathToFileURL("schema.json").href]: [pattern] };
  const yaml = { schemas, validate: true, schemaStore: { enable: false, url: "" } };
  talk.onRequest("workspace/configuration", ({ items }) => items.map(({ section }) => (section === "yaml" ? yaml : {})));
  talk.onRequest("client/registerCapability", () => null);
  const found = new Promise((resolve) => talk.onNotification("textDocument/publishDiagnostics", resolve));
  talk.listen();
  const capabilities = { workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } } };
  await talk.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities });
  await talk.sendNotification("initialized", {});
  await talk.sendNotification("workspace/didChangeConfiguration", { settings: { yaml } });
  const textDocument = { uri: `file://${file}`, languageId: "yaml", version: 1, text: "size: large\n" };
  await talk.sendNotification("textDocument/didOpen", { textDocument });
  const { diagnostics } = await found;
  talk.dispose();
  child.kill();
  return diagnostics.length;
}

for (const [pattern, file] of [
  ["settings.yaml", "/project/config/settings.yaml"],
  ["settings.yaml", "/project/.config/settings.yaml"],
  ["settings.yaml", "/home/.work/project/config/settings.yaml"],
  ["**/settings.yaml", "/project/.config/settings.yaml"],
  [".config/settings.yaml", "/project/.config/settings.yaml"],
])
  console.log(`${pattern} for ${file}: ${await faults(pattern, file)}`);
NODE
node finding.mjs >seen

cat >expected <<'TEXT'
settings.yaml for /project/config/settings.yaml: 1
settings.yaml for /project/.config/settings.yaml: 0
settings.yaml for /home/.work/project/config/settings.yaml: 0
**/settings.yaml for /project/.config/settings.yaml: 0
.config/settings.yaml for /project/.config/settings.yaml: 1
TEXT
echo "yaml-language-server 1.25.0 shows of one fault:"
cat seen
diff expected seen && echo "As found."
