// Node tools judge schemas, each loaded by itself: node schema_tools.mjs ajv|editor FOLDER_OF_NODE_MODULES < tasks
// A task is {schema: path, right: [[name, text]], wrong: [[name, text]]}; the answer says what each tool finds.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [, , tool, home] = process.argv;
const require = createRequire(path.join(home, "package.json"));

let given = "";
for await (const part of process.stdin) given += part;
const tasks = JSON.parse(given);
const judge = { ajv, editor }[tool];
process.stdout.write(JSON.stringify(await judge()));

/** Ajv in strict mode: what stops it, what it warns of, and what it says to the documents, which are JSON. */
async function ajv() {
  const Ajv = require("ajv/dist/2020.js").default;
  return tasks.map(({ schema, right, wrong }) => {
    const said = [];
    const say = (...words) => said.push(words.join(" "));
    const one = new Ajv({ strict: true, allErrors: true, logger: { log: say, warn: say, error: say } });
    let check;
    try {
      check = one.compile(JSON.parse(readFileSync(schema)));
    } catch (error) {
      return { loading: [String(error.message)], right: [], wrong: [] };
    }
    const errors = ([, text]) => (check(JSON.parse(text)) ? [] : check.errors.map((each) => each.message));
    return { loading: said, right: right.map(errors), wrong: wrong.map(errors) };
  });
}

/** The YAML language server, as an editor starts it: what it marks in each document. */
async function editor() {
  const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = require("vscode-jsonrpc/node");
  const server = path.join(home, "node_modules", "yaml-language-server", "bin", "yaml-language-server");
  const child = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const schemas = {};
  for (const { schema, right, wrong } of tasks)
    schemas[pathToFileURL(schema).href] = [...right, ...wrong].map(([name]) => name);
  const yaml = { schemas, validate: true, schemaStore: { enable: false, url: "" } };
  connection.onRequest("workspace/configuration", ({ items }) => items.map(({ section }) => (section === "yaml" ? yaml : {})));
  connection.onRequest("client/registerCapability", () => null);
  const waiting = new Map();
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => waiting.get(uri)?.(diagnostics));
  connection.listen();
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } } },
  });
  await connection.sendNotification("initialized", {});
  await connection.sendNotification("workspace/didChangeConfiguration", { settings: { yaml } });

  async function marked([name, text]) {
    const uri = `file:///project/${name}`;
    const found = new Promise((resolve) => waiting.set(uri, resolve));
    const textDocument = { uri, languageId: "yaml", version: 1, text };
    await connection.sendNotification("textDocument/didOpen", { textDocument });
    return (await found).map((each) => each.message);
  }

  const found = [];
  for (const { right, wrong } of tasks) {
    const each = { loading: [], right: [], wrong: [] };
    for (const document of right) each.right.push(await marked(document));
    for (const document of wrong) each.wrong.push(await marked(document));
    found.push(each);
  }
  connection.dispose();
  child.kill();
  return found;
}
