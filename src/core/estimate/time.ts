/** Seconds of a run: start, steps, evaluations, saving; waiting for a GPU is never counted. */
import type { ResolvedConfig } from "../run/plan.ts";
import type { Memory } from "./memory.ts";
import type { Setup } from "./setup.ts";
import type { ModelShape } from "./shape.ts";
import type { Steps } from "./steps.ts";
import type { Speed } from "./throughput.ts";
import { microBatchFlops } from "./work.ts";

export interface Time {
  readonly step_seconds: number;
  /** Import, loading, compiling the first step. */
  readonly start_seconds: number;
  /** null: the number of steps is not known. */
  readonly seconds: number | null;
  readonly seconds_band: readonly [low: number, high: number] | null;
}

/** measured: imports 25 to 52 s, the first step 4 to 13 s, an 8B model's loading 3 to 7 s. */
const IMPORT_AND_COMPILE = 50;
/** assumed: bytes a second read at the start and written at the end. */
const DISK = 1e9;
/** assumed: bytes of 16-bit weights that conversion to GGUF handles a second. */
const CONVERSION = 1.5e8;
/** How far start and saving may differ from the figure. */
const REST_SPREAD = [0.6, 1.8] as const;

/** @param factor a correction from finished runs. */
export function timeOf(
  config: ResolvedConfig,
  shape: ModelShape,
  setup: Setup,
  memory: Pick<Memory, "weights">,
  steps: Steps,
  speed: Speed,
  factor = 1,
): Time {
  const start = IMPORT_AND_COMPILE + (memory.weights.quantised + memory.weights.plain) / DISK;
  return timeFrom(config, shape, setup, steps, speed, start, factor);
}

export function timeFrom(
  config: ResolvedConfig,
  shape: ModelShape,
  setup: Setup,
  steps: Steps,
  speed: Speed,
  start: number,
  factor: number,
): Time {
  const micro =
    shape.layers * speed.layerSeconds +
    microBatchFlops(shape, setup, steps.tokens, steps.sequence) / speed.flops;
  const step = factor * micro * setup.accumulation;
  if (steps.steps === null)
    return { step_seconds: step, start_seconds: start, seconds: null, seconds_band: null };
  const training = steps.steps * step + factor * steps.evaluations * evaluation(shape, setup, steps, speed);
  const rest = start + saving(config, shape);
  const [low, high] = speed.spread;
  return {
    step_seconds: step,
    start_seconds: start,
    seconds: training + rest,
    seconds_band: [training * low + rest * REST_SPREAD[0], training * high + rest * REST_SPREAD[1]],
  };
}

/** One pass over the held-out rows, forward only: a third of what a step costs without checkpointing. */
function evaluation(shape: ModelShape, setup: Setup, steps: Steps, speed: Speed): number {
  const batches = Math.ceil(steps.evalRows / setup.batch);
  const step = microBatchFlops(shape, { ...setup, checkpointing: "none" }, steps.tokens, steps.sequence);
  return (batches * (shape.layers * speed.layerSeconds + step / speed.flops)) / 3;
}

function saving(config: ResolvedConfig, shape: ModelShape): number {
  const sixteenBit = 2 * shape.parameters;
  let seconds = 2;
  for (const output of config.save) {
    if (output.method === "gguf")
      seconds += sixteenBit / CONVERSION + (sixteenBit / DISK) * output.quantization_method.length;
    else seconds += (2 * sixteenBit) / DISK;
  }
  return seconds;
}
