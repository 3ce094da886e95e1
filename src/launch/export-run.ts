/** Makes files of a trained run afterwards: merged models, GGUF, a plain script. */
import { execa } from "execa";
import { childEnvironment } from "./child-environment.ts";
import { readExportLine, type Exported } from "./export-lines.ts";
import { lastWords } from "./last-words.ts";
import { LaunchError } from "./launcher.ts";
import { readPlan } from "./resume.ts";
import type { Site } from "./start.ts";

export const EXPORT_METHODS = ["merged_16bit", "merged_4bit", "gguf", "script"] as const;

export interface ExportWish {
  /** Undefined: what the run's plan asked for. */
  readonly method?: (typeof EXPORT_METHODS)[number] | undefined;
  /** For GGUF. */
  readonly quantization: readonly string[];
  readonly signal?: AbortSignal;
  readonly onPhase: (text: string) => void;
}

/** What was made. Rejects with a `LaunchError` for the first thing that could not be. */
export async function exportRun(site: Site, folder: string, wish: ExportWish): Promise<Exported[]> {
  const { plan } = await readPlan(folder);
  const args = [
    ...(wish.method === undefined ? [] : ["--method", wish.method]),
    ...wish.quantization.flatMap((name) => ["--quantization", name]),
  ];
  const child = execa(site.python, ["-m", "finetune_trainer", "export", folder, ...args], {
    cwd: folder,
    env: childEnvironment(plan, { ...site, platform: process.platform }),
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    ...(wish.signal === undefined ? {} : { cancelSignal: wish.signal }),
  });
  const made: Exported[] = [];
  let failure: LaunchError | null = null;
  for await (const line of child.iterable()) {
    const said = readExportLine(line);
    if (said?.type === "artifact") made.push(said);
    if (said?.type === "phase" && said.state === "begin") wish.onPhase(said.detail ?? said.name);
    if (said?.type === "error") {
      failure ??= new LaunchError(
        said.code,
        said.message,
        said.hint ?? "The training itself is safe.",
        folder,
      );
    }
  }
  const result = await child;
  wish.signal?.throwIfAborted();
  if (failure !== null) throw failure;
  if (!result.failed) return made;
  const reason = lastWords(result.stderr.split("\n")) ?? result.shortMessage ?? "it says nothing";
  throw new LaunchError(
    "export-failed",
    `The export failed: ${reason}`,
    "The training itself is safe; try again.",
    folder,
  );
}
