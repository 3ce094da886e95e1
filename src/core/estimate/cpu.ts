/** Training on the CPU. Fitted to four measured runs of a 135M model on two cores, so the bands are wide. */
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { attentionMemory, layerInputs } from "./activations.ts";
import { adapters } from "./adapters.ts";
import { isCannot, type Cannot } from "./cannot.ts";
import { modelSource } from "./model-source.ts";
import { optimiserMemory } from "./optimiser.ts";
import { setupOf } from "./setup-of-config.ts";
import type { Setup } from "./setup.ts";
import type { ModelShape } from "./shape.ts";
import { stepsOf } from "./steps.ts";
import { cpuSpeed } from "./throughput.ts";
import { timeFrom, type Time } from "./time.ts";

export interface CpuEstimate extends Time {
  /** System memory at the peak. */
  readonly used_bytes: number;
  readonly band_bytes: readonly [low: number, high: number];
  readonly steps: number | null;
  readonly cores: number;
  readonly assumed: readonly string[];
}

/** fitted: Python, torch and the libraries. */
const PROCESS = 0.92e9;
const MEMORY_SPREAD = [0.8, 1.3] as const;
/** measured: process start to the first step. */
const START = 5;
/** Where nobody said how many: an ordinary laptop. */
const CORES = 4;

export function cpuEstimate(config: ResolvedConfig, facts: Facts): CpuEstimate | Cannot {
  const source = modelSource(config, facts);
  if (isCannot(source)) return source;
  const asked = setupOf(config, source, facts, null, "data");
  if (isCannot(asked)) return asked;
  const bf16 =
    config.model.dtype === "bfloat16" || (config.model.dtype === "auto" && facts.cpu?.bf16 === true);
  const setup = onCpu(asked, bf16);
  const cores = facts.cpu?.cores ?? CORES;
  const steps = stepsOf(config, setup, facts);
  const used = memoryOf(source.shape, setup);
  const time = timeFrom(config, source.shape, setup, steps, cpuSpeed(cores, bf16), START, 1);
  return {
    used_bytes: used,
    band_bytes: [used * MEMORY_SPREAD[0], used * MEMORY_SPREAD[1]],
    steps: steps.steps,
    cores,
    ...time,
    assumed: [
      "CPU figures are scaled from a 135M model on two cores.",
      ...(config.model.load_in_4bit ? ["On a CPU 4-bit loading becomes 16-bit."] : []),
      ...(facts.cpu === undefined ? [`${CORES} cores are assumed.`] : []),
    ],
  };
}

/** Weights in fp32 or bf16, never quantised; "unsloth" checkpointing is the plain one here. */
const onCpu = (setup: Setup, bf16: boolean): Setup => ({
  ...setup,
  method: setup.method === "full" ? "full" : "lora16",
  kept: 0,
  activationBytes: bf16 ? 2 : 4,
  weightBytes: bf16 ? 2 : 4,
});

function memoryOf(shape: ModelShape, setup: Setup): number {
  const adapted = adapters(shape, setup);
  const trained = setup.method === "full" ? shape.parameters : adapted.parameters;
  const { states } = optimiserMemory(shape, setup, adapted);
  const activations = layerInputs(shape, setup, attentionMemory(shape, setup, adapted, null), false);
  const logits = 3 * 4 * setup.tokens * shape.vocab;
  const adapterWeights = setup.method === "full" ? 0 : 4 * trained;
  return (
    PROCESS +
    setup.weightBytes * shape.parameters +
    adapterWeights +
    4 * trained +
    states +
    activations +
    logits
  );
}
