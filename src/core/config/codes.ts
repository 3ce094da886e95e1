/** Every diagnostic code, in one table: severity, why, what to do, an example. */
import { DATA_CODES, meaningOf, severityOf } from "../data/codes.ts";
import type { CodeDoc, CodeTable } from "./codes/code.ts";
import { DATASET_CODES } from "./codes/dataset.ts";
import { FILE_CODES } from "./codes/file.ts";
import { MACHINE_CODES } from "./codes/machine.ts";
import { MODEL_CODES } from "./codes/model.ts";
import { TRAINING_CODES } from "./codes/training.ts";

/** What the reader of data files says, shown at the line of the config that names the file. */
const READER_CODES: CodeTable = Object.fromEntries(
  DATA_CODES.map((code) => [
    `data-${code}`,
    {
      severity: severityOf(code),
      why: meaningOf(code),
      fix: "Correct the data; the message names the line.",
      example: "dataset: chats.jsonl",
      needs: "data",
    },
  ]),
);

interface CodeGroup {
  readonly title: string;
  readonly codes: CodeTable;
}

const CODE_GROUPS: readonly CodeGroup[] = [
  { title: "The file, its names and values", codes: FILE_CODES },
  { title: "Model and adapters", codes: MODEL_CODES },
  { title: "Data", codes: DATASET_CODES },
  { title: "Training, evaluation, saving", codes: TRAINING_CODES },
  { title: "Machine and memory", codes: MACHINE_CODES },
  { title: "Rows of a data file", codes: READER_CODES },
];

export const CODES: CodeTable = Object.assign({}, ...CODE_GROUPS.map(({ codes }) => codes));

/** The documentation of a code; undefined for one that no check reports. */
export const codeDoc = (code: string): CodeDoc | undefined =>
  Object.hasOwn(CODES, code) ? CODES[code] : undefined;

/**
 * What the file cannot be read past, and secrets, are always said: no comment and no setting hides them.
 * Everything else is advice that a person may overrule.
 */
export const canBeSilenced = (code: string): boolean =>
  !(Object.hasOwn(FILE_CODES, code) && FILE_CODES[code]?.severity === "error");

function section(code: string, doc: CodeDoc): string {
  const silence = canBeSilenced(code)
    ? `Silence it for one line with \`# finetune-ignore ${code}\`.`
    : "It cannot be silenced.";
  return [
    `### ${code}`,
    `*${doc.severity}* · ${doc.why}`,
    `**What to do.** ${doc.fix}`,
    ...(doc.needs === "data" && code.startsWith("data-")
      ? []
      : [`\`\`\`yaml\n${doc.example}\n\`\`\``, silence]),
  ].join("\n\n");
}

/** The page `media/docs/diagnostics.md`. */
export function diagnosticsPage(): string {
  const groups = CODE_GROUPS.map(({ title, codes }) =>
    [`## ${title}`, ...Object.entries(codes).map(([code, doc]) => section(code, doc))].join("\n\n"),
  );
  return [
    "# Diagnostics",
    "What is checked in a `*.finetune.yaml` while you type, by `finetune validate`, and before a run starts. Severities can be changed by the setting `finetune.diagnostics.severity`; a comment `# finetune-ignore code` silences one line.",
    ...groups,
    "",
  ].join("\n\n");
}
