/** What a launch on Modal needs beside a config: who pays, what is secret, and the program that is the pump. */
import type { Plan } from "../../core/run/plan.ts";
import { needsNetwork } from "../child-environment.ts";
import type { ModalCredentials } from "./session.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface ModalSite {
  /** null: nobody has signed in. */
  readonly credentials: ModalCredentials | null;
  /** Where tokens for the run are looked for, beside Modal's own secrets. */
  readonly env: Env;
  /** `dist/cli.js` of this installation. */
  readonly program: string;
}

/** Tokens that a run may need, by the names its libraries look for. */
const TOKENS = ["HF_TOKEN", "WANDB_API_KEY"] as const;

/** What a pump must not inherit: it is told by its input, and nothing it starts needs them. */
export const SECRET_NAMES: readonly string[] = [
  ...TOKENS,
  "HUGGING_FACE_HUB_TOKEN",
  "MODAL_TOKEN_ID",
  "MODAL_TOKEN_SECRET",
];

/** Only what the plan has a use for leaves this machine. */
export function secretsFor(
  plan: Parameters<typeof needsNetwork>[0] & Pick<Plan, "training">,
  env: Env,
): Record<string, string> {
  const hub = env["HF_TOKEN"] || env["HUGGING_FACE_HUB_TOKEN"];
  const wandb = env["WANDB_API_KEY"];
  return {
    ...(hub && needsNetwork(plan) ? { HF_TOKEN: hub } : {}),
    ...(wandb && plan.training.report_to.includes("wandb") ? { WANDB_API_KEY: wandb } : {}),
  };
}
