import { window } from "vscode";
import { isCannot } from "../../core/estimate/cannot.ts";
import { cardTable, type CardRow } from "../../core/estimate/card-table.ts";
import { MODAL_PRICES } from "../../core/estimate/prices.ts";
import { configFacts } from "../../launch/config-facts.ts";
import { loadConfig } from "../../launch/load-config.ts";
import { RUNS_VOLUME } from "../../launch/modal/names.ts";
import { unsavedTexts } from "../commands/unsaved-texts.ts";
import { LANGUAGE } from "../contributions.ts";
import { sayer } from "../say.ts";
import type { Services } from "../services.ts";
import type { TargetRow } from "../targets/items.ts";
import { gpuRows, volumeRows } from "../targets/modal-items.ts";
import { withModal } from "./with-session.ts";

/** Modal's cards with the workspace's own prices where Modal tells them, and the fit of the config that is open. */
export async function modalGpuRows(services: Services): Promise<TargetRow[]> {
  const live = await withModal(services, async (session) => {
    services.modal.confirmed((await session.check()).workspace);
    return session.rates();
  });
  return gpuRows(live ?? MODAL_PRICES, await rowsOfOpenConfig(), sayer);
}

async function rowsOfOpenConfig(): Promise<readonly CardRow[]> {
  const open = window.visibleTextEditors.find(
    ({ document }) => document.languageId === LANGUAGE && document.uri.scheme === "file",
  );
  if (open === undefined) return [];
  const loaded = await loadConfig(open.document.uri.fsPath, { unsaved: unsavedTexts(), target: "modal" });
  const wanted = loaded.config ?? loaded.tentative;
  const table = wanted && cardTable(wanted, await configFacts(wanted));
  return table === null || isCannot(table) ? [] : table.rows;
}

export const modalVolumeRows = (services: Services): Promise<TargetRow[]> =>
  withModal(services, async (session) => volumeRows(await session.list(RUNS_VOLUME, "", true), sayer));
