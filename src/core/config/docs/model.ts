import type { ModelInput } from "../schema.ts";
import { effect, NO_EFFECT, type SectionTexts } from "./text.ts";

const load = (argument: string): string => `FastLanguageModel.from_pretrained(${argument})`;

export const MODEL_TEXTS: SectionTexts<ModelInput> = {
  name: {
    sentence: "The model to fine-tune.",
    more: "A Hub id (`owner/name`), a local folder (`./my-model`), an adapter folder to go on with, or `smollm2-135m-instruct`, which comes with the set-up and trains on any CPU. With `load_in_4bit` Unsloth may load the 4-bit sibling of the repository; the adapter still records the name written here.",
    becomes: load("model_name"),
    example: "name: unsloth/Llama-3.2-3B-Instruct",
    effect: effect(
      "the weights: about 0.7 GB a billion parameters in 4-bit, 2 GB in 16-bit",
      "larger is slower in proportion",
      "the largest choice of all",
    ),
  },
  revision: {
    sentence: "Branch, tag or commit of the model's repository.",
    more: "A commit makes the run repeatable when the repository changes. What was really loaded is recorded in the run folder either way.",
    becomes: load("revision"),
    example: "revision: main",
    effect: NO_EFFECT,
    defaultNote: "the repository's main branch",
  },
  max_seq_length: {
    sentence: "The longest row in tokens, prompt and answer together.",
    more: "Longer rows are handled as `dataset.overlength` says. Set it near the longest row of your data: a larger value costs memory only when rows are that long or packed. Above the model's own limit Unsloth stretches its positions (linear RoPE scaling).",
    becomes: `${load("max_seq_length")} and SFTConfig(max_length)`,
    example: "max_seq_length: 2048",
    effect: effect(
      "activations grow with it where rows are that long",
      "longer rows take longer",
      "too short cuts or drops rows",
    ),
  },
  dtype: {
    sentence: "The number format of weights and activations that are not quantised.",
    more: "`auto` takes bfloat16 where the GPU has it (compute capability 8.0 and later) and float16 elsewhere. Forcing the wrong one is a common cause of NaN or of slow training.",
    becomes: load("dtype"),
    example: "dtype: auto",
    effect: effect(
      "float32 doubles 16-bit weights and activations",
      "float32 is much slower on a GPU",
      "float16 can overflow where bfloat16 does not",
    ),
    values: {
      auto: "bfloat16 where the GPU has it, else float16",
      bfloat16: "range of float32 with fewer digits; Ampere and later",
      float16: "more digits, small range; Turing and Volta",
      float32: "exact and slow; for the CPU",
    },
    defaultNote: "auto; float32 for the embedded model on the CPU",
  },
  load_in_4bit: {
    sentence: "QLoRA: the base model is loaded in 4-bit, adapters train in 16 or 32-bit.",
    more: "Exactly one of load_in_4bit, load_in_8bit, load_in_16bit and full_finetuning holds. The base stays frozen; nf4 with double quantisation costs about 0.52 bytes a parameter.",
    becomes: load("load_in_4bit"),
    example: "load_in_4bit: true",
    effect: effect(
      "a quarter of 16-bit weights",
      "a little slower than 16-bit: weights are unpacked on the way",
      "close to 16-bit LoRA",
    ),
    defaultNote: "true, unless another mode is chosen; false for the embedded model",
  },
  load_in_8bit: {
    sentence: "LoRA on a base model loaded in 8-bit.",
    becomes: load("load_in_8bit"),
    example: "load_in_8bit: true\nload_in_4bit: false",
    effect: effect(
      "half of 16-bit weights",
      "slower than 4-bit and 16-bit: no fused kernels",
      "close to 16-bit LoRA",
    ),
  },
  load_in_16bit: {
    sentence: "LoRA on a base model in 16-bit.",
    more: "Unsloth itself loads 4-bit unless it is told not to, so `load_in_4bit: false` belongs beside it in files that others read.",
    becomes: load("load_in_16bit"),
    example: "load_in_16bit: true\nload_in_4bit: false",
    effect: effect("2 bytes a parameter", "faster than 4-bit where it fits", "the reference for LoRA"),
  },
  full_finetuning: {
    sentence: "Trains every weight instead of adapters.",
    more: "Needs weights, gradients and optimiser states of the whole model, and a learning rate about ten times lower. There is no `lora` section then.",
    becomes: load("full_finetuning"),
    example: "full_finetuning: true",
    effect: effect(
      "6 to 10 bytes a parameter with adamw_8bit",
      "slower, and checkpoints are as large as the model",
      "can learn more, and forget more",
    ),
  },
  use_gradient_checkpointing: {
    sentence: "Recomputes activations in the backward pass instead of keeping them.",
    becomes: `${load("use_gradient_checkpointing")} and get_peft_model(use_gradient_checkpointing)`,
    example: "use_gradient_checkpointing: unsloth",
    effect: effect(
      "`unsloth` least, `true` a little more, `false` every layer's activations",
      "recomputing costs about a quarter of a step",
      "none",
    ),
    values: {
      unsloth: "recompute, and keep long layer inputs in system memory",
      true: "recompute, keep layer inputs on the GPU",
      false: "keep everything: fastest, most memory",
    },
    defaultNote: "unsloth; false for the embedded model on the CPU",
  },
  use_exact_model_name: {
    sentence: "Loads the named repository itself, never Unsloth's sibling of it.",
    becomes: load("use_exact_model_name"),
    example: "use_exact_model_name: true",
    effect: effect(
      "with 4-bit: the 16-bit weights pass through memory while loading",
      "a larger download",
      "none",
    ),
  },
  trust_remote_code: {
    sentence: "Runs Python code that the model's repository brings along.",
    more: "Only for repositories whose code you have read: it runs with your rights.",
    becomes: load("trust_remote_code"),
    example: "trust_remote_code: false",
    effect: NO_EFFECT,
  },
  attn_implementation: {
    sentence: "Which attention code to ask for; normally left out.",
    more: "Unsloth takes the fastest that is installed. The pinned environment has PyTorch's own (sdpa); flash-attention and xformers are not in it.",
    becomes: load("attn_implementation"),
    example: "attn_implementation: sdpa",
    effect: effect("eager keeps whole attention matrices", "eager is slowest", "none"),
    values: {
      eager: "plain PyTorch, for debugging",
      sdpa: "PyTorch's fused attention",
      flash_attention_2: "the flash-attn package, where it is installed",
      flash_attention_3: "flash-attn 3, Hopper only, where it is installed",
      flex_attention: "PyTorch's compiled attention",
    },
    defaultNote: "the fastest that works",
  },
  offload_embedding: {
    sentence: "Keeps the input embedding in system memory.",
    becomes: load("offload_embedding"),
    example: "offload_embedding: auto",
    effect: effect("frees the embedding: 0.5 to 2 GB for large vocabularies", "slightly slower", "none"),
    values: { auto: "only when GPU memory is short" },
    defaultNote: "auto; false for the embedded model on the CPU",
  },
  rope_scaling: {
    sentence: "Replaces the model's own scaling of positions, for rows beyond its trained length.",
    becomes: load("rope_scaling"),
    example: "rope_scaling: {rope_type: linear, factor: 2.0}",
    effect: effect("none by itself", "none", "needs training on long rows to help"),
    defaultNote: "the model's own",
  },
  adapter_mode: {
    sentence: "What to do when `name` is an adapter folder.",
    becomes: "the trainer, before get_peft_model",
    example: "adapter_mode: continue",
    effect: effect("none", "none", "merging fixes what was learnt so far in the weights"),
    values: {
      continue: "go on training this adapter; lora must be absent or equal",
      merge_then_new: "merge it into its base, then train a new adapter",
    },
    defaultNote: "continue, when name is an adapter",
  },
};
