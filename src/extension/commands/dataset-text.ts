/** A report of a data file as a page of Markdown. */
import { previewLines } from "../../core/data/preview-text.ts";
import { previewOf } from "../../core/data/preview.ts";
import type { DatasetReport } from "../../core/data/report.ts";
import { count, size } from "../../core/units.ts";

const BAR = 32;

/** `config`: the config by whose wishes the file was read, if one names it. */
export function datasetText(report: DatasetReport, config: string | null): string {
  const { name, format, columns, rows, used, bytes, lengths } = report;
  const parts = [
    `# ${name}`,
    [
      `- ${size(bytes)}${report.exact ? "" : `, of which ${size(report.bytesRead)} were read`}`,
      `- format: ${format ?? "not recognised"}`,
      ...(config === null ? [] : [`- read as ${config} wants it`]),
      ...(columns.length === 0 ? [] : [`- columns: ${columns.join(", ")}`]),
      `- rows: ${count(rows)}, of which ${count(used)} can be trained on`,
      ...(lengths === null
        ? []
        : [
            `- tokens: ≈ ${count(lengths.total)}; a row has ≈ ${count(lengths.mean)} on average, p95 ${count(lengths.p95)}, longest ${count(lengths.max)}`,
          ]),
    ].join("\n"),
    section(
      "Problems",
      report.problems.map(
        ({ severity, line, message, count: times }) =>
          `- ${severity}${at(line)}: ${message}${times > 1 ? ` (${count(times)} times)` : ""}`,
      ),
    ),
    section(
      "Skipped rows",
      report.skipped.map(({ line, message }) => `- line ${line}: ${message}`),
    ),
    section(
      "Notes",
      report.notes.map(({ line, message }) => `- line ${line}: ${message}`),
    ),
    lengths === null ? null : `## Lengths\n\n${histogram(lengths.histogram)}`,
    section(
      "First rows as they are trained on (▌ is learnt)",
      report.preview.map(
        ({ line, row }) =>
          `Line ${line}\n\n${fenced(previewLines(previewOf(row, line), "auto").join("\n"))}\n`,
      ),
    ),
  ];
  return `${parts.filter((part) => part !== null).join("\n\n")}\n`;
}

const at = (line: number | null): string => (line === null ? "" : ` in line ${line}`);

const section = (title: string, lines: readonly string[]): string | null =>
  lines.length === 0 ? null : `## ${title}\n\n${lines.join("\n")}`;

function histogram(buckets: readonly { readonly upTo: number; readonly rows: number }[]): string {
  const most = Math.max(1, ...buckets.map(({ rows }) => rows));
  const lines = buckets.map(
    ({ upTo, rows }) =>
      `≤ ${count(upTo).padStart(7)} tokens  ${"█".repeat(Math.ceil((BAR * rows) / most))} ${count(rows)}`,
  );
  return `\`\`\`\n${lines.join("\n")}\n\`\`\``;
}

/** Rows may hold fences themselves. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
