// One cold start of the extension, in a process of its own: prints {load, activate} in milliseconds.
const Module = require("node:module");
const stub = require("../unit/architecture/stub-vscode.cjs");

const load = Reflect.get(Module, "_load");
Reflect.set(Module, "_load", (/** @type {string} */ name, /** @type {unknown[]} */ ...rest) =>
  name === "vscode" ? stub : load(name, ...rest),
);

const context = Object.assign(new stub.Context(), {
  subscriptions: [],
  extensionPath: process.cwd(),
  extensionUri: Object.assign(new stub.Uri(), { fsPath: process.cwd() }),
  asAbsolutePath: (/** @type {string} */ file) => require("node:path").resolve(file),
});

const begun = performance.now();
const extension = require(/** @type {string} */ (process.argv[2]));
const loaded = performance.now();
void Promise.resolve(extension.activate(context)).then(() => {
  console.log(JSON.stringify({ load: loaded - begun, activate: performance.now() - loaded }));
  process.exit(0); // timers and watchers of an extension never end by themselves
});
