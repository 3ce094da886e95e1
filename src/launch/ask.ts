/** Asks a tuned model: a short-lived process of the trainer, one JSON answer a line. */
import { execa } from "execa";
import * as z from "zod";
import { childEnvironment } from "./child-environment.ts";
import { lastWords } from "./last-words.ts";
import { LaunchError } from "./launcher.ts";
import { readPlan } from "./resume.ts";
import type { Site } from "./start.ts";

export interface AskWish {
  /** A question, or a file whose rows are asked; the answers in the rows are not shown to the model. */
  readonly about: { readonly question: string } | { readonly rows: string };
  /** Ask the base model too. */
  readonly compare: boolean;
  readonly maxNewTokens?: number;
  readonly signal?: AbortSignal;
}

const answerSchema = z.looseObject({
  line: z.int().optional(),
  prompt: z.string(),
  expected: z.string().nullish(),
  base: z.string().nullish(),
  tuned: z.string(),
});
export type Answer = z.infer<typeof answerSchema>;

/** Rejects with a `LaunchError`, or with the signal's reason when it is aborted. */
export async function askRun(site: Site, folder: string, wish: AskWish): Promise<Answer[]> {
  const { plan } = await readPlan(folder);
  const about = "question" in wish.about ? [wish.about.question] : ["--rows", wish.about.rows];
  const options = [
    ...(wish.compare ? ["--compare"] : []),
    ...(wish.maxNewTokens === undefined ? [] : ["--max-new-tokens", String(wish.maxNewTokens)]),
  ];
  const child = await execa(site.python, ["-m", "finetune_trainer", "chat", folder, ...about, ...options], {
    cwd: folder,
    env: childEnvironment(plan, { ...site, platform: process.platform }),
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    ...(wish.signal === undefined ? {} : { cancelSignal: wish.signal }),
  });
  wish.signal?.throwIfAborted();
  // Libraries print on stdout too: an answer is a line that is one.
  const answers = child.stdout.split("\n").flatMap(parseAnswer);
  if (!child.failed && answers.length > 0) return answers;
  const reason = lastWords(child.stderr.split("\n")) ?? child.shortMessage ?? "it gave no answer";
  throw new LaunchError(
    "ask-failed",
    `The model of this run could not be asked: ${reason}`,
    "Check that the run has an adapter, and the environment with finetune doctor.",
    folder,
  );
}

function parseAnswer(line: string): Answer[] {
  if (!line.startsWith("{")) return [];
  try {
    const parsed = answerSchema.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
