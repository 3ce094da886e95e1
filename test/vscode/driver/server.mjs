// The VS Code server of one editor: own data folder, own port, own process group.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "../../../.ci/setup/run.mjs";
import { lastAct } from "./last-act.mjs";
import { freePort } from "./port.mjs";

/**
 * @typedef {object} Server
 * @property {number} port
 * @property {string} data its data folder; settings, installed extensions and logs lie there
 * @property {() => string} output what it printed so far
 * @property {() => Promise<void>} stop ends it with all its children and removes its data folder
 */

/**
 * Starts a server and waits until it answers.
 *
 * @param {{node: string, serverMain: string}} vscode
 * @param {{env: NodeJS.ProcessEnv, settings: Record<string, unknown>, vsix?: string | undefined, trusted?: boolean}} options
 *   not `trusted`: the workspace opens in Restricted Mode
 * @returns {Promise<Server>}
 */
export async function startServer(vscode, { env, settings, vsix, trusted = true }) {
  const data = mkdtempSync(path.join(tmpdir(), "finetune-editor-"));
  const port = await freePort();
  writeSettings(data, settings);
  const common = ["--accept-server-license-terms", "--server-data-dir", data, "--telemetry-level", "off"];
  if (vsix !== undefined)
    await run(vscode.node, [vscode.serverMain, ...common, "--install-extension", vsix, "--force"], { env });

  const child = spawn(
    vscode.node,
    [
      vscode.serverMain,
      ...common,
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--without-connection-token",
      // Without this flag the web workbench ignores the extension-development options of its address.
      "--enable-smoke-test-driver",
      "--disable-telemetry",
      ...(trusted ? ["--disable-workspace-trust"] : []),
    ],
    { env, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  const ended = new Promise((resolve) => child.once("close", resolve));

  const server = {
    port,
    data,
    output: () => output,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) killGroup(child.pid);
      await ended;
      rmSync(data, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  lastAct(() => {
    killGroup(child.pid);
    rmSync(data, { recursive: true, force: true });
  });
  try {
    await answers(port, child, () => output);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/**
 * @param {number} port
 * @param {import("node:child_process").ChildProcess} child
 * @param {() => string} output
 */
async function answers(port, child, output) {
  const patience = Date.now() + 60_000;
  while (Date.now() < patience) {
    if (child.exitCode !== null) break;
    const response = await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
    if (response?.ok) return;
    await delay(100);
  }
  throw new Error(`The VS Code server did not answer on port ${port}:\n${output()}`);
}

/** @param {number | undefined} pid of the leader */
function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

/**
 * Settings of the machine: the only ones that the web workbench reads from the server's disk.
 *
 * @param {string} data
 * @param {Record<string, unknown>} settings
 */
function writeSettings(data, settings) {
  const folder = path.join(data, "data", "Machine");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "settings.json"), JSON.stringify(settings, null, 2));
}
