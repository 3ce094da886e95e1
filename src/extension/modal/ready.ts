import type { Uri } from "vscode";
import { isCannot } from "../../core/estimate/cannot.ts";
import { runEstimate } from "../../core/estimate/run-estimate.ts";
import type { Facts } from "../../core/facts.ts";
import { planChain } from "../../core/run/budget.ts";
import { departureOf } from "../../core/run/departure.ts";
import { withRoom } from "../../core/run/roomy-timeout.ts";
import { modalSettings } from "../../core/run/modal-settings.ts";
import type { ResolvedConfig } from "../../core/run/plan.ts";
import { configFacts } from "../../launch/config-facts.ts";
import { loadConfig, type Unsaved } from "../../launch/load-config.ts";
import { secretsFor, type ModalSite } from "../../launch/modal/site.ts";
import { rootOf } from "../../launch/roots.ts";
import type { Services } from "../services.ts";
import { runsRoot } from "../settings.ts";
import { confirmDeparture } from "./confirm.ts";
import { signedInSite } from "./site.ts";

interface Rented {
  readonly config: ResolvedConfig;
  /** That it is expected to take; null: not known. */
  readonly seconds: number | null;
}

/** The config as its text stands, when that sends it to Modal; null: it stays here, or has errors to be told first. */
export async function configForModal(config: Uri, unsaved: Unsaved, facts: Facts): Promise<Rented | null> {
  const { config: resolved, timeoutIsWritten } = await loadConfig(config.fsPath, { unsaved, facts });
  if (resolved?.compute.target !== "modal") return null;
  const found = runEstimate(resolved, { facts: { ...facts, ...(await configFacts(resolved)) } });
  const seconds = isCannot(found) ? null : found.seconds;
  return { config: withRoom(resolved, seconds, timeoutIsWritten), seconds };
}

/** Asks what has to be asked before a run on Modal; null when the person thinks better of it. */
export async function readyForModal(
  services: Services,
  config: Uri,
  { config: resolved, seconds }: Rented,
): Promise<ModalSite | null> {
  const site = await signedInSite(services);
  const settings = modalSettings(resolved);
  const root = await rootOf(config.fsPath, runsRoot(config));
  const agreed = await confirmDeparture(services.flags, {
    config: config.fsPath,
    name: resolved.name,
    departure: departureOf(resolved, root, Object.keys(secretsFor(resolved, site.env))),
    settings,
    chain: planChain(seconds, settings.timeoutS).text,
  });
  if (agreed) await services.modal.markUsed();
  return agreed ? site : null;
}
