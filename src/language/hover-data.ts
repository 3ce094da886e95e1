import { previewLines } from "../core/data/preview-text.ts";
import type { RowPreview } from "../core/data/preview.ts";
import { at, isMapping } from "../core/config/value.ts";
import type { ConfigPath } from "../core/config/problem.ts";
import type { DatasetFact } from "../core/facts.ts";
import type { PlanDataset } from "../core/run/plan.ts";
import { count, size } from "../core/units.ts";
import type { Analysis } from "./analysis.ts";

/** What is in the data file under the cursor, with its first rows; null where no data file stands. */
export function dataMarkdown(path: ConfigPath, analysis: Analysis): string | null {
  const entry = entryAt(path, analysis);
  const config = analysis.resolution.tentative;
  if (entry === null || config === null) return null;
  const planned = (config[entry.section] ?? []).find(({ input }) => input === entry.id);
  const place = config.locals[entry.id]?.path;
  const fact = place === undefined ? undefined : analysis.world.facts.datasets?.[place];
  return planned === undefined || fact === undefined ? null : factText(fact, planned);
}

interface Entry {
  readonly section: "dataset" | "eval_dataset";
  /** Of `locals`. */
  readonly id: string;
}

/** `dataset`, `dataset.path`, an item of a list of datasets, or the path in it. */
function entryAt(path: ConfigPath, { parsed }: Analysis): Entry | null {
  const [section, second] = path;
  if (section !== "dataset" && section !== "eval_dataset") return null;
  const index = typeof second === "number" ? second : 0;
  const inside = path.slice(typeof second === "number" ? 2 : 1);
  const named = inside.length === 0 && !isMapping(at(parsed.value, path));
  return named || (inside.length === 1 && inside[0] === "path")
    ? { section, id: `${section}.${index}` }
    : null;
}

function factText(fact: DatasetFact, planned: PlanDataset): string {
  const about = fact.exact ? "" : "≈ ";
  const facts = [
    `**${fact.format}**`,
    `${about}${count(fact.rows)} rows`,
    ...(fact.tokens === null
      ? []
      : [`p95 ≈ ${count(fact.tokens.p95)} tokens, longest ≈ ${count(fact.tokens.max)}`]),
    size(fact.bytes),
  ];
  return [
    facts.join(" · "),
    ...(fact.columns.length === 0
      ? []
      : [`Columns: ${fact.columns.map((name) => `\`${name}\``).join(", ")}`]),
    ...(fact.preview ?? []).map((preview) => rowText(preview, planned)),
  ].join("\n\n");
}

function rowText(preview: RowPreview, { train_on_responses_only }: PlanDataset): string {
  const lines = previewLines(preview, train_on_responses_only);
  // Rows may hold fences themselves.
  const longest = Math.max(2, ...[...lines.join("\n").matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `Line ${preview.line} (▌ is learnt)\n\n${fence}text\n${lines.join("\n")}\n${fence}`;
}
