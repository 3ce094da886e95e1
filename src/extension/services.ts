import type { EventEmitter, LogOutputChannel, Memento, Uri } from "vscode";
import type { Comparisons } from "./compare/comparisons.ts";
import type { KeptArrangement } from "./jobs/kept-arrangement.ts";
import type { JobStore } from "./jobs/store.ts";
import type { ModalAccount } from "./modal/account.ts";
import type { Panels } from "./panel/panels.ts";
import type { Machine } from "./machine.ts";
import type { TextPages } from "./text-pages.ts";
import type { Tokens } from "./tokens.ts";

/** What commands work with; made once in `main.ts`. */
export interface Services {
  readonly extension: Uri;
  readonly log: LogOutputChannel;
  /** Harmless answers that need not be given again; nothing of worth. */
  readonly flags: Memento;
  readonly store: JobStore;
  readonly panels: Panels;
  readonly comparisons: Comparisons;
  readonly machine: Machine;
  readonly pages: TextPages;
  readonly arrangement: KeptArrangement;
  readonly tokens: Tokens;
  readonly modal: ModalAccount;
  /** Fired when what lies on Modal may be another by now. */
  readonly renewed: EventEmitter<void>;
}
