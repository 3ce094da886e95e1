/** Rows for what a run writes and fetches: adapter, checkpoints, merged model, GGUF. Bytes on disk and GPU. */
import type { ResolvedConfig } from "../run/plan.ts";
import type { Memory } from "./memory.ts";
import type { ModelSource } from "./model-source.ts";
import type { Setup } from "./setup.ts";

export interface OutputRow {
  readonly kind: "download" | "checkpoints" | "adapter" | "model" | "merged_16bit" | "merged_4bit" | "gguf";
  readonly disk_bytes: number;
  /** Peak on the GPU while it is made; 0: none. */
  readonly gpu_bytes: number;
  readonly text: string;
}

/** Bytes a parameter of GGUF files, by quantisation; others are taken as the common one. */
const GGUF_BYTES: Readonly<Record<string, number>> = {
  f32: 4,
  f16: 2,
  bf16: 2,
  not_quantized: 2,
  q8_0: 1.07,
  fast_quantized: 1.07,
  q6_k: 0.82,
  q5_k_m: 0.71,
  q4_k_m: 0.6,
  quantized: 0.6,
  q3_k_m: 0.49,
  q2_k: 0.4,
};

export function outputRows(
  config: ResolvedConfig,
  source: ModelSource,
  setup: Setup,
  memory: Memory,
): OutputRow[] {
  const { shape } = source;
  const sixteenBit = 2 * shape.parameters;
  const trained = setup.method === "full" ? sixteenBit : memory.trained;
  const rows: OutputRow[] = [];
  if (source.from !== "folder" && config.model.embedded === null) rows.push(download(source, setup, memory));
  const kept = (config.training.save_total_limit ?? 3) + 1;
  const checkpoint = trained + (config.training.save_only_model ? 0 : memory.optimiserStates);
  if (config.training.save_strategy !== "no")
    rows.push({
      kind: "checkpoints",
      disk_bytes: kept * checkpoint,
      gpu_bytes: 0,
      text: `up to ${kept} checkpoints`,
    });
  rows.push({
    kind: setup.method === "full" ? "model" : "adapter",
    disk_bytes: trained,
    gpu_bytes: 0,
    text: "written at the end",
  });
  for (const output of config.save) rows.push(outputRow(output, source, memory));
  return rows;
}

function download(source: ModelSource, setup: Setup, memory: Memory): OutputRow {
  const fourBit = setup.method === "qlora" && source.fourBit !== null;
  const bytes = fourBit ? memory.weights.quantised + memory.weights.plain : 2 * source.shape.parameters;
  const text = fourBit
    ? `${source.fourBit?.repo ?? ""} (4-bit)`
    : setup.method === "qlora"
      ? "no 4-bit copy known: the 16-bit repository is fetched and quantised while loading"
      : "the 16-bit repository";
  return { kind: "download", disk_bytes: bytes, gpu_bytes: 0, text };
}

function outputRow(
  output: ResolvedConfig["save"][number],
  { shape, from }: ModelSource,
  memory: Memory,
): OutputRow {
  const sixteenBit = 2 * shape.parameters;
  // Merged a matrix at a time in fp32: about eight bytes of the largest.
  const largest = Math.max(shape.vocab, shape.mlp) * shape.hidden;
  const gpu = memory.steady + 8 * largest + memory.context;
  const again = from === "folder" ? "" : "; the 16-bit base is fetched for it";
  switch (output.method) {
    case "merged_16bit":
      return {
        kind: "merged_16bit",
        disk_bytes: sixteenBit,
        gpu_bytes: gpu,
        text: `merged model in 16 bit${again}`,
      };
    case "merged_4bit":
      return {
        kind: "merged_4bit",
        disk_bytes: 0.6 * shape.parameters,
        gpu_bytes: gpu,
        text: "merged model in 4 bit",
      };
    case "gguf": {
      const files = output.quantization_method.reduce(
        (sum, name) => sum + (GGUF_BYTES[name.toLowerCase()] ?? 0.6),
        0,
      );
      // The merged model and its unquantised GGUF lie beside the result until it is done.
      return {
        kind: "gguf",
        disk_bytes: (4 + files) * shape.parameters,
        gpu_bytes: gpu,
        text: `${output.quantization_method.join(", ")}; while converting the merged model and a 16-bit GGUF lie beside it${again}`,
      };
    }
  }
}
