/** One estimate: memory with its band and reasons. Time and cost are in `run-estimate.ts`. */
import type { Correction, Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { band } from "./band.ts";
import { isCannot, type Cannot } from "./cannot.ts";
import type { Card } from "./card.ts";
import { correctionFor, correctionText } from "./corrections.ts";
import { memory, type Memory } from "./memory.ts";
import { modelSource, type ModelSource } from "./model-source.ts";
import type { PhaseName } from "./phases.ts";
import { rowLengths } from "./row-lengths.ts";
import { datasetFacts, setupOf, type RowBasis } from "./setup-of-config.ts";
import type { Setup } from "./setup.ts";
import { acrossCards } from "./several-cards.ts";
import { trainedTableElements } from "./trained-tables.ts";

export interface Estimate {
  /** What nvidia-smi will show for the process at its peak, of the fullest card. Bytes, as all here. */
  readonly used_bytes: number;
  readonly reserved_bytes: number;
  readonly allocated_bytes: number;
  readonly band_bytes: readonly [low: number, high: number];
  readonly phase: PhaseName;
  /** Peak of each phase, without reserve and context. */
  readonly phases: Readonly<Record<PhaseName, number>>;
  readonly parts: Parts;
  /** Rows, tokens and parameters that the figure assumes. */
  readonly basis: Basis;
  /** The same run if rows are as long as those of the data; null: nothing known, or no difference. */
  readonly with_data_bytes: number | null;
  readonly assumed: readonly string[];
}

/** Adds up to `used_bytes`. */
export interface Parts {
  /** Weights in 4 or 8 bit. */
  readonly quantised_weights: number;
  /** Weights in 16 or 32 bit. */
  readonly plain_weights: number;
  readonly adapters: number;
  readonly optimiser: number;
  readonly buffers: number;
  /** What the worst phase needs beyond the steady state. */
  readonly activations: number;
  readonly allocator: number;
  readonly context: number;
}

export interface Basis {
  readonly batch: number;
  readonly sequence: number;
  readonly tokens: number;
  readonly parameters: number;
  readonly trainable: number;
  readonly gpus: number;
}

export interface EstimateOptions {
  readonly facts?: Facts;
  /** The card that the figure is for; without it, for the cards that were measured. */
  readonly card?: Card | null;
  /** The model, where the caller has looked it up already. */
  readonly source?: ModelSource;
  /** "full" (default): rows as long as the config allows. */
  readonly rows?: RowBasis;
}

/** Beyond this no card, cluster or typing error is meant seriously. */
const ABSURD = 2 ** 50;

export function estimate(config: ResolvedConfig, options: EstimateOptions = {}): Estimate | Cannot {
  const found = detailed(config, options);
  return isCannot(found) ? found : found.estimate;
}

/** An estimate with the numbers that it was made of. */
export interface Detailed {
  readonly estimate: Estimate;
  readonly source: ModelSource;
  readonly setup: Setup;
  readonly memory: Memory;
  readonly correction: Correction | undefined;
}

export function detailed(config: ResolvedConfig, options: EstimateOptions = {}): Detailed | Cannot {
  const facts = options.facts ?? {};
  const card = options.card ?? null;
  const source = options.source ?? modelSource(config, facts);
  if (isCannot(source)) return source;
  const setup = setupOf(config, source, facts, card, options.rows ?? "full");
  if (isCannot(setup)) return setup;
  const found = acrossCards(memory(source.shape, setup, card), setup);
  const wrong = objection(found, setup);
  if (wrong !== null) return { cannot: wrong };
  const edges = band({ source, setup, card, memory: found, platform: facts.platform });
  const correction = correctionFor(facts.corrections ?? [], source, setup, card);
  const factor = correction?.memoryFactor ?? 1;
  const data = options.rows === "data" ? null : dataEstimate(config, { ...options, source }, facts);
  const assumed = [
    ...(card === null ? ["No card named: figures of a Hopper card."] : []),
    ...edges.assumed,
    ...(correction ? [correctionText(correction)] : []),
  ];
  const result: Estimate = {
    used_bytes: found.used * factor,
    reserved_bytes: found.reserved * factor,
    allocated_bytes: found.allocated,
    band_bytes: [
      Math.min(edges.low * factor, data?.band_bytes[0] ?? Number.POSITIVE_INFINITY),
      edges.high * factor,
    ],
    phase: found.phases.phase,
    phases: phasesOf(found),
    parts: partsOf(found, found.used * factor),
    basis: basisOf(source, setup, found),
    with_data_bytes: data?.used_bytes ?? null,
    assumed,
  };
  return { estimate: result, source, setup, memory: found, correction };
}

const basisOf = ({ shape }: ModelSource, setup: Setup, found: Memory): Basis => ({
  batch: setup.batch,
  sequence: setup.sequence,
  tokens: setup.tokens,
  parameters: shape.parameters,
  trainable:
    setup.method === "full"
      ? shape.parameters
      : found.adapters.parameters + trainedTableElements(shape, setup),
  gpus: setup.gpus,
});

/** With rows as long as the data's, where that is known and shorter. */
function dataEstimate(config: ResolvedConfig, options: EstimateOptions, facts: Facts): Estimate | null {
  const lengths = rowLengths(datasetFacts(config, facts), config.model.max_seq_length);
  if (lengths === null || config.training.packing || lengths.longest >= config.model.max_seq_length)
    return null;
  const found = estimate(config, { ...options, rows: "data" });
  return isCannot(found) ? null : found;
}

function objection(found: Memory, setup: Setup): string | null {
  if (!Number.isFinite(found.used) || found.used <= 0)
    return "the sizes of the model or of the batch make no sense";
  if (found.used > ABSURD)
    return `${setup.tokens.toLocaleString("en")} tokens at a time are more than any machine holds`;
  if (setup.method !== "full" && found.adapters.parameters === 0 && found.trained === 0)
    return "none of lora.target_modules is a module of this model";
  return null;
}

const phasesOf = ({ phases }: Memory): Record<PhaseName, number> => ({
  load: phases.load,
  loss: phases.loss,
  backward: phases.backward,
  step: phases.step,
});

function partsOf(found: Memory, used: number): Parts {
  const { weights, optimiserStates, trained, buffers } = found;
  const workspace = found.afterLoad - weights.quantised - weights.plain;
  const known = weights.quantised + weights.plain + trained + optimiserStates + buffers + workspace;
  return {
    quantised_weights: weights.quantised,
    plain_weights: weights.plain,
    adapters: trained,
    optimiser: optimiserStates,
    buffers: buffers + workspace,
    activations: Math.max(0, found.allocated - known),
    allocator: used - found.context - Math.max(found.allocated, known),
    context: found.context,
  };
}
