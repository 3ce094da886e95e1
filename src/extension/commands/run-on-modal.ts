import { l10n, workspace } from "vscode";
import { applyEdits } from "../../core/config/edits.ts";
import { parse } from "../../core/config/parse.ts";
import { configFacts } from "../../launch/config-facts.ts";
import { loadConfig } from "../../launch/load-config.ts";
import { pickGpu } from "../modal/pick-gpu.ts";
import { requireCredentials } from "../modal/with-session.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { pickConfig } from "./pick-config.ts";
import { startConfig } from "./run.ts";
import { unsavedTexts } from "./unsaved-texts.ts";

/** Asks for a GPU with fit, time and cost, and starts the config there. The file stays as it is. */
export async function runOnModal(services: Services, argument: unknown): Promise<void> {
  requireTrust();
  const config = await pickConfig(argument);
  if (config === undefined) return;
  await requireCredentials(services);
  const unsaved = unsavedTexts();
  const loaded = await loadConfig(config.fsPath, { unsaved, target: "modal" });
  // A card that is too small is an error, and which one is not is what is asked here.
  const wanted = loaded.config ?? loaded.tentative;
  if (wanted === null)
    throw new Refusal(l10n.t("{0} has errors, so it cannot run.", workspace.asRelativePath(config)));
  const edits = await pickGpu(wanted, await configFacts(wanted));
  if (edits === undefined) return;
  const text = applyEdits(parse(loaded.texts[0].text), edits);
  await startConfig(services, config, { unsaved: new Map([...unsaved, [config.fsPath, text]]) });
}
