import { workspace, type Disposable } from "vscode";
import { hasEnded } from "../../core/run/status.ts";
import { keepsAll } from "../../launch/retention.ts";
import { detail } from "../log.ts";
import type { Services } from "../services.ts";
import { retention } from "../settings.ts";

/** Looks for what may go when the runs of this window were read and whenever one of them has ended. */
export function tidyAtTheEnd(services: Services): Disposable {
  const { store, log } = services;
  let working = false;
  let refused = false;
  const tidy = async (): Promise<void> => {
    if (working || refused || !workspace.isTrusted || keepsAll(retention())) return;
    working = true;
    try {
      const { tidyRuns } = await import("../on-demand.ts");
      // Whoever said no is not asked again in this window.
      refused = (await tidyRuns(services)) === null;
    } catch (error) {
      log.error(`Cleaning up: ${detail(error)}`);
    } finally {
      working = false;
    }
  };
  return store.onDidChange(({ changed }) => {
    if (changed.some(({ state }) => hasEnded(state))) void tidy();
  });
}
