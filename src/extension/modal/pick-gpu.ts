import { l10n, window, type QuickPickItem } from "vscode";
import { isCannot } from "../../core/estimate/cannot.ts";
import { cardTable, modalEdits, type CardRow } from "../../core/estimate/card-table.ts";
import type { Facts } from "../../core/facts.ts";
import type { Edit } from "../../core/config/problem.ts";
import type { ResolvedConfig } from "../../core/run/plan.ts";
import { Refusal } from "../refusal.ts";

/** Modal's cards with fit, time and cost; the edits that send the config there, undefined when nothing was chosen. */
export async function pickGpu(config: ResolvedConfig, facts: Facts): Promise<readonly Edit[] | undefined> {
  const table = cardTable(config, facts);
  if (isCannot(table)) throw new Refusal(l10n.t("{0} cannot be estimated: {1}", config.name, table.cannot));
  const rows = table.rows.filter(({ where }) => where === "modal");
  const chosen = await window.showQuickPick(rows.toSorted(byUse).map(itemOf), {
    title: l10n.t("Run {0} on Modal: which GPU?", config.name),
    placeHolder: table.title,
    matchOnDetail: true,
  });
  return chosen && modalEdits(nameOf(chosen.row));
}

/** The config's own first, then what fits in the order of the table, which is that of the prices. */
const byUse = (a: CardRow, b: CardRow): number => rank(a) - rank(b);
const rank = ({ chosen, verdict }: CardRow): number =>
  chosen ? 0 : verdict === "does-not-fit" ? 3 : verdict === "tight" ? 2 : 1;

const nameOf = ({ name }: CardRow): string => name.replace(/^Modal /, "");

const itemOf = (row: CardRow): QuickPickItem & { readonly row: CardRow } => ({
  label: `$(${row.verdict === "does-not-fit" ? "circle-slash" : row.verdict === "tight" ? "warning" : "check"}) ${nameOf(row)}`,
  description: row.fit,
  detail: [row.memory, row.time, row.cost].filter((part) => part !== "").join(" · "),
  picked: row.chosen,
  row,
});
