import { commands, type Disposable } from "vscode";
import { COMMANDS } from "../contributions.ts";
import { DisposableStore } from "../dispose.ts";
import type { Services } from "../services.ts";

/** Every command exists from the start; what it does is loaded with the first one that is used. */
export function registerCommands(services: Services): Disposable {
  const disposables = new DisposableStore();
  for (const id of Object.values(COMMANDS)) {
    const work = async (...args: readonly unknown[]): Promise<void> => {
      const { perform } = await import("../on-demand.ts");
      await perform(services, id, args);
    };
    disposables.add(commands.registerCommand(id, work));
  }
  return disposables;
}
