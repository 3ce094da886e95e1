/** The model, how it is loaded, and adapters. */
import { error, hint, information, warning, type CodeTable } from "./code.ts";

const LLAMA = "model:\n  name: unsloth/Llama-3.2-1B-Instruct\n";

export const MODEL_CODES: CodeTable = {
  "loading-mode-conflict": error(
    "Exactly one of load_in_4bit, load_in_8bit, load_in_16bit and full_finetuning can hold.",
    "Keep the one you mean.",
    `${LLAMA}  load_in_4bit: true\n  full_finetuning: true`,
  ),
  "load-in-4bit-default": warning(
    "Unsloth loads 4-bit unless it is told not to. Runs from here do what the file says; other readers of the file may not.",
    "Add load_in_4bit: false.",
    `${LLAMA}  load_in_16bit: true`,
  ),
  "full-finetuning-lora": error(
    "Full fine-tuning has no adapters.",
    "Remove the lora section, or full_finetuning.",
    `${LLAMA}  full_finetuning: true\nlora:\n  r: 16`,
  ),
  "adapter-mode-conflict": error(
    "An adapter that is continued keeps its rank and layers (a warning beside a lora section); full fine-tuning has none.",
    "Use merge_then_new, or remove what contradicts it.",
    "model:\n  name: ./adapter\n  full_finetuning: true\n  adapter_mode: continue",
  ),
  "precision-conflict": error(
    "bf16, fp16 and dtype decide the same thing; the run would stop at its start.",
    "Leave them out: the GPU's own format is taken.",
    "training:\n  bf16: true\n  fp16: true",
  ),
  "dtype-float32": warning(
    "float32 doubles memory and is several times slower on a GPU.",
    "Use auto.",
    `${LLAMA}  dtype: float32`,
  ),
  "float16-overflow": warning(
    "The activations of this family leave the range of float16.",
    "Leave the format to auto.",
    "model:\n  name: unsloth/gemma-3-4b-it\n  dtype: float16",
  ),
  "repository-is-4bit": error(
    "The named repository holds 4-bit weights, which no other mode can load.",
    "Name the 16-bit repository, or train in 4-bit.",
    "model:\n  name: unsloth/Llama-3.2-1B-Instruct-unsloth-bnb-4bit\n  load_in_16bit: true\n  load_in_4bit: false",
  ),
  "model-not-trainable": error(
    "Repositories of this kind (GGUF, GPTQ, sound, images, embeddings, encoders) cannot be trained here.",
    "Name the original 16-bit repository of a model that writes text.",
    "model: unsloth/Llama-3.2-1B-Instruct-GGUF",
  ),
  "model-is-file": error(
    "A model is a folder with its configuration, weights and tokenizer.",
    "Name the folder, or a Hub id.",
    "model: ./model.safetensors",
  ),
  "name-is-address": error(
    "A pasted address is not a name.",
    "Write owner/name, or download the file.",
    "model: https://huggingface.co/unsloth/Llama-3.2-1B-Instruct",
  ),
  "model-without-owner": error(
    "Hub ids are owner/name; a bare name is not found.",
    "Take the suggested id.",
    "model: smollm2-135m",
  ),
  "sequence-beyond-model": warning(
    "The model was made for shorter rows; Unsloth stretches its positions.",
    "Use the model's own length, or set rope_scaling on purpose.",
    "model:\n  name: unsloth/Llama-3.2-1B-Instruct\n  max_seq_length: 262144",
  ),
  "trust-remote-code": warning(
    "Code from the repository runs with your rights.",
    "Remove it unless you have read that code.",
    `${LLAMA}  trust_remote_code: true`,
  ),
  "no-checkpointing": warning(
    "A large model that keeps every activation needs several times the memory.",
    "Use unsloth.",
    "model:\n  name: unsloth/Meta-Llama-3.1-8B-Instruct\n  use_gradient_checkpointing: false",
  ),
  "unsloth-checkpointing-short": hint(
    "Rows below 512 tokens are not worth moving to system memory; Unsloth does not.",
    "Nothing to do.",
    `${LLAMA}  max_seq_length: 256\n  use_gradient_checkpointing: unsloth`,
  ),
  "init-needs-16bit": error(
    "pissa, corda, loftq, lora_ga, mica and orthogonal compute on the base weights and refuse quantised ones.",
    "Load the base in 16-bit, or use the usual start.",
    "lora:\n  init_lora_weights: pissa",
  ),
  "init-needs-data": error(
    "corda and lora_ga need a pass over the data before training, which is not built.",
    "Use the usual start.",
    "lora:\n  init_lora_weights: corda",
  ),
  "init-even-rank": error(
    "orthogonal starts come in pairs.",
    "Use an even rank.",
    `${LLAMA}  load_in_16bit: true\n  load_in_4bit: false\nlora:\n  r: 15\n  lora_alpha: 15\n  init_lora_weights: orthogonal`,
  ),
  "init-not-supported": error(
    "eva works with FastModel only, not with Unsloth's fast classes.",
    "Use the usual start.",
    "lora:\n  init_lora_weights: eva",
  ),
  "init-rewrites-base": hint(
    "The start changes the base weights: the adapter alone does not fit the original base.",
    "Export a merged model.",
    "lora:\n  init_lora_weights: olora",
  ),
  "lora-variants-conflict": error(
    "Two variants of LoRA that do not combine, or (as a warning) that nobody has tried together.",
    "Keep one.",
    `${LLAMA}  load_in_16bit: true\n  load_in_4bit: false\nlora:\n  use_dora: true\n  init_lora_weights: loftq`,
  ),
  "slow-kernels": hint(
    "Dropout, trained biases and DoRA leave Unsloth's fused kernels.",
    "Remove it if speed matters more.",
    "lora:\n  lora_dropout: 0.05",
  ),
  "layers-conflict": error(
    "Two keys choose the layers.",
    "Keep one.",
    "lora:\n  layers_to_transform: [0, 1]\n  finetune_last_n_layers: 4",
  ),
  "layer-out-of-range": error(
    "The model has fewer layers.",
    "Count from 0.",
    "lora:\n  layers_to_transform: [15, 16]",
  ),
  "modules-to-save-unsupported": error(
    "Unsloth trains only embed_tokens and lm_head whole.",
    "Give other layers adapters: target_modules.",
    "lora:\n  modules_to_save: [norm]",
  ),
  "alpha-far-from-rank": hint(
    "alpha / r scales the adapters: far below 1 little is learnt, far above it training is unstable.",
    "Use r or twice r.",
    "lora:\n  r: 64\n  lora_alpha: 16",
  ),
  "target-module-unknown": error(
    "The model has no layer of this name, so nothing would be adapted.",
    "Take the names that the message lists.",
    "lora:\n  target_modules: [c_attn]",
  ),
  "all-linear-in-list": error(
    "all-linear stands for a whole list; inside one it is taken for a layer's name.",
    "Write target_modules: all-linear, or names only.",
    "lora:\n  target_modules: [all-linear, q_proj]",
  ),
  "target-trained-whole": hint(
    "embed_tokens and lm_head get no adapter: Unsloth trains full copies of them.",
    "Write them under modules_to_save, or remove them.",
    "lora:\n  target_modules: [q_proj, v_proj, lm_head]",
  ),
  "duplicate-item": warning(
    "The item is in the list already (an error for GPUs).",
    "Remove it.",
    "lora:\n  target_modules: [q_proj, v_proj, q_proj]",
  ),
  "fp8-unsupported": error(
    "Loading FP8 weights is not supported yet, and needs a Hopper or later card.",
    "Name the 16-bit repository.",
    "model: neuralmagic/Llama-3.2-1B-Instruct-FP8",
  ),
  "attention-not-available": error(
    "The pinned environment has PyTorch's own attention, not the flash-attn package; older cards cannot run it at all.",
    "Remove the line: the fastest that works is taken.",
    `${LLAMA}  attn_implementation: flash_attention_2`,
  ),
  "gemma2-uncompiled": information(
    "Gemma 2 fails to compile with the pinned torch, so it runs without compilation.",
    "Nothing to do; Gemma 3 is compiled.",
    "model: unsloth/gemma-2-2b-it",
  ),
};
