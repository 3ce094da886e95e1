// A file system in memory for the web worker extension host; its files come with the address of this extension.
const vscode = require("vscode");

/** @param {import("vscode").ExtensionContext} context */
exports.activate = async (context) => {
  const answer = await fetch(vscode.Uri.joinPath(context.extensionUri, "files.json").toString(true));
  /** @type {Map<string, Uint8Array>} */
  const files = new Map();
  for (const [path, text] of Object.entries(await answer.json()))
    files.set(path, new TextEncoder().encode(text));
  const changed = new vscode.EventEmitter();
  const missing = (/** @type {import("vscode").Uri} */ uri) => vscode.FileSystemError.FileNotFound(uri);
  const isFolder = (/** @type {string} */ path) =>
    [...files.keys()].some((file) => file.startsWith(`${path.replace(/\/$/, "")}/`));
  const { File, Directory } = vscode.FileType;
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider("memory", {
      onDidChangeFile: changed.event,
      watch: () => new vscode.Disposable(() => {}),
      stat(uri) {
        const bytes = files.get(uri.path);
        if (bytes !== undefined) return { type: File, ctime: 1, mtime: 1, size: bytes.length };
        if (isFolder(uri.path)) return { type: Directory, ctime: 1, mtime: 1, size: 0 };
        throw missing(uri);
      },
      readDirectory(uri) {
        const start = `${uri.path.replace(/\/$/, "")}/`;
        return [...files.keys()]
          .filter((file) => file.startsWith(start))
          .map((file) => file.slice(start.length))
          .map((name) => {
            const [first = "", ...below] = name.split("/");
            return [first, below.length > 0 ? Directory : File];
          });
      },
      readFile(uri) {
        const bytes = files.get(uri.path);
        if (bytes === undefined) throw missing(uri);
        return bytes;
      },
      writeFile(uri, bytes) {
        files.set(uri.path, bytes);
        changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
      },
      createDirectory() {},
      delete(uri) {
        files.delete(uri.path);
        changed.fire([{ type: vscode.FileChangeType.Deleted, uri }]);
      },
      rename(from, to) {
        const bytes = files.get(from.path);
        if (bytes === undefined) throw missing(from);
        files.delete(from.path);
        files.set(to.path, bytes);
        changed.fire([
          { type: vscode.FileChangeType.Deleted, uri: from },
          { type: vscode.FileChangeType.Created, uri: to },
        ]);
      },
    }),
  );
};
