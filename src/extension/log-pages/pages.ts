import {
  EventEmitter,
  l10n,
  window,
  workspace,
  type Disposable,
  type TextDocumentContentProvider,
  type Uri,
} from "vscode";
import { stat } from "node:fs/promises";
import { plainLine } from "../../core/run/plain-line.ts";
import { mayRead } from "../../launch/confinement.ts";
import { readLogWindow, type LogWindow } from "../../launch/log-window.ts";
import { DisposableStore } from "../dispose.ts";
import { confinement } from "../trust.ts";
import { LOG_SCHEME, logAddress } from "./address.ts";

/** A log that grows is shown anew so often, while somebody looks. */
const LOOK_EVERY_MS = 1500;

/**
 * Logs of runs as documents that can be read and not edited: without colours, so that they can be folded,
 * searched and copied. Of a very large one a part, with a line that says where the rest is.
 */
export class LogPages implements TextDocumentContentProvider, Disposable {
  readonly #changed = new EventEmitter<Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables = new DisposableStore();
  /** Size of a log when it was last shown. */
  readonly #sizes = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor() {
    this.#disposables.add(workspace.registerTextDocumentContentProvider(LOG_SCHEME, this));
    this.#disposables.add(window.onDidChangeVisibleTextEditors(() => this.#again()));
    this.#disposables.add(
      workspace.onDidCloseTextDocument(({ uri }) => void this.#sizes.delete(uri.toString())),
    );
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const address = logAddress(uri);
    if (address === null) return l10n.t("This is not the log of a run.");
    if (!(await mayRead(address.file, confinement()))) return l10n.t("This log cannot be read here.");
    this.#sizes.set(uri.toString(), await sizeOf(address.file));
    const shown = await readLogWindow(address.file, address.line);
    this.#again();
    return [
      ...heading(shown, address.file),
      ...shown.lines.map(plainLine),
      ...ending(shown, address.file),
    ].join("\n");
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#disposables.dispose();
    this.#changed.dispose();
  }

  /** Only while a log is visible: nobody pays for one that was closed. */
  #again(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = visibleLogs().length === 0 ? null : setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }

  async #look(): Promise<void> {
    for (const uri of visibleLogs()) {
      const address = logAddress(uri);
      if (address === null) continue;
      const size = await sizeOf(address.file);
      if (size !== this.#sizes.get(uri.toString())) this.#changed.fire(uri);
    }
    this.#again();
  }
}

const visibleLogs = (): Uri[] =>
  window.visibleTextEditors.map(({ document }) => document.uri).filter(({ scheme }) => scheme === LOG_SCHEME);

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0, // A log that is gone has nothing to show.
  );
}

/** Lines of the document before the first of the file's. */
export const headingLines = ({ before }: LogWindow): number => (before === 0 ? 0 : 1);

const heading = ({ before }: LogWindow, file: string): string[] =>
  before === 0 ? [] : [l10n.t("… {0} earlier lines are in {1}", before.toLocaleString("en"), file)];

const ending = ({ after }: LogWindow, file: string): string[] =>
  after === 0 ? [] : [l10n.t("… what comes after this is in {0}", file)];
