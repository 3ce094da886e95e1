import { l10n, window, workspace, type QuickPickItem } from "vscode";
import { availableParallelism, totalmem } from "node:os";
import { isCannot } from "../../core/estimate/cannot.ts";
import { cardTable, type CardRow, type CardTable } from "../../core/estimate/card-table.ts";
import { readCorrections } from "../../launch/corrections.ts";
import { configFacts } from "../../launch/config-facts.ts";
import { loadConfig } from "../../launch/load-config.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { editConfig } from "./edit-config.ts";
import { pickConfig } from "./pick-config.ts";
import { unsavedTexts } from "./unsaved-texts.ts";

/** Every card a config could run on, with memory, time and cost; choosing one makes the config run there. */
export async function showEstimate({ machine }: Services, argument: unknown): Promise<void> {
  requireTrust();
  const config = await pickConfig(argument);
  if (config === undefined) return;
  const facts = {
    ...(await machine.facts()),
    cpu: { cores: availableParallelism(), memory: totalmem(), bf16: false },
    corrections: await readCorrections(machine.data),
  };
  const loaded = await loadConfig(config.fsPath, { unsaved: unsavedTexts(), facts });
  const name = workspace.asRelativePath(config);
  // A config that does not fit has an error; which card it would fit is just what is asked.
  const wanted = loaded.config ?? loaded.tentative;
  if (wanted === null) throw new Refusal(l10n.t("{0} has errors, so there is no estimate.", name));
  const table = cardTable(wanted, { ...facts, ...(await configFacts(wanted)) });
  if (isCannot(table)) throw new Refusal(l10n.t("{0} cannot be estimated: {1}", name, table.cannot));
  const chosen = await window.showQuickPick(items(table), {
    title: table.title,
    placeHolder: table.notes[0] ?? "",
    matchOnDetail: true,
  });
  if (chosen !== undefined && chosen.row.edits.length > 0) await editConfig(config, chosen.row.edits);
}

const items = ({ rows }: CardTable): (QuickPickItem & { readonly row: CardRow })[] =>
  rows.map((row) => ({
    label: `$(${iconOf(row)}) ${row.name}`,
    description: row.fit,
    detail: [row.memory, row.time, row.cost].filter((part) => part !== "").join(" · "),
    picked: row.chosen,
    row,
  }));

function iconOf({ chosen, verdict }: CardRow): string {
  if (chosen) return "target";
  return verdict === "does-not-fit" ? "circle-slash" : verdict === "tight" ? "warning" : "check";
}
