/** What the trainer says of its own environment: it imports everything, which takes some seconds. */
import { execa } from "execa";
import * as z from "zod";
import { lastWords } from "../../launch/last-words.ts";
import { fine, type Finding, problem, warning } from "./finding.ts";

const reportSchema = z.looseObject({
  ok: z.boolean(),
  versions: z.record(z.string(), z.string()),
  message: z.string().optional(),
  hint: z.string().optional(),
  backend: z.string().optional(),
  bf16: z.boolean().optional(),
  llama_cpp: z.string().nullish(),
  import_s: z.number().optional(),
});
export type TrainerReport = z.infer<typeof reportSchema>;

/** A sentence instead of a report when the process gave none. */
export async function trainerReport(
  python: string,
  trainer: string,
  env: Readonly<Record<string, string>>,
): Promise<TrainerReport | { readonly failed: string }> {
  const result = await execa(python, ["-m", "finetune_trainer", "doctor"], {
    cwd: trainer,
    env,
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: 120_000,
  });
  for (const line of result.stdout.split("\n").toReversed()) {
    const parsed = reportSchema.safeParse(parse(line));
    if (parsed.success) return parsed.data;
  }
  return { failed: lastWords(result.stderr.split("\n")) ?? result.shortMessage ?? "it says nothing" };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Held against the versions that this product was tested with: `pins` by lower-case name. */
export function reportFindings(
  report: TrainerReport | { readonly failed: string },
  pins: ReadonlyMap<string, string>,
): Finding[] {
  const again = "Make it again: finetune setup. For an environment of your own, install what is missing.";
  if ("failed" in report) {
    return [
      problem("python", "trainer-silent", `The trainer does not start: ${String(report.failed)}`, again),
    ];
  }
  if (!report.ok) {
    return [
      problem("python", "import-fails", report.message ?? "Importing Unsloth fails.", report.hint ?? again),
    ];
  }
  const shown = ["unsloth", "torch", "transformers", "trl", "peft"].flatMap((name) =>
    report.versions[name] === undefined ? [] : [`${name} ${report.versions[name]}`],
  );
  const took = report.import_s === undefined ? "" : `, imported in ${report.import_s} s`;
  const others = Object.entries(report.versions).flatMap(([name, version]) => {
    const pin = pins.get(name.toLowerCase().replaceAll("-", "_"));
    return pin === undefined || pin === version.split("+")[0] ? [] : [`${name} ${version} (tested: ${pin})`];
  });
  return [
    fine("python", "imports", `${shown.join(", ")}${took}`),
    ...(others.length === 0
      ? []
      : [
          warning(
            "python",
            "untested-versions",
            `Other versions than those tested: ${others.join(", ")}.`,
            "If something fails, try the tested set: finetune setup.",
          ),
        ]),
    fine(
      "python",
      "llama-cpp",
      report.llama_cpp
        ? `llama.cpp for GGUF: ${report.llama_cpp}`
        : "No llama.cpp: GGUF files cannot be made here.",
    ),
  ];
}

/** Pinned versions of a lock, by name with underscores. */
export function pinsOf(lock: string): Map<string, string> {
  const pins = [...lock.matchAll(/^([A-Za-z0-9._-]+)==([^\s;+]+)/gm)];
  return new Map(
    pins.map(([, name, version]) => [(name ?? "").toLowerCase().replaceAll("-", "_"), version ?? ""]),
  );
}
