/** What is about to be trained, in one line. */
import type { Plan } from "../core/run/plan.ts";

/** "support-triage · Llama-3.2-3B-Instruct · 4-bit LoRA r 16 · 60 steps" */
export function headline(plan: Plan): string {
  const model = plan.model.embedded ?? plan.model.name.split("/").at(-1) ?? plan.model.name;
  const { max_steps, num_train_epochs } = plan.training;
  const epochs = num_train_epochs === 1 ? "1 epoch" : `${num_train_epochs ?? 1} epochs`;
  return [plan.name, model, wayOf(plan), max_steps === null ? epochs : `${max_steps} steps`].join(" · ");
}

function wayOf({ model, lora, training }: Plan): string {
  const bits = model.load_in_4bit ? "4-bit " : model.load_in_8bit ? "8-bit " : "";
  const method = training.method === "sft" ? "" : `${training.method.toUpperCase()} `;
  return `${method}${bits}${lora === null ? "full fine-tuning" : `LoRA r ${lora.r}`}`;
}
