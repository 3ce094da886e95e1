/** The data files that a config names, and how it wants them read. */
import type { InspectOptions } from "../core/data/inspect.ts";
import type { PlanDataset, ResolvedConfig } from "../core/run/plan.ts";
import { loadConfig, type Unsaved } from "./load-config.ts";

export interface ConfigData {
  /** Absolute: a file or a folder; null for a dataset of the Hub. */
  readonly path: string | null;
  /** As the user wrote it. */
  readonly label: string;
  readonly section: "dataset" | "eval_dataset";
  readonly options: Pick<InspectOptions, "format" | "columns" | "maxSeqLength">;
}

export function dataOf({ dataset, eval_dataset, locals, model }: ResolvedConfig): ConfigData[] {
  const wanted = (
    section: ConfigData["section"],
    { input, label, format, columns }: PlanDataset,
  ): ConfigData => ({
    path: (input === null ? undefined : locals[input]?.path) ?? null,
    label,
    section,
    options: { format, columns, maxSeqLength: model.max_seq_length },
  });
  return [
    ...dataset.map((entry) => wanted("dataset", entry)),
    ...(eval_dataset ?? []).map((entry) => wanted("eval_dataset", entry)),
  ];
}

/** How the first of the configs that names this data file wants it read; null when none does. */
export async function wishFor(
  dataFile: string,
  configs: readonly string[],
  unsaved: Unsaved,
): Promise<{ readonly config: string; readonly options: ConfigData["options"] } | null> {
  for (const config of configs) {
    const settled = await tentativeOf(config, unsaved);
    const named = settled && dataOf(settled).find(({ path }) => path === dataFile);
    if (named) return { config, options: named.options };
  }
  return null;
}

async function tentativeOf(config: string, unsaved: Unsaved): Promise<ResolvedConfig | null> {
  try {
    return (await loadConfig(config, { unsaved })).tentative;
  } catch {
    // Gone or unreadable since it was listed: then it wishes nothing.
    return null;
  }
}
