// The workbench in headless Chromium.
import path from "node:path";
import { chromium } from "playwright-core";
import { findChromium } from "./chromium.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Opens an empty page.
 *
 * @param {{width: number, height: number}} viewport
 */
export async function openBrowser(viewport) {
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: FLAGS,
    // Playwright would end the browser and let our process live on; last-act.mjs ends both.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const page = await browser.newPage({ viewport, deviceScaleFactor: 1 });
  return { browser, page };
}

/**
 * The address of the workbench with a folder open and an extension under development or test.
 *
 * @param {{port: number, workspace: string, tests?: string | undefined, develop: string}} options absolute paths;
 *   with `tests` it is a test session, in which the workbench shows no dialogs
 */
export function workbenchAddress({ port, workspace, tests, develop }) {
  /** @param {string} file */
  const remote = (file) => `vscode-remote://127.0.0.1:${port}${path.resolve(file)}`;
  const payload = [
    ["skipWelcome", "true"],
    ["extensionDevelopmentPath", remote(develop)],
    ...(tests === undefined ? [] : [["extensionTestsPath", remote(tests)]]),
  ];
  const query = new URLSearchParams({ folder: path.resolve(workspace), payload: JSON.stringify(payload) });
  return `http://127.0.0.1:${port}/?${query}`;
}
