/** What the schema knows and this version cannot run yet: one table for the checks and for Run. */
import type { ResolvedConfig } from "../run/plan.ts";
import type { ConfigPath } from "./problem.ts";

export interface NotYet {
  readonly path: ConfigPath;
  /** One sentence, with the way out. */
  readonly sentence: string;
  /** Only a run is refused; editing and estimating go on. */
  readonly milder: boolean;
}

interface Row {
  readonly applies: (config: ResolvedConfig) => ConfigPath | undefined;
  readonly sentence: string;
  readonly milder?: true;
}

const TABLE: readonly Row[] = [
  {
    applies: ({ compute }) => (compute.target === "modal" ? ["compute", "target"] : undefined),
    sentence: "Runs on Modal cannot be started by this version; the file is checked and estimated for it.",
    milder: true,
  },
  {
    applies: ({ compute }) => {
      const { gpus, strategy } = compute.local;
      const several = gpus === "all" || (Array.isArray(gpus) && gpus.length > 1);
      return compute.target === "local" && several && strategy === "ddp"
        ? ["compute", "local", "strategy"]
        : undefined;
    },
    sentence: "A copy on each GPU (ddp) is not trained by this version. Use balanced, or one GPU.",
  },
  {
    applies: ({ save }) => {
      const index = save.findIndex((output) => output.push_to_hub !== null);
      return index < 0 ? undefined : ["save", index, "push_to_hub"];
    },
    sentence: "This version does not push to the Hub. Upload the finished folder with hf upload.",
  },
];

/** Everything of a config that this version cannot do. */
export const notYet = (config: ResolvedConfig): NotYet[] =>
  TABLE.flatMap(({ applies, sentence, milder }) => {
    const path = applies(config);
    return path === undefined ? [] : [{ path, sentence, milder: milder ?? false }];
  });
