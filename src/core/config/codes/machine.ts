/** GPUs, the CPU, Modal, and what an estimate says. */
import { error, hint, information, warning, type CodeTable } from "./code.ts";

const MODAL = "compute:\n  target: modal\n  modal:\n";

export const MACHINE_CODES: CodeTable = {
  "bf16-unsupported": error(
    "bfloat16 needs compute capability 8.0: not T4, V100 or RTX 20.",
    "Remove the line; float16 is taken then.",
    `training:\n  bf16: true\n${MODAL}    gpu: T4`,
  ),
  "fp16-on-ampere": hint(
    "The card has bfloat16, which does not overflow.",
    "Remove the line.",
    `training:\n  fp16: true\n${MODAL}    gpu: L4`,
  ),
  "gpu-too-old": error(
    "Unsloth needs compute capability 7.0.",
    "Use a newer card, or Modal.",
    "compute:\n  target: local",
    "machine",
  ),
  "gpu-missing": error("No GPU has this index.", "Use auto.", "compute:\n  local: {gpus: [3]}", "machine"),
  "no-gpu": warning(
    "This machine has no GPU.",
    "Use smollm2-135m-instruct, or Modal.",
    "compute:\n  target: local",
    "machine",
  ),
  "optimiser-needs-gpu": error(
    "8-bit and paged optimisers need bitsandbytes and a GPU.",
    "Use adamw_torch.",
    "model: smollm2-135m-instruct\ntraining:\n  optim: adamw_8bit",
  ),
  "quantised-on-cpu": warning(
    "Quantised weights are slower than 16-bit ones on a CPU.",
    "Use load_in_16bit.",
    "model:\n  name: smollm2-135m-instruct\n  load_in_4bit: true",
  ),
  "merged-4bit-on-cpu": error(
    "Merging into 4-bit needs a GPU.",
    "Use merged_16bit.",
    "model: smollm2-135m-instruct\nsave:\n  - {method: merged_4bit}",
  ),
  "sixteen-bit-large": warning(
    "16-bit weights of a 7B model and more do not leave room on a card for games.",
    "Use load_in_4bit.",
    "model:\n  name: unsloth/Meta-Llama-3.1-8B-Instruct\n  load_in_16bit: true\n  load_in_4bit: false",
    "machine",
  ),
  "ddp-full-finetuning": warning(
    "Full fine-tuning with a copy on each GPU needs the memory of the whole training on each of them.",
    "Use strategy: balanced where one GPU is too small for it.",
    "model:\n  name: unsloth/Llama-3.2-1B-Instruct\n  full_finetuning: true\ncompute:\n  local: {gpus: [0, 1], strategy: ddp}",
  ),
  "ddp-padded-gemma3": error(
    "Gemma 3 trained with padded batches (padding_free: false) and a copy on each GPU hangs in its first step.",
    "Leave padding_free at auto, spread one copy with strategy: balanced, or use one GPU.",
    "model: unsloth/gemma-3-4b-it\ntraining:\n  padding_free: false\ncompute:\n  local: {gpus: [0, 1], strategy: ddp}",
  ),
  "ddp-effective-batch": information(
    "Each GPU works on its own batch: the effective batch is multiplied.",
    "Lower the accumulation, or raise the learning rate with care.",
    "compute:\n  local: {gpus: [0, 1]}",
  ),
  "loraplus-needs-gpu": error(
    "Unsloth trains LoRA+ on a GPU only.",
    "Remove loraplus_lr_ratio.",
    "model: smollm2-135m-instruct\ntraining:\n  loraplus_lr_ratio: 16",
  ),
  "modal-gpu-unknown": warning(
    "Modal has no GPU of this name that we know.",
    "Take the suggested one.",
    `${MODAL}    gpu: L40`,
  ),
  "modal-gpu-count": error("Modal rents at most four A10 together.", "Use four.", `${MODAL}    gpu: "A10:8"`),
  "modal-timeout-long": error(
    "A sandbox lives at most 24 hours.",
    "Use 24h and resume.",
    `${MODAL}    timeout: 36h`,
  ),
  "modal-timeout-short": warning(
    "The run is expected to take longer, with its start, than a sandbox may live: it is cut, and goes on in the next one from its newest checkpoint.",
    "Leave timeout out, which makes room for the run, or write more: the limit costs nothing unless it is met.",
    `training: {max_steps: 5000}\n${MODAL}    gpu: T4\n    timeout: 1h`,
  ),
  "modal-budget-short": warning(
    "The run is expected to cost more than max_cost_usd, so it would be ended before it is done.",
    "Raise max_cost_usd, choose another GPU, or train for fewer steps.",
    `training: {max_steps: 5000}\n${MODAL}    gpu: T4\n    max_cost_usd: 0.5`,
  ),
  "stall-timeout-short": warning(
    "The first step compiles, which may take minutes.",
    "Use 15m.",
    `${MODAL}    stall_timeout: 30s`,
  ),
  "modal-not-chosen": hint(
    "The modal section has no effect while the target is this machine.",
    "Set target: modal; the Run command can choose it too.",
    "compute:\n  modal: {gpu: L4}",
  ),
  "windows-workers": warning(
    "Processes that tokenise often die on Windows: the trainer starts none there.",
    "Remove dataset_num_proc.",
    "dataset:\n  path: chats.jsonl\n  dataset_num_proc: 4",
    "machine",
  ),
  "vllm-on-windows": error(
    "vLLM does not run on Windows.",
    "Use WSL, or leave use_vllm out.",
    "training:\n  method: grpo\n  grpo: {reward_funcs: rewards.py:correct, use_vllm: true}",
    "machine",
  ),
  "vram-does-not-fit": error(
    "The estimate, with its band, is above what the card has.",
    "Take one of the fixes: each names its new figure.",
    "model: unsloth/Llama-3.3-70B-Instruct",
    "machine",
  ),
  "vram-tight": warning(
    "The upper end of the estimate is above what the card has.",
    "Take one of the fixes, or try.",
    "model: unsloth/Meta-Llama-3.1-8B-Instruct",
    "machine",
  ),
  "vram-held": information(
    "It fits the card, and other programs hold memory of it now.",
    "Close them, or queue the run.",
    "model: unsloth/Meta-Llama-3.1-8B-Instruct",
    "machine",
  ),
  "vram-far-below": hint(
    "Much of the card would stay unused.",
    "A larger batch may be faster.",
    "model: unsloth/Llama-3.2-1B-Instruct",
    "machine",
  ),
};
