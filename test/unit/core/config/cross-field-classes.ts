/**
 * The kinds of cross-field mistakes that a fine-tuning tool can know before the start, collected from
 * what such tools check at launch, in our own words and for our own keys. Each has a config that makes
 * the mistake and the code that reports it while typing; null is one that we do not report.
 */
export interface MistakeClass {
  readonly topic: string;
  readonly mistake: string;
  readonly code: string | null;
  readonly example: string;
}

const LLAMA = "unsloth/Llama-3.2-1B-Instruct";
const split = "dataset: {path: a.jsonl, test_size: 0.1}\n";

type Row = readonly [mistake: string, code: string | null, example: string];

const topic = (name: string, rows: readonly Row[]): MistakeClass[] =>
  rows.map(([mistake, code, example]) => ({ topic: name, mistake, code, example }));

export const MISTAKE_CLASSES: readonly MistakeClass[] = [
  ...topic("What is needed", [
    ["no model", "model-missing", "dataset: b.jsonl\nname: x"],
    ["no data", "dataset-missing", `model: ${LLAMA}\nname: x`],
    ["a dataset without a path", "dataset-path-missing", "dataset: {format: text}"],
    ["an export without a method", "save-method-missing", "save: [{private: true}]"],
    ["reward training without a reward", "reward-missing", "training: {method: grpo}"],
    ["a key that does not exist", "unknown-key", "training: {gradient_acumulation: 4}"],
    ["a key of an older version", "renamed-key", "training: {evaluation_strategy: steps}"],
    ["a key of another engine that would be ignored", "refused-key", "training: {deepspeed: zero3.json}"],
  ]),
  ...topic("Loading and precision", [
    [
      "two quantisations at once",
      "loading-mode-conflict",
      `model: {name: ${LLAMA}, load_in_4bit: true, load_in_8bit: true}`,
    ],
    [
      "quantised weights without adapters",
      "loading-mode-conflict",
      `model: {name: ${LLAMA}, full_finetuning: true, load_in_4bit: true}`,
    ],
    [
      "adapters beside full fine-tuning",
      "full-finetuning-lora",
      `model: {name: ${LLAMA}, full_finetuning: true}\nlora: {r: 8}`,
    ],
    [
      "16-bit asked for, 4-bit meant by default",
      "load-in-4bit-default",
      `model: {name: ${LLAMA}, load_in_16bit: true}`,
    ],
    [
      "a repository quantised in a way that cannot be trained",
      "model-not-trainable",
      "model: owner/Llama-3-8B-GPTQ",
    ],
    [
      "a 4-bit repository in another mode",
      "repository-is-4bit",
      "model: {name: unsloth/Llama-3.2-1B-bnb-4bit, load_in_4bit: false}",
    ],
    ["bf16 and fp16 both on", "precision-conflict", "training: {bf16: true, fp16: true}"],
    [
      "a precision switch against the dtype",
      "precision-conflict",
      `model: {name: ${LLAMA}, dtype: float16}\ntraining: {bf16: true}`,
    ],
    [
      "bf16 on a card without it",
      "bf16-unsupported",
      "training: {bf16: true}\ncompute: {target: modal, modal: {gpu: T4}}",
    ],
    ["FP8 where it cannot be loaded", "fp8-unsupported", "model: owner/Llama-3.2-1B-FP8"],
    [
      "float16 for a family that overflows",
      "float16-overflow",
      "model: {name: unsloth/gemma-3-4b-it, dtype: float16}",
    ],
    [
      "an attention that is not installed",
      "attention-not-available",
      `model: {name: ${LLAMA}, attn_implementation: flash_attention_2}`,
    ],
    ["code from a repository", "trust-remote-code", `model: {name: ${LLAMA}, trust_remote_code: true}`],
    [
      "no recomputation on a large model",
      "no-checkpointing",
      "model: {name: unsloth/Meta-Llama-3.1-8B, use_gradient_checkpointing: false}",
    ],
    ["a model that is not a text decoder", "model-not-trainable", "model: openai/whisper-large-v3"],
  ]),
  ...topic("Adapters", [
    ["LoftQ and other starts on a quantised base", "init-needs-16bit", "lora: {init_lora_weights: loftq}"],
    ["a start that needs a pass over the data", "init-needs-data", "lora: {init_lora_weights: corda}"],
    ["LoftQ settings without LoftQ", "no-effect", "lora: {loftq_config: {loftq_bits: 4}}"],
    [
      "DoRA with a start that it excludes",
      "lora-variants-conflict",
      `model: {name: ${LLAMA}, load_in_4bit: false}\nlora: {use_dora: true, init_lora_weights: loftq}`,
    ],
    [
      "DoRA and rank-stabilised scaling together",
      "lora-variants-conflict",
      "lora: {use_dora: true, use_rslora: true}",
    ],
    ["dropout that costs the fused kernels", "slow-kernels", "lora: {lora_dropout: 0.1}"],
    ["trained biases that cost the fused kernels", "slow-kernels", "lora: {bias: all}"],
    ["DoRA that costs the fused kernels", "slow-kernels", "lora: {use_dora: true}"],
    [
      "all linear layers and names together",
      "all-linear-in-list",
      "lora: {target_modules: [all-linear, q_proj]}",
    ],
    [
      "target modules that the model does not have",
      "target-module-unknown",
      "lora: {target_modules: [c_attn]}",
    ],
    ["whole layers that cannot be trained", "modules-to-save-unsupported", "lora: {modules_to_save: [norm]}"],
    ["a layer number beyond the model", "layer-out-of-range", "lora: {layers_to_transform: [99]}"],
    [
      "two ways to choose layers",
      "layers-conflict",
      "lora: {layers_to_transform: [0], finetune_last_n_layers: 2}",
    ],
    ["a layer pattern without layers", "no-effect", "lora: {layers_pattern: layers}"],
    [
      "a learning rate for embeddings that are frozen",
      "no-effect",
      "training: {embedding_learning_rate: 1e-5}",
    ],
    [
      "LoRA+ without adapters",
      "no-effect",
      `model: {name: ${LLAMA}, full_finetuning: true}\ntraining: {loraplus_lr_ratio: 16}`,
    ],
    [
      "a new rank for an adapter that is continued",
      "adapter-mode-conflict",
      "model: {name: ./adapter, adapter_mode: continue}\nlora: {r: 8}",
    ],
    ["a scale far from the rank", "alpha-far-from-rank", "lora: {r: 128, lora_alpha: 8}"],
    ["a rank of zero", "out-of-range", "lora: {r: 0}"],
  ]),
  ...topic("Data", [
    ["a held-out share and held-out data", "two-eval-sources", `${split}eval_dataset: b.jsonl`],
    ["evaluation on the training rows", "eval-is-train", "dataset: a.jsonl\neval_dataset: a.jsonl"],
    ["the same data twice in a mix", "dataset-twice", "dataset: [a.jsonl, a.jsonl]"],
    [
      "rows of the wrong kind for the method",
      "format-method",
      "dataset: {path: a.jsonl, format: messages}\ntraining: {method: dpo}",
    ],
    ["Hub settings for a local file", "no-effect", "dataset: {path: a.jsonl, split: train}"],
    [
      "a chat template that does not exist",
      "chat-template-unknown",
      "dataset: {path: a.jsonl, chat_template: lama3}",
    ],
    [
      "a Jinja template without its file",
      "chat-template-inline",
      'dataset: {path: a.jsonl, chat_template: "{% if x %}{% endif %}"}',
    ],
    [
      "conversations for a base model without a template",
      "chat-template-missing",
      "model: unsloth/Llama-3.2-1B\ndataset: {path: a.jsonl, format: messages}",
    ],
    [
      "the Alpaca text for a chat model",
      "alpaca-on-instruct",
      "dataset: {path: a.jsonl, prompt_template: alpaca}",
    ],
    [
      "a prompt format for rows that have their own",
      "no-effect",
      'dataset: {path: a.jsonl, format: messages, prompt_template: "{x}"}',
    ],
    [
      "answers only, on text without answers",
      "responses-only-on-text",
      "dataset: {path: a.txt, format: text, train_on_responses_only: true}",
    ],
    [
      "long conversations to be split",
      "split-on-chats",
      "dataset: {path: a.jsonl, format: sharegpt, overlength: split}",
    ],
    ["an address in place of a name", "name-is-address", "dataset: https://example.org/a.jsonl"],
    [
      "held-out shares that differ within a mix",
      "test-size-differs",
      "dataset: [{path: a.jsonl, test_size: 0.1}, {path: b.jsonl, test_size: 0.2}]",
    ],
    ["special tokens that the tokenizer does not have", null, "training: {seed: 1}"],
  ]),
  ...topic("Length and schedule", [
    ["steps and epochs both set", "steps-and-epochs", "training: {max_steps: 10, num_train_epochs: 3}"],
    [
      "warm-up steps and warm-up share both set",
      "renamed-key",
      "training: {warmup_steps: 10, warmup_ratio: 0.1}",
    ],
    ["a warm-up longer than the training", "warmup-too-long", "training: {max_steps: 10, warmup_steps: 50}"],
    ["saving only after the end", "beyond-the-end", "training: {max_steps: 10, save_steps: 500}"],
    ["evaluating only after the end", "beyond-the-end", `${split}training: {max_steps: 10, eval_steps: 500}`],
    ["a schedule without its floor", "scheduler-kwargs", "training: {lr_scheduler_type: cosine_with_min_lr}"],
    [
      "arguments for a schedule that takes none",
      "scheduler-kwargs",
      "training: {lr_scheduler_kwargs: {min_lr: 0}}",
    ],
    [
      "a warm-up for a schedule without one",
      "no-effect",
      "training: {lr_scheduler_type: constant, warmup_steps: 10}",
    ],
    [
      "a plateau schedule without evaluations",
      "plateau-needs-eval",
      "training: {lr_scheduler_type: reduce_lr_on_plateau}",
    ],
    [
      "momentum settings for an optimiser without them",
      "no-effect",
      "training: {optim: sgd, adam_beta1: 0.9}",
    ],
    [
      "a learning rate far too high for the method",
      "learning-rate-high",
      "training: {method: dpo, learning_rate: 2e-4}",
    ],
    ["a learning rate of zero or below", "out-of-range", "training: {learning_rate: 0}"],
    ["noise on embeddings below zero", "out-of-range", "training: {neftune_noise_alpha: -1}"],
    [
      "an optimiser that the machine cannot run",
      "optimiser-needs-gpu",
      "model: smollm2-135m-instruct\ntraining: {optim: paged_adamw_8bit}",
    ],
    [
      "packing for a model that mixes packed rows",
      "packing-ignored",
      "model: unsloth/gemma-2-9b-it\ntraining: {packing: true}",
    ],
    ["packing for preference pairs", "packing-ignored", "training: {method: dpo, packing: true}"],
    ["packing of evaluation rows alone", "no-effect", "training: {eval_packing: true}"],
    [
      "padding settings that packing makes moot",
      "no-effect",
      "training: {packing: true, padding_free: false}",
    ],
  ]),
  ...topic("Evaluation and saving", [
    ["evaluation without evaluation data", "eval-without-data", "training: {eval_steps: 10}"],
    ["evaluation steps with evaluation off", "no-effect", 'training: {eval_strategy: "no", eval_steps: 10}'],
    [
      "evaluation steps with evaluation by epoch",
      "no-effect",
      `${split}training: {eval_strategy: epoch, eval_steps: 10}`,
    ],
    ["saving steps with saving off", "no-effect", 'training: {save_strategy: "no", save_steps: 10}'],
    ["saving steps with saving by epoch", "no-effect", "training: {save_strategy: epoch, save_steps: 10}"],
    [
      "the best model without evaluations",
      "best-model-needs-eval",
      "training: {load_best_model_at_end: true}",
    ],
    [
      "the best model with evaluation and saving apart",
      "best-model-needs-eval",
      `${split}training: {load_best_model_at_end: true, eval_strategy: epoch, save_steps: 10}`,
    ],
    [
      "the best model with steps that never meet",
      "best-model-needs-eval",
      `${split}training: {load_best_model_at_end: true, eval_steps: 40, save_steps: 100}`,
    ],
    [
      "early stopping without evaluations",
      "early-stopping-needs-eval",
      "training: {early_stopping_patience: 2}",
    ],
    [
      "early stopping that keeps the last model",
      "early-stopping-keeps-last",
      `${split}training: {early_stopping_patience: 2}`,
    ],
    [
      "a metric that is never computed",
      "metric-unknown",
      `${split}training: {load_best_model_at_end: true, metric_for_best_model: accuracy}`,
    ],
    [
      "a metric judged the wrong way round",
      "metric-direction",
      `${split}training: {load_best_model_at_end: true, greater_is_better: true}`,
    ],
    ["a metric that nothing reads", "no-effect", "training: {metric_for_best_model: eval_loss}"],
    ["checkpoints that cannot be resumed", "save-only-model", "training: {save_only_model: true}"],
    ["a folder that the run chooses itself", "removed-key", "save: {output_dir: out}"],
    [
      "an upload to a name that is no repository",
      "hub-id-invalid",
      "save: [{method: gguf, push_to_hub: my model}]",
    ],
    ["privacy settings without an upload", "no-effect", "save: [{method: gguf, private: false}]"],
    ["overwriting without an upload", "no-effect", "save: [{method: gguf, overwrite: true}]"],
    [
      "quantisation names for an export without them",
      "no-effect",
      "save: [{method: merged_16bit, quantization_method: q4_k_m}]",
    ],
    [
      "merging where there is no adapter",
      "nothing-to-merge",
      `model: {name: ${LLAMA}, full_finetuning: true}\nsave: [{method: merged_16bit}]`,
    ],
    ["a tracker without its project name", null, "training: {report_to: wandb}"],
  ]),
  ...topic("Preferences and rewards", [
    ["settings of another method", "method-section-unused", "training: {method: sft, dpo: {beta: 0.1}}"],
    [
      "a batch that does not divide into groups of answers",
      "generations-batch",
      "training: {method: grpo, gradient_accumulation_steps: 3, grpo: {reward_funcs: r.py:f}}",
    ],
    [
      "fewer weights than rewards",
      "weights-count",
      "training: {method: grpo, grpo: {reward_funcs: [r.py:f, r.py:g], reward_weights: [1]}}",
    ],
    [
      "fewer weights than losses",
      "weights-count",
      "training: {method: dpo, dpo: {loss_type: [sigmoid, sft], loss_weights: [1]}}",
    ],
    [
      "single answers compared in a batch of one",
      "kto-batch",
      "training: {method: kto, per_device_train_batch_size: 1}",
    ],
    [
      "a moving reference with adapters",
      "sync-ref-model",
      "training: {method: dpo, dpo: {sync_ref_model: true}}",
    ],
    [
      "a moving reference computed in advance",
      "sync-ref-model",
      `model: {name: ${LLAMA}, full_finetuning: true}\ntraining: {method: dpo, dpo: {sync_ref_model: true, precompute_ref_log_probs: true}}`,
    ],
    [
      "answers that fill the whole context",
      "completion-too-long",
      "training: {method: grpo, grpo: {reward_funcs: r.py:f, max_completion_length: 2048}}",
    ],
    [
      "noise on embeddings in preference training",
      "no-effect",
      "training: {method: dpo, neftune_noise_alpha: 5}",
    ],
  ]),
  ...topic("Where it runs", [
    [
      "copies on several GPUs with full fine-tuning",
      "ddp-full-finetuning",
      `model: {name: ${LLAMA}, full_finetuning: true}\ncompute: {local: {gpus: [0, 1]}}`,
    ],
    ["several GPUs that multiply the batch", "ddp-effective-batch", "compute: {local: {gpus: [0, 1]}}"],
    ["a strategy for several GPUs with one", "no-effect", "compute: {local: {gpus: [0], strategy: ddp}}"],
    ["the same GPU twice", "duplicate-item", "compute: {local: {gpus: [0, 0]}}"],
    ["a rented GPU that does not exist", "modal-gpu-unknown", "compute: {target: modal, modal: {gpu: L40}}"],
    [
      "a time limit that the host does not allow",
      "modal-timeout-long",
      "compute: {target: modal, modal: {timeout: 3d}}",
    ],
    ["settings of a host that is not chosen", "modal-not-chosen", "compute: {modal: {gpu: L4}}"],
    [
      "more memory than the card has",
      "vram-does-not-fit",
      "model: unsloth/Llama-3.3-70B-Instruct\ncompute: {target: modal, modal: {gpu: T4}}",
    ],
    ["secrets in the file", "secret-in-file", "training: {wandb_api_key: abc}"],
    ["package versions that do not know the model", "model-not-trainable", "model: apple/OpenELM-1_1B"],
    ["compiler settings that clash with the engine", "refused-key", "training: {torch_compile: true}"],
    ["kernels of another library", "refused-key", "training: {use_liger_kernel: true}"],
    ["a network port or rendezvous that is taken", null, "compute: {local: {gpus: [0, 1]}}"],
  ]),
];

export const caught = (): number => MISTAKE_CLASSES.filter(({ code }) => code !== null).length;

/** The page `media/docs/axolotl-checks.md`. */
export function mistakesPage(): string {
  const total = MISTAKE_CLASSES.length;
  const topics = [...new Set(MISTAKE_CLASSES.map((each) => each.topic))];
  const tables = topics.map((name) => {
    const rows = MISTAKE_CLASSES.filter((each) => each.topic === name).map(
      ({ mistake, code }) =>
        `| ${mistake} | ${code === null ? "no" : `yes: [${code}](diagnostics.md#${code})`} |`,
    );
    return [`## ${name}`, "", "| mistake | caught while typing |", "|---|---|", ...rows].join("\n");
  });
  return [
    "# Mistakes between keys",
    "",
    "Axolotl checks the values of its configs against each other when a run is launched. This is each kind of such a check that makes sense for our keys, in our words, with kinds of our own added, and whether it is reported while you type.",
    "",
    `**${caught()} of ${total}** (${Math.round((caught() / total) * 100)} %) are. Each row is a test.`,
    "",
    tables.join("\n\n"),
    "",
  ].join("\n");
}
