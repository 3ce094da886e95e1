// The workbench without any server behind it: static files, extensions in the web worker extension host, and a
// folder in memory. What vscode.dev is, with our extension built in.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { once } from "node:events";
import path from "node:path";
import { projectRoot } from "../../../.ci/setup/places.mjs";
import { openBrowser } from "./browser.mjs";
import { installVsCode } from "./install.mjs";
import { portOf } from "./port.mjs";

const MEMORY = path.join(import.meta.dirname, "memory-files");
const TYPES = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".html": "text/html",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

/** Quiet, and nothing that looks for a network. */
const SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "telemetry.telemetryLevel": "off",
  "chat.disableAIFeatures": true,
  "extensions.ignoreRecommendations": true,
  "editor.minimap.enabled": false,
};

/**
 * @param {Record<string, string>} files text by absolute path below memory:/
 * @param {{width: number, height: number}} [viewport]
 */
export async function openWebEditor(files, viewport = { width: 1440, height: 900 }) {
  const vscode = await installVsCode();
  const { server, requests } = await serveStatic(path.dirname(vscode.serverMain), files);
  const { browser, page } = await openBrowser(viewport);
  /** @type {string[]} */
  const log = [];
  page.on("console", (message) => log.push(message.text()));
  page.on("pageerror", (error) => log.push(String(error)));
  const close = async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  await page.goto(`http://127.0.0.1:${portOf(server)}/?folder=memory:/project`);
  return { page, log, requests, close };
}

/**
 * @param {string} out folder of the built workbench
 * @param {Record<string, string>} files
 */
async function serveStatic(out, files) {
  /** @type {string[]} */
  const requests = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    requests.push(pathname);
    answer(pathname).then(
      ({ type, body }) => response.writeHead(200, { "content-type": type }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  /** @param {string} pathname */
  async function answer(pathname) {
    if (pathname === "/") return { type: "text/html", body: html(portOf(server)) };
    if (pathname === "/memory-files/files.json")
      return { type: "application/json", body: JSON.stringify(files) };
    const [, room = "", ...rest] = pathname.split("/").map(decodeURIComponent);
    const extensions = path.join(out, "..", "extensions");
    const root = { out, extensions, finetune: projectRoot, "memory-files": MEMORY }[room];
    const file = path.join(root ?? "/nowhere", ...rest);
    const type = TYPES[/** @type {keyof typeof TYPES} */ (path.extname(file))] ?? "application/octet-stream";
    const body = await readFile(file);
    return { type, body: pathname.endsWith("/workbench/workbench.js") ? alone(body.toString("utf8")) : body };
  }
  return { server, requests };
}

/**
 * This build belongs to a server: it looks for it, and keeps settings there. Both as the workbench has it elsewhere.
 *
 * @param {string} workbench
 */
function alone(workbench) {
  const changes = [
    ["remoteAuthority:location.host", "remoteAuthority:undefined"],
    [".file(this.userDataPath).with({scheme:", '.file("/").with({scheme:"vscode-userdata",_:'],
  ];
  return changes.reduce((text, [before = "", after = ""]) => {
    if (!text.includes(before)) throw new Error(`The workbench of this version has no ${before}.`);
    return text.replace(before, after);
  }, workbench);
}

/** @param {number} port */
function html(port) {
  const extension = (/** @type {string} */ room) => ({
    scheme: "http",
    authority: `127.0.0.1:${port}`,
    path: `/${room}`,
  });
  const configuration = JSON.stringify({
    folderUri: { scheme: "memory", path: "/project" },
    additionalBuiltinExtensions: [extension("memory-files"), extension("finetune")],
    configurationDefaults: SETTINGS,
    isEnabledFileDownloads: true,
    isEnabledFileUploads: true,
    isEnabledCoderGettingStarted: false,
    enableWorkspaceTrust: false,
    productConfiguration: { nameShort: "Web", nameLong: "Web", extensionsGallery: undefined },
    developmentOptions: { enableSmokeTestDriver: false },
  });
  return `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta id="vscode-workbench-web-configuration" data-settings="${configuration.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}">
<link rel="stylesheet" href="/out/vs/code/browser/workbench/workbench.css">
</head>
<body aria-label=""></body>
<script>globalThis._VSCODE_FILE_ROOT = location.origin + "/out/";</script>
<script type="module" src="/out/nls.messages.js"></script>
<script type="module" src="/out/vs/code/browser/workbench/workbench.js"></script>
</html>`;
}
