// Parses pictures with mermaid itself: node mermaid_check.mjs FOLDER_OF_NODE_MODULES < texts as a JSON list.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const require = createRequire(path.join(process.argv[2], "package.json"));
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;

const home = path.join(process.argv[2], "node_modules", "mermaid", "dist", "mermaid.core.mjs");
const { default: mermaid } = await import(pathToFileURL(home).href);
mermaid.initialize({ startOnLoad: false });

let given = "";
for await (const part of process.stdin) given += part;
const found = [];
for (const text of JSON.parse(given)) {
  try {
    await mermaid.parse(text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const nodes = Object.fromEntries([...db.getVertices()].map(([id, node]) => [id, node.text]));
    found.push({ nodes, edges: db.getEdges().map((edge) => [edge.start, edge.end]), groups: db.getSubGraphs().map((one) => one.title) });
  } catch (error) {
    found.push({ error: String(error.message ?? error) });
  }
}
process.stdout.write(JSON.stringify(found));
