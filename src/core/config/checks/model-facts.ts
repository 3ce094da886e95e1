/** What the catalogue and the name say about the model of a config. */
import { moduleNames } from "../../estimate/adapters.ts";
import { findModel } from "../../estimate/catalog.ts";
import { shapeOf } from "../../estimate/shape.ts";
import { billionsInName } from "../../estimate/size-class.ts";
import { EMBEDDED_MODEL, EMBEDDED_MODEL_ID } from "../defaults.ts";

export interface ModelFacts {
  readonly display: string;
  /** model_type of its config.json. */
  readonly type: string;
  /** A: Unsloth's hand-written classes; B: FastModel. */
  readonly path: "A" | "B";
  /** Names of the linear layers, in order; empty when the layout is not known. */
  readonly modules: readonly string[];
  readonly layers: number;
  /** Longest sequence that it was made for. */
  readonly positions: number;
  readonly billions: number;
  /** Layers without ordinary attention: Mamba, gated delta, convolutions. */
  readonly hybrid: boolean;
}

/** Undefined for a model that is not in the catalogue, a local folder among them. */
export function modelFacts(name: string | undefined): ModelFacts | undefined {
  if (name === undefined) return undefined;
  const found = findModel(name.toLowerCase() === EMBEDDED_MODEL ? EMBEDDED_MODEL_ID : name);
  if (found === undefined) return undefined;
  const shape = shapeOf(found.model);
  return {
    display: found.model.display,
    type: shape.type,
    path: shape.path,
    modules: shape.modelled ? moduleNames(shape).map((module) => module.name) : [],
    layers: shape.layers,
    positions: shape.maxPositions,
    billions: shape.parameters / 1e9,
    hybrid: shape.hybrid,
  };
}

/** Billions of parameters, from the catalogue or the name; undefined when neither says. */
export const billionsOf = (name: string | undefined): number | undefined =>
  modelFacts(name)?.billions ?? (name === undefined ? undefined : (billionsInName(name) ?? undefined));

const TUNED =
  /instruct|chat|[-_.]it\b|[-_.]it[-_.]|-sft|-dpo|hermes|assistant|vicuna|zephyr|alpaca|tulu|openchat|-r1|distill|thinking|reason|coder|math|guard|smollm3-3b$/i;
// Families whose base repositories carry no chat template. Qwen's do; Phi and gpt-oss have no base.
const PLAIN_BASE =
  /(?:^|\/)(?:meta-)?(?:llama|codellama|tinyllama|mistral|mixtral|gemma|codegemma|smollm|olmo|falcon|yi|granite|ministral|pythia|gpt2|gpt-neo|opt|bloom)/i;

/** Made to answer: it has a chat template, and its prompt format was learnt. */
export const isTuned = (name: string): boolean => TUNED.test(name) || /(?:^|\/)(?:phi-|gpt-oss)/i.test(name);

/** Certainly without a chat template of its own. */
export const isPlainBase = (name: string): boolean =>
  !TUNED.test(name) &&
  PLAIN_BASE.test(name) &&
  !/mistral-(?:small|nemo|large)|magistral|devstral/i.test(name);
