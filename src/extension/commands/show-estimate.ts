import { l10n, QuickPickItemKind, window, workspace, type QuickPickItem } from "vscode";
import { availableParallelism, totalmem } from "node:os";
import type { Edit } from "../../core/config/problem.ts";
import { isCannot } from "../../core/estimate/cannot.ts";
import { cardTable, type CardRow, type CardTable } from "../../core/estimate/card-table.ts";
import { size } from "../../core/units.ts";
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
  const chosen = await window.showQuickPick([...cards(table), ...parts(table), ...notes(table)], {
    title: table.title,
    placeHolder: l10n.t("A card to run on; below are the parts of the figure and what it assumes"),
    matchOnDetail: true,
  });
  if (chosen?.edits !== undefined && chosen.edits.length > 0) await editConfig(config, chosen.edits);
}

interface Item extends QuickPickItem {
  /** Absent for what is only read. */
  readonly edits?: readonly Edit[];
}

const cards = ({ rows }: CardTable): Item[] =>
  rows.map((row) => ({
    label: `$(${iconOf(row)}) ${row.name}`,
    description: row.fit,
    detail: [row.memory, row.time, row.cost].filter((part) => part !== "").join(" · "),
    picked: row.chosen,
    edits: row.edits,
  }));

const heading = (label: string): Item => ({ label, kind: QuickPickItemKind.Separator });

const BAR = 20;

/** The largest first, as far as they can be seen. */
function parts(table: CardTable): Item[] {
  const seen = table.parts.filter(({ share }) => share >= 0.005).toSorted((a, b) => b.share - a.share);
  return [
    heading(l10n.t("What the figure is made of")),
    ...seen.map(({ name, bytes, share }) => ({
      label: `${"█".repeat(Math.max(1, Math.round(share * BAR)))} ${name}`,
      description: `${size(bytes)}, ${Math.round(100 * share)} %`,
    })),
  ];
}

/** All of them: each says what the figure assumes or leaves out. */
const notes = (table: CardTable): Item[] =>
  table.notes.length === 0
    ? []
    : [heading(l10n.t("What it assumes")), ...table.notes.map((note) => ({ label: `$(info) ${note}` }))];

function iconOf({ chosen, verdict }: CardRow): string {
  if (chosen) return "target";
  return verdict === "does-not-fit" ? "circle-slash" : verdict === "tight" ? "warning" : "check";
}
