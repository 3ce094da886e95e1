// One real editor for a test: server, browser page and a line into the extension host.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { installVsCode } from "./install.mjs";
import { openBrowser, workbenchAddress } from "./browser.mjs";
import { listenForHost } from "./host.mjs";
import { startServer } from "./server.mjs";

/** Stands in where the extension is installed: test modules run only beside one under development. */
const EMPTY = path.join(import.meta.dirname, "empty-extension");
const AGENT = path.join(import.meta.dirname, "agent.cjs");

/** A gallery without an address is switched off: no look-ups over the network. */
const NO_GALLERY = JSON.stringify({
  serviceUrl: "",
  itemUrl: "",
  resourceUrlTemplate: "",
  extensionUrlTemplate: "",
});

/** Quiet, and the same everywhere. */
const SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "window.title": "${activeEditorShort}${separator}${rootName}",
  "workbench.tips.enabled": false,
  "telemetry.telemetryLevel": "off",
  "chat.disableAIFeatures": true,
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "window.commandCenter": false,
  "editor.minimap.enabled": false,
};

/** Nobody is there to say whether the folder is trusted. */
const UNASKED = {
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
};

/**
 * Opens the workbench and waits until the extension host answers.
 *
 * @param {object} options
 * @param {string} options.workspace folder to open
 * @param {string} [options.develop] folder of the extension under development
 * @param {string} [options.vsix] packaged extension to install instead
 * @param {Record<string, unknown>} [options.settings] settings of the machine
 * @param {NodeJS.ProcessEnv} [options.env] added to the environment of the extension host
 * @param {boolean} [options.trusted] false: the workspace opens in Restricted Mode
 * @param {{width: number, height: number}} [options.viewport]
 * @param {boolean} [options.dialogs] the workbench shows dialogs, which it refuses to in a test session; `develop` then
 *   has the agent inside (workspace.ts: copyWithAgent)
 */
export async function openEditor({
  workspace,
  develop,
  vsix,
  settings = {},
  env = {},
  trusted = true,
  viewport = { width: 1440, height: 900 },
  dialogs = false,
}) {
  // Without it nothing in the window ever calls back, and the wait for the host ends a minute later without a reason.
  if (dialogs && develop === undefined) throw new Error("dialogs need `develop`, made by copyWithAgent");
  const vscode = await installVsCode();
  const host = await listenForHost();
  const server = await startServer(vscode, {
    env: { ...process.env, EXTENSIONS_GALLERY: NO_GALLERY, ...env, FINETUNE_TEST_PORT: String(host.port) },
    settings: { ...SETTINGS, ...(trusted ? {} : UNASKED), ...settings },
    vsix,
    trusted,
  });
  const { browser, page } = await openBrowser(viewport);
  /** @type {string[]} */
  const log = [];
  const close = async () => {
    await browser.close();
    await server.stop();
    await host.close();
  };
  page.on("console", (message) => log.push(message.text()));
  page.on("pageerror", (error) => log.push(String(error)));
  await page.exposeFunction(
    "codeAutomationLog",
    (/** @type {string} */ type, /** @type {unknown[]} */ args) => log.push(`[${type}] ${args.join(" ")}`),
  );
  await page.exposeFunction("codeAutomationExit", (/** @type {number} */ code) => log.push(`[exit] ${code}`));
  try {
    const tests = dialogs ? undefined : AGENT;
    await page.goto(workbenchAddress({ port: server.port, workspace, tests, develop: develop ?? EMPTY }));
    await host.ready(START_LIMIT);
  } catch (error) {
    await close();
    throw new Error(`The editor did not start.\n${log.join("\n")}\n${server.output()}`, { cause: error });
  }

  return {
    page,
    /** Lines of the page's console, the extension host's among them. */
    log,
    server,
    /** Runs `(vscode, ...args) => …` in the extension host, see host.mjs. */
    host: host.call,
    hostPid: host.pid,

    /** SIGKILL, as the system does when memory is short. */
    killHost() {
      const pid = host.pid();
      if (pid === undefined) throw new Error("No extension host is connected.");
      process.kill(pid, "SIGKILL");
    },

    /** The command that a person gives: the workbench saves its state, then loads again. */
    async reloadWindow() {
      const loaded = page.waitForEvent("load", { timeout: START_LIMIT });
      // No answer comes from a host that the command ends.
      await host.call(({ commands }) => void commands.executeCommand("workbench.action.reloadWindow"));
      host.forget();
      await loaded;
      await host.ready(START_LIMIT);
    },

    /** A window reload; resolves when the new extension host answers. */
    async reload() {
      host.forget();
      await page.reload();
      await host.ready(START_LIMIT);
    },

    /** @param {string} file */
    async screenshot(file) {
      mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
      await page.screenshot({ path: file });
    },

    close,
  };
}

/** Milliseconds until an extension host must have called. */
const START_LIMIT = 60_000;
