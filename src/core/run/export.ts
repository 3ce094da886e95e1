/** A run as files for other programs and other people: metrics as CSV or JSON, a report as Markdown. */
import { count, duration, metric, size } from "../units.ts";
import type { Job, StepPoint } from "./job.ts";

const COLUMNS: readonly (readonly [string, (point: StepPoint) => number | null])[] = [
  ["attempt", (point) => point.attempt],
  ["step", (point) => point.step],
  ["epoch", (point) => point.epoch],
  ["loss", (point) => point.loss],
  ["grad_norm", (point) => point.gradNorm],
  ["learning_rate", (point) => point.learningRate],
  ["tokens", (point) => point.tokens],
  ["tokens_total", (point) => point.tokensTotal],
  ["seconds_per_step", (point) => point.seconds],
  ["unix_time", (point) => point.t],
];

/** Every step, and the evaluations beside their step. Values that were not finite are empty. */
export function metricsCsv({ points, evals }: Job): string {
  const own = namesOf(points.map(({ metrics }) => metrics));
  const evaluated = namesOf(evals.map(({ metrics }) => metrics));
  const byStep = new Map(evals.map(({ step, metrics }) => [step, metrics]));
  const header = [...COLUMNS.map(([name]) => name), ...own, ...evaluated];
  const lines = points.map((point) => [
    ...COLUMNS.map(([, read]) => read(point)),
    ...own.map((name) => point.metrics[name]),
    ...evaluated.map((name) => byStep.get(point.step)?.[name]),
  ]);
  return `${[header.map(cell), ...lines.map((line) => line.map(cell))].map((line) => line.join(",")).join("\r\n")}\r\n`;
}

const namesOf = (records: readonly Readonly<Record<string, unknown>>[]): string[] =>
  [...new Set(records.flatMap((record) => Object.keys(record)))].toSorted();

/** Names come from the trainer: a comma or quote in one must not break the table (RFC 4180). */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const metricsJson = ({ points, evals, checkpoints }: Job): string =>
  `${JSON.stringify({ points, evals, checkpoints }, null, 1)}\n`;

export interface ReportInput {
  readonly name: string;
  readonly id: string;
  readonly created: string;
  readonly state: string;
  /** Groups of facts as the panel shows them. */
  readonly facts: readonly {
    readonly title: string;
    readonly rows: readonly { label: string; value: string }[];
  }[];
  readonly config: string;
  readonly job: Job;
}

/** One page that says what was trained, with what, and what came out. */
export function report({ name, id, created, state, facts, config, job }: ReportInput): string {
  const parts = [
    `# ${escape(name)}`,
    `Run \`${id}\`, started ${created}, ${state}.`,
    ...facts.map(
      ({ title, rows }) =>
        `## ${title}\n\n${table(
          ["", ""],
          rows.map(({ label, value }) => [label, value]),
        )}`,
    ),
    job.evals.length === 0 ? null : `## Evaluation\n\n${evaluations(job)}`,
    job.artifacts.length === 0
      ? null
      : `## Results\n\n${table(
          ["kind", "size", "path"],
          job.artifacts.map(({ kind, bytes, path }) => [kind, size(bytes), path]),
        )}`,
    job.error === null
      ? null
      : `## Error\n\n${escape(job.error.message)}\n\n${fenced(job.error.traceback, "")}`,
    `## Config\n\n${fenced(config, "yaml")}`,
  ];
  return `${parts.filter((part) => part !== null).join("\n\n")}\n`;
}

function evaluations({ evals, finished }: Job): string {
  const rows = evals.map(({ step, loss, best }) => [
    count(step),
    loss === null ? "" : metric(loss),
    best ? "best" : "",
  ]);
  const took = finished === null ? "" : `\n\nThe run took ${duration(finished.seconds)}.`;
  return `${table(["step", "loss", ""], rows)}${took}`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(escape).join(" | ")} |`).join("\n");

const escape = (text: string): string =>
  text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;");

/** A fence that is longer than any in the text. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}
