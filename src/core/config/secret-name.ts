/** Under which environment variable a secret is given to a run. */
import type { ConfigPath } from "./problem.ts";

export interface SecretName {
  readonly name: string;
  /** False: a guess from the name of the key, to be confirmed by a person. */
  readonly sure: boolean;
}

const BY_SHAPE: readonly (readonly [RegExp, string])[] = [
  [/^(?:hf|api_org)_/, "HF_TOKEN"],
  [/^wandb_v1_/, "WANDB_API_KEY"],
  [/^sk-ant-/, "ANTHROPIC_API_KEY"],
  [/^sk-/, "OPENAI_API_KEY"],
  [/^(?:gh[pousr]|github_pat)_/, "GITHUB_TOKEN"],
  [/^ak-/, "MODAL_TOKEN_ID"],
  [/^as-/, "MODAL_TOKEN_SECRET"],
  [/^AKIA/, "AWS_ACCESS_KEY_ID"],
  [/^xox/, "SLACK_TOKEN"],
];

const BY_KEY: readonly (readonly [RegExp, string])[] = [
  [/^(?:hf|hub|hugging_?face(?:_hub)?)_(?:token|api_?key)$/i, "HF_TOKEN"],
  [/^(?:wandb|weights_and_biases)_(?:api_?key|token|key)$/i, "WANDB_API_KEY"],
  [/^modal_token_id$/i, "MODAL_TOKEN_ID"],
  [/^modal_token_secret$/i, "MODAL_TOKEN_SECRET"],
];

/** The variable that the libraries read for such a secret; else a name made of the key. */
export function secretName(path: ConfigPath, secret: string): SecretName {
  const known = BY_SHAPE.find(([shape]) => shape.test(secret));
  if (known !== undefined) return { name: known[1], sure: true };
  const key = path.findLast((step) => typeof step === "string") ?? "";
  const usual = BY_KEY.find(([shape]) => shape.test(key));
  if (usual !== undefined) return { name: usual[1], sure: true };
  // `token` of a model or a save is the Hub's, but its value does not say so.
  if (/^(?:auth_?|access_)?token$/i.test(key)) return { name: "HF_TOKEN", sure: false };
  const name = key
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
    .toUpperCase();
  return { name: /^[A-Z]/.test(name) ? name : "TOKEN", sure: false };
}
