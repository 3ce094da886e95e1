import { l10n, Uri, type Webview } from "vscode";
import { randomBytes } from "node:crypto";
import { PANEL_TEXT } from "../../core/panel-text.ts";

/** Folders of the extension that a panel may load from. */
export const panelResources = (extension: Uri): Uri[] => [
  Uri.joinPath(extension, "dist"),
  Uri.joinPath(extension, "media"),
];

export const panelIcon = (extension: Uri): { light: Uri; dark: Uri } => ({
  light: Uri.joinPath(extension, "media", "icons", "file-light.svg"),
  dark: Uri.joinPath(extension, "media", "icons", "file-dark.svg"),
});

/** Facts that the page itself carries, as `data-` attributes of its body. */
export type PageData = Readonly<Record<string, string>>;

/** A page of ours. It holds no data of a run: all of that comes as messages. */
export function pageOf(webview: Webview, extension: Uri, data: PageData): string {
  const nonce = randomBytes(16).toString("base64");
  const at = (...path: string[]): string => webview.asWebviewUri(Uri.joinPath(extension, ...path)).toString();
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join("; ");
  const attributes = Object.entries(data)
    .map(([name, value]) => ` data-${name}="${escape(value)}"`)
    .join("");
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <link rel="stylesheet" href="${at("dist", "webview.css")}">
    <link rel="stylesheet" href="${at("media", "panel.css")}">
    <title>${escape(l10n.t("Fine-tune run"))}</title>
  </head>
  <body${attributes}>
    <main id="panel"></main>
    <script type="application/json" id="texts" nonce="${nonce}">${texts()}</script>
    <script nonce="${nonce}" src="${at("dist", "webview.js")}"></script>
  </body>
</html>`;
}

/** "<" would end the script element that holds the texts. */
const texts = (): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(PANEL_TEXT).map(([key, text]) => [key, l10n.t(text)])),
  ).replaceAll("<", "\\u003c");

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
