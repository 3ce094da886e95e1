// Modal's SDK is mostly generated code for calls that nobody makes. The bundle leaves out what cannot be reached:
// calls that neither the SDK nor we ask for, the JSON form of messages, and a loader of .proto files that gRPC has
// for its own debugging. What is left is the SDK as it is.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

const SDK = /[\\/]modal[\\/]dist[\\/]index\.js$/;
const DEFINITION = "var ModalClientDefinition = {";
const METHOD = /^ {4}(\w+): \{\n[\s\S]*?^ {4}\},?\n/gm;
const JSON_FORM =
  /^ {2}(?:fromJSON|toJSON)\(\w*\) \{\n[\s\S]*?^ {2}\},\n|^function fromJsonTimestamp\w*\(\w+\) \{\n[\s\S]*?^\}\n/gm;

/**
 * @param {string} root folder of the project
 * @returns {import("esbuild").Plugin}
 */
export const reachableModal = (root) => ({
  name: "reachable-modal",
  setup(plugin) {
    plugin.onLoad({ filter: SDK }, ({ path: file }) => ({
      contents: reachable(readFileSync(file, "utf8"), ourCode(root)),
      loader: "js",
    }));
    plugin.onResolve({ filter: /^@grpc\/proto-loader$/ }, () => ({ path: "none", namespace: "none" }));
    plugin.onLoad({ filter: /.*/, namespace: "none" }, () => ({ contents: "module.exports = {};" }));
  },
});

/**
 * Throws when the SDK is not laid out as it was: then this file has to be looked at again.
 *
 * @param {string} sdk
 * @param {string} ours all that may ask for calls itself
 */
export function reachable(sdk, ours) {
  const start = sdk.indexOf(DEFINITION);
  const end = sdk.indexOf("\n};\n", start);
  if (start === -1 || end === -1) throw new Error("The SDK no longer defines its calls in one object.");
  const others = sdk.slice(0, start) + sdk.slice(end) + ours;
  const asked = new Set([...others.matchAll(/\.(\w+)\b/g)].map(([, name]) => name));
  const definition = sdk.slice(start, end).replace(METHOD, (method, name) => (asked.has(name) ? method : ""));
  const left = (sdk.slice(0, start) + definition + sdk.slice(end)).replace(JSON_FORM, "");
  if (/\.(?:fromJSON|toJSON)\(/.test(left))
    throw new Error("The SDK uses the JSON form of its messages now.");
  return left;
}

/** @param {string} root */
function ourCode(root) {
  const folder = path.join(root, "src/launch/modal");
  return readdirSync(folder)
    .map((file) => readFileSync(path.join(folder, file), "utf8"))
    .join("\n");
}
