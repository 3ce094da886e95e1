import type { ComputeInput, SaveInput } from "../schema.ts";
import { effect, NO_EFFECT, type KeyText, type SectionTexts } from "./text.ts";

export const SAVE_TEXTS: SectionTexts<SaveInput> = {
  method: {
    sentence: "What to write beside the adapter, which is always written.",
    becomes: "save_pretrained_merged or save_pretrained_gguf",
    example: "method: merged_16bit",
    effect: effect(
      "system memory for the whole model while merging",
      "minutes after training; merged_16bit downloads the 16-bit base again",
      "none; merged_4bit and low quantisations lose a little",
    ),
    values: {
      merged_16bit: "one folder in 16-bit that runs anywhere",
      merged_4bit: "one folder in 4-bit, for inference with bitsandbytes",
      gguf: "one file for llama.cpp, Ollama, LM Studio",
    },
  },
  quantization_method: {
    sentence: "Quantisations of a GGUF export, one or a list.",
    becomes: "save_pretrained_gguf(quantization_method)",
    example: "quantization_method: [q4_k_m, q8_0]",
    effect: effect(
      "disk: about 0.6 bytes a parameter for q4_k_m, 1.1 for q8_0, 2 for f16",
      "minutes each",
      "fewer bits lose more",
    ),
    defaultNote: "q4_k_m with method gguf",
  },
  push_to_hub: {
    sentence: "Hub repository to upload to as well.",
    more: "Needs `HF_TOKEN` with the right to write. Before the training it is checked that the token may write and that the repository is empty; the card of the repository holds no rows, paths or prompts.",
    becomes: "create_repo and upload_folder of huggingface_hub",
    example: "push_to_hub: me/support-gguf",
    effect: effect("none", "the upload", "none"),
  },
  private: {
    sentence: "Whether the repository is private; public needs `false` and a confirmation.",
    becomes: "create_repo(private)",
    example: "private: true",
    effect: NO_EFFECT,
  },
  overwrite: {
    sentence: "Whether a Hub repository that holds files already may be written to.",
    becomes: "the check before the training",
    example: "overwrite: true",
    effect: NO_EFFECT,
  },
};

export const COMPUTE_TEXTS: SectionTexts<ComputeInput> = {
  target: {
    sentence: "Where the run happens; the Run command may override it.",
    becomes: "the launcher",
    example: "target: local",
    effect: effect("the card's", "the card's", "none"),
    values: { local: "this machine: its GPU, or its CPU", modal: "a GPU rented from Modal" },
  },
  local: {
    sentence: "How this machine's GPUs are used.",
    becomes: "the launcher",
    example: "local: {gpus: auto}",
    effect: NO_EFFECT,
  },
  modal: {
    sentence: "What is rented from Modal, and for how long at most.",
    becomes: "the launcher",
    example: "modal: {gpu: L40S, timeout: 4h}",
    effect: NO_EFFECT,
  },
};

export const LOCAL_TEXTS: Readonly<Record<"gpus" | "strategy", KeyText>> = {
  gpus: {
    sentence: "Which GPUs: the one with most free memory, all, or a list of indices.",
    becomes: "CUDA_VISIBLE_DEVICES",
    example: "gpus: auto",
    effect: effect(
      "balanced spreads one model over them",
      "ddp multiplies it",
      "ddp multiplies the effective batch",
    ),
    values: { auto: "the one with most free memory when the run starts", all: "every GPU" },
  },
  strategy: {
    sentence: "How several GPUs share the work.",
    becomes: "torchrun, or device_map",
    example: "strategy: auto",
    effect: effect(
      "ddp: the whole model on each; balanced: the model once over all",
      "ddp is about twice as fast on two",
      "ddp multiplies the effective batch",
    ),
    values: {
      auto: "ddp when the model fits on one GPU, else balanced",
      ddp: "a copy on each GPU, rows shared out",
      balanced: "one copy, layers shared out",
    },
  },
};

export const MODAL_TEXTS: SectionTexts<NonNullable<ComputeInput["modal"]>> = {
  gpu: {
    sentence: "The GPU to rent, with how many after a colon.",
    becomes: "modal.Sandbox(gpu)",
    example: 'gpu: "A100-80GB:2"',
    effect: effect("the card's", "the card's", "none"),
  },
  timeout: {
    sentence:
      "A sandbox is ended after this long, with a checkpoint; a longer run goes on in the next one, up to max_attempts. Left out: twice what the run is expected to take, and at least the default.",
    becomes: "the sandbox's timeout and the plan's deadline",
    example: "timeout: 4h",
    effect: effect("none", "each further sandbox starts and loads again", "none"),
  },
  max_cost_usd: {
    sentence: "The run is ended before it costs more, over all its sandboxes, also with everything closed.",
    becomes: "the sandbox's timeout and the plan's deadline",
    example: "max_cost_usd: 15",
    effect: NO_EFFECT,
  },
  stall_timeout: {
    sentence: "The run is ended when no step comes for this long.",
    becomes: "the plan's stall limit",
    example: "stall_timeout: 15m",
    effect: NO_EFFECT,
  },
  max_attempts: {
    sentence:
      "How often a run is started, the first time included: after a preemption or a time limit it goes on by itself.",
    becomes: "the pump",
    example: "max_attempts: 3",
    effect: NO_EFFECT,
  },
  cpu: {
    sentence: "CPU cores to reserve.",
    becomes: "modal.Sandbox(cpu)",
    example: "cpu: 4",
    effect: effect("none", "faster preparation of data", "none"),
    defaultNote: "4",
  },
  memory: {
    sentence: "System memory to reserve, MiB.",
    becomes: "modal.Sandbox(memory)",
    example: "memory: 32768",
    effect: effect("system memory for offloading and merging", "none", "none"),
    defaultNote: "16384",
  },
  region: {
    sentence: "Where to rent; costs more than leaving it to Modal.",
    becomes: "modal.Sandbox(region)",
    example: "region: eu",
    effect: NO_EFFECT,
    defaultNote: "anywhere",
  },
  image: {
    sentence: "A container image of your own instead of the one built from our lock file.",
    becomes: "modal.Image.from_registry",
    example: "image: docker.io/me/finetune:1",
    effect: NO_EFFECT,
    defaultNote: "built from the pinned requirements",
  },
  volume: {
    sentence: "Volume that keeps runs and inputs.",
    becomes: "modal.Volume",
    example: "volume: finetune-runs",
    effect: NO_EFFECT,
    defaultNote: "finetune-runs",
  },
  secrets: {
    sentence: "Names of Modal secrets that the run gets as environment.",
    becomes: "modal.Secret.from_name",
    example: "secrets: [huggingface]",
    effect: NO_EFFECT,
    defaultNote: "none",
  },
};
