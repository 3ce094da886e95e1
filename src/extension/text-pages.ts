import {
  EventEmitter,
  Uri,
  window,
  workspace,
  type Disposable,
  type TextDocumentContentProvider,
} from "vscode";

const SCHEME = "finetune-text";

/** Pages of ours that are read and not edited: reports of a data file, of the doctor. */
export class TextPages implements TextDocumentContentProvider, Disposable {
  readonly #pages = new Map<string, string>();
  readonly #changed = new EventEmitter<Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration: Disposable;

  constructor() {
    this.#registration = workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** Shown again under the same name, a page is renewed where it is open. */
  async show(name: string, text: string): Promise<void> {
    const uri = Uri.from({ scheme: SCHEME, path: `/${name}` });
    this.#pages.set(uri.path, text);
    this.#changed.fire(uri);
    await window.showTextDocument(uri, { preview: true });
  }

  /** Empty after a reload: what was measured then may be wrong now. */
  provideTextDocumentContent(uri: Uri): string {
    return this.#pages.get(uri.path) ?? "";
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
