/** What was seen in the data: its rows against the config. */
import type { DatasetFact } from "../../facts.ts";
import type { ConfigPath, Problem } from "../problem.ts";
import { bestFix, error, fix, information, setEdit, warning, type Rule, type RuleContext } from "../rule.ts";
import { allEntries, testSizePath } from "./dataset.ts";

interface Seen {
  readonly fact: DatasetFact;
  readonly path: ConfigPath;
  readonly place: string;
  readonly section: "dataset" | "eval_dataset";
  /** What happens to rows that are too long, also where the config leaves it open. */
  readonly overlength: Overlength;
}

type Overlength = "drop" | "truncate" | "split";

const FATE: Readonly<Record<Overlength, string>> = {
  drop: "they are dropped",
  truncate: "they are cut",
  split: "they are split",
};

function seen(context: RuleContext): Seen[] {
  return allEntries(context).flatMap(({ id, path, section, input }) => {
    const place = context.config?.locals[id]?.path;
    const fact = place === undefined ? undefined : context.facts.datasets?.[place];
    return place === undefined || fact === undefined
      ? []
      : [{ fact, path: [...path, "path"], place, section, overlength: settled(input.overlength, fact) }];
  });
}

const settled = (asked: Overlength | "auto" | undefined, { format }: DatasetFact): Overlength =>
  asked === undefined || asked === "auto" ? (format === "text" ? "split" : "drop") : asked;

/** What the reader found in the file itself, at the line of the config that names it. */
const reader = (context: RuleContext): Problem[] =>
  seen(context).flatMap(({ fact, path, place, overlength }) =>
    fact.problems.filter(isNews).map((found) => ({
      code: `data-${found.code}`,
      severity: found.severity,
      path,
      message:
        inFile(found, String(context.valueAt(path) ?? place)) +
        (found.code === "rows-overlong" ? ` As it stands ${FATE[overlength]} (overlength).` : ""),
      ...(found.line === null
        ? {}
        : { related: [{ file: place, line: found.line, message: found.message }] }),
    })),
  );

const inFile = ({ line, message }: { line: number | null; message: string }, file: string): string =>
  line === null ? `${file}: ${message}` : `line ${line} of ${file}: ${message}`;

/** A column that is not there is told where the config names it (`column-missing`). */
const isNews = ({ code }: DatasetFact["problems"][number]): boolean => code !== "column-unknown";

/** The next multiple of 64 that holds `tokens`. */
const roundUp = (tokens: number): number => Math.max(64, Math.ceil(tokens / 64) * 64);

const lengths = (context: RuleContext): Problem[] => {
  const limit = context.config?.model.max_seq_length;
  const trained = seen(context).filter(({ fact, section }) => fact.tokens !== null && section === "dataset");
  const all = trained.map(({ fact }) => fact);
  if (limit === undefined || all.length === 0 || all.length !== context.config?.dataset.length) return [];
  const longest = Math.max(...all.map(({ tokens }) => tokens?.max ?? 0));
  const p95 = Math.max(...all.map(({ tokens }) => tokens?.p95 ?? 0));
  const about = all.every(({ exact }) => exact) ? "" : "about ";
  const path = ["model", "max_seq_length"];
  const set = roundUp(longest);
  if (p95 > limit) {
    return [
      warning("rows-too-long", path, {
        message: `More than one row in twenty is longer than ${limit} tokens (p95 ${about}${Math.round(p95)}, longest ${about}${Math.round(longest)}): ${[...new Set(trained.map(({ overlength }) => FATE[overlength]))].join(", or ")}.`,
        fixes: [
          bestFix(`Set ${roundUp(p95)}`, setEdit(path, roundUp(p95))),
          fix(`Set ${set} (all rows)`, setEdit(path, set)),
        ],
      }),
    ];
  }
  // Counts of characters are rough: speak only when the limit is far off.
  if (limit >= 1024 && longest * 2.5 < limit && context.isSet(path)) {
    return [
      information("sequence-far-above-data", path, {
        message: `max_seq_length ${limit}, but the longest row has ${about}${Math.round(longest)} tokens (p95 ${Math.round(p95)}).`,
        fixes: [bestFix(`Set ${set}`, setEdit(path, set))],
      }),
    ];
  }
  return [];
};

const overlap = (context: RuleContext): Problem[] => {
  const all = seen(context);
  const trained = new Set(
    all.flatMap(({ fact, section }) => (section === "dataset" ? (fact.rowHashes ?? []) : [])),
  );
  if (trained.size === 0) return [];
  return all.flatMap(({ fact, path, section }) => {
    const hashes = fact.rowHashes ?? [];
    const shared = section === "eval_dataset" ? hashes.filter((hash) => trained.has(hash)).length : 0;
    if (shared === 0) return [];
    return [
      warning("eval-overlaps-train", path, {
        message: `${shared} of ${hashes.length} evaluation rows are also trained on: their loss says nothing.`,
        fixes: [
          fix(
            "Hold out 5 % instead",
            { kind: "delete", path: ["eval_dataset"] },
            setEdit(testSizePath(context), 0.05),
          ),
        ],
      }),
    ];
  });
};

const fewRows = (context: RuleContext): Problem[] => {
  const size = context.config?.test_size;
  if (size == null) return [];
  const rows = seen(context).filter(({ section }) => section === "dataset");
  if (
    rows.length === 0 ||
    rows.length !== context.config?.dataset.length ||
    !rows.every(({ fact }) => fact.exact)
  )
    return [];
  const total = rows.reduce((sum, { fact }) => sum + fact.rows, 0);
  const held = size < 1 ? Math.round(total * size) : size;
  if (total >= 2 && held >= 1 && held < total) return [];
  return [
    error("too-few-rows", testSizePath(context), {
      message: `${total} ${total === 1 ? "row" : "rows"} with test_size ${size}: ${held >= total ? "nothing would be left to train on" : "nothing would be held out"}.`,
      at: "item",
      fixes: [fix("Remove test_size", { kind: "delete", path: testSizePath(context) })],
    }),
  ];
};

export const data: Rule = (context) => [reader, lengths, overlap, fewRows].flatMap((rule) => rule(context));
