/** Log text → what happened, why, and which line of the config to change; the first cause first. */
import type { Edit } from "../config/problem.ts";
import type { PhaseName } from "../run/phase-names.ts";
import { bf16Of, type GpuHint } from "./gpu-hint.ts";
import { unitReader, type LogLine, type LogUnit } from "./log-units.ts";
import { FAILURES, failureOf, type FailureRow, type FailureVariant } from "./table.ts";

export interface ExplainContext {
  /** CUDA compute capability of the GPU, "7.5"; what the log says is used when it is not known. */
  readonly capability?: string | null;
}

export interface Explanation {
  readonly code: string;
  readonly phase: PhaseName;
  /** The text by which it was recognised; empty for what leaves none. */
  readonly fragment: string;
  /** Of the log, from 1; null for what leaves no text. */
  readonly line: number | null;
  /** That line, around the fragment. */
  readonly text: string;
  readonly message: string;
  /** Of the config, dotted. */
  readonly path: string | null;
  readonly hint: string;
  /** Changes of the config that fix it whatever else it says. */
  readonly edits: readonly Edit[];
}

interface Match {
  readonly row: FailureRow;
  readonly fragment: string;
  readonly line: LogLine;
  readonly unit: LogUnit;
}

export interface Explainer {
  /** Lines in order; numbers from 1. */
  take(number: number, text: string): void;
  finish(): Explanation[];
}

export function explain(log: string, context: ExplainContext = {}): Explanation[] {
  const explainer = explainerFor(context);
  let number = 0;
  for (const line of log.split("\n")) explainer.take(++number, line);
  return explainer.finish();
}

/** For logs that do not fit the memory. */
export function explainerFor(context: ExplainContext): Explainer {
  const units = unitReader();
  const told = new Map<string, Match>();
  const seen = new Set<string>();
  let gpu: GpuHint = bf16Of(context.capability ?? null);

  function judge(unit: LogUnit): void {
    const matches = unit.flatMap((line) => matchOf(line, unit));
    for (const match of matches) seen.add(match.row.code);
    const best = (["cause", "symptom", "wrapper"] as const)
      .map((kind) => matches.find((match) => match.row.kind === kind))
      .find((match) => match !== undefined);
    if (best && !told.has(best.row.code)) told.set(best.row.code, best);
  }

  return {
    take(number, text) {
      gpu = gpu.withLine(text);
      for (const unit of units.take(number, text)) judge(unit);
    },
    finish() {
      for (const unit of units.end()) judge(unit);
      const matches = [...told.values()].filter(({ row }) => !row.after?.some((code) => seen.has(code)));
      const news = matches.filter(({ row }) => row.kind !== "wrapper");
      return (news.length > 0 ? news : matches)
        .sort((left, right) => left.line.number - right.line.number)
        .map((match) => explanationOf(match, gpu.bf16));
    },
  };
}

/** The words for a failure that a check found without any text; undefined for an unknown code. */
export function explainCode(code: string): Explanation | undefined {
  const row = failureOf(code);
  return row && worded(row, undefined, { fragment: "", line: null, text: "" });
}

/** All fragments at once: most lines of a log match none. */
const ANY = new RegExp(
  [...new Set(FAILURES.flatMap((row) => row.any))]
    .map((text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`))
    .join("|"),
);

function matchOf(line: LogLine, unit: LogUnit): Match | readonly [] {
  if (line.isFrame || !ANY.test(line.text)) return [];
  for (const row of BENIGN_FIRST) {
    const fragment = row.any.find((text) => line.text.includes(text));
    if (fragment === undefined || !fits(row, unit)) continue;
    return row.kind === "benign" ? [] : { row, fragment, line, unit };
  }
  return [];
}

const BENIGN_FIRST = [
  ...FAILURES.filter((row) => row.kind === "benign"),
  ...FAILURES.filter((row) => row.kind !== "benign"),
];

const fits = (row: FailureRow, unit: LogUnit): boolean =>
  (row.unit === undefined || occurs(row.unit, unit)) && !(row.unless && occurs(row.unless, unit));

const occurs = (texts: readonly string[], unit: LogUnit): boolean =>
  unit.some((line) => texts.some((text) => line.text.includes(text)));

function explanationOf({ row, fragment, line, unit }: Match, bf16: boolean | null): Explanation {
  const variant = row.variants?.find((one) => applies(one, unit, bf16));
  return worded(row, variant, { fragment, line: line.number, text: around(line.text, fragment) });
}

const applies = (variant: FailureVariant, unit: LogUnit, bf16: boolean | null): boolean =>
  (variant.when === undefined || occurs(variant.when, unit)) &&
  (variant.bf16 === undefined || variant.bf16 === bf16);

const worded = (
  row: FailureRow,
  variant: FailureVariant | undefined,
  place: Pick<Explanation, "fragment" | "line" | "text">,
): Explanation => ({
  code: row.code,
  phase: row.phase,
  ...place,
  message: variant?.message ?? row.message,
  path: variant?.path ?? row.path,
  hint: variant?.hint ?? row.hint,
  edits: (row.set ?? []).map(({ path, value }) => ({ kind: "set", path: path.split("."), value })),
});

const MOST_TEXT = 300;

/** Progress bars overwrite themselves with carriage returns: only the part with the fragment is shown. */
function around(text: string, fragment: string): string {
  const at = text.indexOf(fragment);
  const start = Math.max(text.lastIndexOf("\r", at) + 1, at - MOST_TEXT / 2, 0);
  const end = text.indexOf("\r", at);
  return text.slice(start, Math.min(end === -1 ? text.length : end, start + MOST_TEXT)).trim();
}
