// One cold start of the extension over a workspace with finished runs and an open config, in a process of its own:
//   node activate.cjs BUNDLE WORKSPACE RUNS
// prints {load, activate, listed, longest} in milliseconds: `listed` from the very begin until the tree has all
// rows, `longest` the longest time after `activate` in which the editor's thread of extensions did nothing else.
const Module = require("node:module");
const hooks = require("node:perf_hooks");
const stub = require("../unit/architecture/stub-vscode.cjs");

const [bundle, workspace, runs] = process.argv.slice(2);

class EventEmitter {
  #listeners = new Set();
  event = (/** @type {(value: unknown) => void} */ listener) => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };
  fire(/** @type {unknown} */ value) {
    for (const listener of this.#listeners) listener(value);
  }
  dispose() {
    this.#listeners.clear();
  }
}

/** @type {{ getChildren(): Promise<unknown[]>, onDidChangeTreeData: EventEmitter["event"] } | undefined} */
let tree;
stub.EventEmitter = EventEmitter;
stub.workspace = Object.assign(new stub.Context(), {
  isTrusted: true,
  workspaceFolders: [{ uri: { scheme: "file", fsPath: workspace } }],
  textDocuments: [{ languageId: "finetune" }],
});
stub.window = Object.assign(new stub.Context(), {
  createTreeView(/** @type {string} */ id, /** @type {{ treeDataProvider: any }} */ options) {
    if (id === "finetune.runs") tree = options.treeDataProvider;
    // The editor tells later which views it shows.
    return Object.assign(new stub.Context(), { visible: false });
  },
});

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
const extension = require(/** @type {string} */ (bundle));
const loaded = performance.now();
void Promise.resolve(extension.activate(context)).then(async () => {
  const active = performance.now();
  const delay = hooks.monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  if (tree === undefined) throw new Error("no view of runs was made");
  while ((await tree.getChildren()).length < Number(runs))
    await new Promise((resolve) => setTimeout(resolve, 1));
  const listed = performance.now() - begun;
  console.log(
    JSON.stringify({ load: loaded - begun, activate: active - loaded, listed, longest: delay.max / 1e6 }),
  );
  process.exit(0); // timers and watchers of an extension never end by themselves
});
