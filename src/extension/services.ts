import type { LogOutputChannel, Uri } from "vscode";
import type { Comparisons } from "./compare/comparisons.ts";
import type { JobStore } from "./jobs/store.ts";
import type { Panels } from "./panel/panels.ts";
import type { Machine } from "./machine.ts";
import type { TextPages } from "./text-pages.ts";

/** What commands work with; made once in `main.ts`. */
export interface Services {
  readonly extension: Uri;
  readonly log: LogOutputChannel;
  readonly store: JobStore;
  readonly panels: Panels;
  readonly comparisons: Comparisons;
  readonly machine: Machine;
  readonly pages: TextPages;
}
