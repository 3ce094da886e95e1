/** A config as long as they get: every section, many datasets, comments; one mistake, so that there is work to do. */
export function longConfig(lines: number): string {
  const head = HEAD.trim().split("\n");
  const datasets: string[] = ["dataset:"];
  for (let index = 0; head.length + datasets.length + DATASET_LINES <= lines; index++)
    datasets.push(
      `  # Part ${index + 1}: exported on a Monday, anonymised, read by two people`,
      `  - path: data/part-${index + 1}.jsonl`,
      "    format: prompt_completion",
      "    columns: {prompt: question, completion: answer}",
      "    system_message: You answer in one short sentence.",
      "    train_on_responses_only: true",
      "    max_samples: 5000",
      `    weight: ${1 + (index % 3)}`,
    );
  const text = [...head, ...datasets];
  while (text.length < lines) text.push("# end");
  return `${text.join("\n")}\n`;
}

const DATASET_LINES = 8;

const HEAD = `
# Support answers, second try
name: support-long
model:
  name: unsloth/Llama-3.2-3B-Instruct
  max_seq_length: 2048
  dtype: auto
  load_in_4bit: true
  use_gradient_checkpointing: unsloth
lora:
  r: 16
  lora_alpha: 16
  lora_dropout: 0
  bias: none
  target_modules: [q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj]
training:
  method: sft
  per_device_train_batch_size: 2
  gradient_accumulation_steps: 4
  num_train_epochs: 1
  learning_rte: 2e-4
  lr_scheduler_type: linear
  warmup_steps: 0.1
  optim: adamw_8bit
  weight_decay: 0.01
  seed: 3407
  packing: false
  logging_steps: 1
save:
  - method: merged_16bit
compute:
  target: local
`;
