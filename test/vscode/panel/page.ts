/** The panel's page in a real browser without an editor: same script, same style, same policy, any theme. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { chromium, type Browser, type Page } from "playwright-core";
import { projectRoot } from "../../../.ci/setup/places.mjs";
import type { ToComparison } from "../../../src/core/compare.ts";
import type { FromPanel, ToPanel } from "../../../src/core/panel.ts";
import { findChromium } from "../driver/chromium.mjs";
import themes from "./themes.json" with { type: "json" };

export type Theme = keyof typeof themes;
export const THEMES: readonly Theme[] = ["dark", "light", "hc", "hcl"];

const ORIGIN = "http://panel.test";
const NONCE = "bm9uY2U=";

export interface Pages {
  open(options?: {
    theme?: Theme;
    width?: number;
    height?: number;
    /** Device pixels of a CSS pixel. */
    scale?: number;
    page?: "run" | "compare";
  }): Promise<Panel>;
  close(): Promise<void>;
}

export interface Panel {
  readonly page: Page;
  /** Violations of the content policy and errors of scripts, as they come. */
  readonly trouble: string[];
  /** Without waiting for what the page does with it. */
  post(message: ToPanel | ToComparison): Promise<void>;
  send(...messages: readonly (ToPanel | ToComparison)[]): Promise<void>;
  /** What the page said so far. */
  said(): Promise<FromPanel[]>;
}

export async function openPages(): Promise<Pages> {
  const built = await build({
    entryPoints: [join(projectRoot, "src/webview/main.ts")],
    bundle: true,
    format: "iife",
    target: "es2022",
    absWorkingDir: projectRoot,
    outdir: "out",
    write: false,
  });
  const file = (ending: string): string =>
    built.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  const files: Readonly<Record<string, readonly [string, string]>> = {
    "/main.js": ["text/javascript", file(".js")],
    "/main.css": ["text/css", file(".css")],
    "/panel.css": ["text/css", readFileSync(join(projectRoot, "media/panel.css"), "utf8")],
  };
  const browser: Browser = await chromium.launch({
    executablePath: await findChromium(),
    args: ["--no-sandbox"],
  });
  return {
    close: () => browser.close(),
    async open({ theme = "dark", width = 1000, height = 900, scale = 1, page: kind = "run" } = {}) {
      const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
      const trouble: string[] = [];
      page.on("pageerror", (error) => trouble.push(String(error)));
      page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
      await page.route(`${ORIGIN}/**`, (route) => {
        const found = files[new URL(route.request().url()).pathname];
        return found === undefined
          ? route.fulfill({ contentType: "text/html", body: document(theme, kind) })
          : route.fulfill({ contentType: found[0], body: found[1] });
      });
      await page.addInitScript(editorApi);
      await page.goto(`${ORIGIN}/`);
      return {
        page,
        trouble,
        post: (message) => post(page, message),
        async send(...messages) {
          for (const message of messages) await post(page, message);
          // A message is shown one frame later; charts measure themselves in the next.
          await page.evaluate(() => new Promise((done) => setTimeout(done, 120)));
        },
        said: () => page.evaluate(() => (window as unknown as { said: FromPanel[] }).said), // `editorApi` makes it
      };
    },
  };
}

/** Typed arrays do not survive Playwright's JSON: they go as lists and become arrays in the page. */
async function post(page: Page, message: ToPanel | ToComparison): Promise<void> {
  const text = JSON.stringify(message, (_key, value: unknown) =>
    value instanceof Float64Array
      ? { floats: Array.from(value, (v) => (Number.isNaN(v) ? null : v)) }
      : value,
  );
  await page.evaluate((json) => {
    const revive = (_key: string, value: unknown): unknown =>
      typeof value === "object" && value !== null && "floats" in value && Array.isArray(value.floats)
        ? Float64Array.from(value.floats, (v: number | null) => v ?? Number.NaN)
        : value;
    window.postMessage(JSON.parse(json, revive), "*");
  }, text);
}

function editorApi(): void {
  const said: unknown[] = [];
  Object.assign(window, {
    said,
    acquireVsCodeApi: () => ({
      postMessage: (message: unknown) => said.push(message),
      getState: () => undefined,
      setState: () => undefined,
    }),
  });
}

/** As `pageOf` writes it; the theme's variables are set by the editor with a script, so they are here too. */
function document(theme: Theme, page: string): string {
  const { classes, variables } = themes[theme];
  const policy = `default-src 'none'; style-src ${ORIGIN}; font-src ${ORIGIN}; script-src 'nonce-${NONCE}'`;
  const set = `for (const [name, value] of Object.entries(${JSON.stringify(variables)})) document.documentElement.style.setProperty(name, value);`;
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Run</title>
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <link rel="stylesheet" href="/main.css"><link rel="stylesheet" href="/panel.css"></head>
    <body class="${classes}" data-page="${page}" data-folder="/run" data-folders='["/a","/b"]'>
    <script nonce="${NONCE}">${set}</script>
    <main id="panel"></main><script nonce="${NONCE}" src="/main.js"></script></body></html>`;
}
