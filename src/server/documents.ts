import type { TextDocumentContentChangeEvent } from "vscode-languageserver-protocol";
import { TextDocument } from "vscode-languageserver-textdocument";

export interface OpenDocument {
  readonly text: TextDocument;
  /** Where the last change ended, as an offset: where the cursor most likely stands. */
  readonly touched: number | null;
}

/** The open files, by URI. Incremental changes, because the last one tells where somebody is typing. */
export class Documents {
  readonly #open = new Map<string, OpenDocument>();

  open(uri: string, languageId: string, version: number, text: string): void {
    this.#open.set(uri, { text: TextDocument.create(uri, languageId, version, text), touched: null });
  }

  change(uri: string, version: number, changes: TextDocumentContentChangeEvent[]): void {
    const before = this.#open.get(uri);
    if (before === undefined) return;
    const text = TextDocument.update(before.text, changes, version);
    const last = changes.at(-1);
    const touched =
      last !== undefined && "range" in last ? text.offsetAt(last.range.start) + last.text.length : null;
    this.#open.set(uri, { text, touched });
  }

  close(uri: string): void {
    this.#open.delete(uri);
  }

  get(uri: string): OpenDocument | undefined {
    return this.#open.get(uri);
  }

  uris(): readonly string[] {
    return [...this.#open.keys()];
  }
}
