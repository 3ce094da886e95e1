/** What is about to be trained and what it will take, in one line. */
import { isCannot } from "../core/estimate/cannot.ts";
import { cpuEstimate } from "../core/estimate/cpu.ts";
import { planChain } from "../core/run/budget.ts";
import { modalSettings } from "../core/run/modal-settings.ts";
import { runEstimate } from "../core/estimate/run-estimate.ts";
import type { Facts } from "../core/facts.ts";
import type { Plan, ResolvedConfig } from "../core/run/plan.ts";
import { duration, size } from "../core/units.ts";

/** "support-triage · Llama-3.2-3B-Instruct · 4-bit LoRA r 16 · 60 steps · ≈ 7.7 GB of 23.5 GB · ≈ 12 min" */
export function headline(plan: Plan, expected: readonly string[] | null): string {
  const model = plan.model.embedded ?? plan.model.name.split("/").at(-1) ?? plan.model.name;
  const { max_steps, num_train_epochs } = plan.training;
  const epochs = num_train_epochs === 1 ? "1 epoch" : `${num_train_epochs ?? 1} epochs`;
  const length = max_steps === null ? epochs : `${max_steps} steps`;
  return [plan.name, model, wayOf(plan), length, ...(expected ?? [])].join(" · ");
}

function wayOf({ model, lora, training }: Plan): string {
  const bits = model.load_in_4bit ? "4-bit " : model.load_in_8bit ? "8-bit " : "";
  const method = training.method === "sft" ? "" : `${training.method.toUpperCase()} `;
  return `${method}${bits}${lora === null ? "full fine-tuning" : `LoRA r ${lora.r}`}`;
}

/** Memory and time on this machine; empty where nothing can be told. */
export function expectation(config: ResolvedConfig, facts: Facts): string[] {
  if (config.compute.target === "modal") return rented(config, facts);
  if (facts.gpus === undefined || facts.gpus.length === 0) {
    const found = cpuEstimate(config, facts);
    return isCannot(found) ? [] : [`≈ ${size(found.used_bytes)}`, ...timeText(found.seconds)];
  }
  const found = runEstimate(config, { facts });
  if (isCannot(found)) return [];
  const card = found.fits.find(({ where, name }) => where === "local" && name === found.card);
  const of = card === undefined ? "" : ` of ${size(card.usable_bytes)}`;
  return [`≈ ${size(found.used_bytes)}${of}`, ...timeText(found.seconds)];
}

/** "≈ 9.8 GB on L40S", "≈ 19 min", "≈ $0.62 (prices of 2026-09-18)" */
function rented(config: ResolvedConfig, facts: Facts): string[] {
  const gpu = String(config.compute.modal?.["gpu"] ?? "");
  const found = runEstimate(config, { facts });
  if (isCannot(found)) return [`on ${gpu}`];
  const { cost_usd: cost, price_date: date, used_bytes: used, seconds } = found;
  const chain = planChain(seconds, modalSettings(config).timeoutS);
  return [
    `≈ ${size(used)} on ${gpu}`,
    ...timeText(seconds),
    ...(cost === null ? [] : [`≈ $${cost.toFixed(2)} (prices of ${date})`]),
    ...(chain.attempts > 1 ? [`${chain.attempts} sandboxes one after the other`] : []),
  ];
}

const timeText = (seconds: number | null): string[] => (seconds === null ? [] : [`≈ ${duration(seconds)}`]);
