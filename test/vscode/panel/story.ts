/** A made-up run for looking at the panel: plausible figures, every kind of mark, deterministic. */
import { CurveFeed, type MemoryPoint, type Track } from "../../../src/core/run/curves.ts";
import type { EvalPoint, StepPoint } from "../../../src/core/run/job.ts";
import type { LogLine, RunFacts, ToPanel, View } from "../../../src/core/panel.ts";

const GB = 2 ** 30;

/** Mulberry32: the same noise every time. */
function noise(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const evaluated = (step: number, loss: number, best: boolean): EvalPoint => ({
  step,
  loss,
  metrics: { eval_loss: loss },
  best,
  attempt: 0,
});

export function track(steps: number, maxSteps: number): Track {
  const random = noise(7);
  const t0 = 1_764_000_000;
  const points: StepPoint[] = [];
  const memory: MemoryPoint[] = [];
  for (let step = 1; step <= steps; step++) {
    const share = step / maxSteps;
    const loss = 0.45 + 1.9 * Math.exp(-5 * share) + (random() - 0.5) * 0.35;
    points.push({
      step,
      epoch: share * 2,
      loss: step === Math.round(maxSteps * 0.3) ? null : step === Math.round(maxSteps * 0.45) ? 2.9 : loss,
      gradNorm: 0.4 + random() * 0.5 + 2 * Math.exp(-20 * share),
      learningRate: 2e-4 * Math.min(1, share / 0.05) * 0.5 * (1 + Math.cos(Math.PI * share)),
      tokens: 4000 + Math.floor(random() * 900),
      tokensTotal: step * 4450,
      seconds: step === 1 ? 9 : 0.62 + random() * 0.12,
      t: t0 + step * 0.7,
      attempt: step > maxSteps * 0.5 ? 1 : 0,
      metrics: {},
    });
    const used = (6.4 + Math.min(1.2, step / 20) + random() * 0.05) * GB;
    memory.push({
      t: t0 + step * 0.7,
      used,
      reserved: used - 0.7 * GB,
      allocated: used - 1.6 * GB - random() * GB,
    });
  }
  const quarter = Math.round(maxSteps / 4);
  const evals = [
    evaluated(quarter, 1.02, false),
    evaluated(2 * quarter, 0.71, false),
    evaluated(3 * quarter, 0.62, true),
  ].filter(({ step }) => step <= steps);
  const checkpoints = [quarter, 2 * quarter, 3 * quarter]
    .filter((step) => step <= steps)
    .map((step) => ({ step, path: `checkpoints/checkpoint-${step}`, bytes: 161 * 2 ** 20, attempt: 0 }));
  return { points, evals, checkpoints, memory };
}

export function facts(shown: Track, maxSteps: number, change: Partial<RunFacts> = {}): RunFacts {
  const step = shown.points.length;
  return {
    name: "support-triage",
    id: "20261125-142233-support-triage-3f9a",
    folder: "/project/.finetune/runs/20261125-142233-support-triage-3f9a",
    target: "local",
    created: "2026-11-25T14:22:33Z",
    state: "running",
    headline: `running on RTX 4090 · step ${step}/${maxSteps} · loss 0.61 · 4 min left`,
    live: `Step ${step} of ${maxSteps}, loss 0.61, 4 min left.`,
    attempt: 1,
    can: { stop: true, stopNow: false, resume: false },
    step,
    maxSteps,
    phases: [
      {
        name: "train",
        word: "training",
        text: "training",
        detail: null,
        progress: null,
        since: Date.now() / 1000 - 0.7 * step,
      },
    ],
    phasesUntil: null,
    spans: [
      { name: "import", text: "importing", seconds: 21 },
      { name: "load", text: "loading the model", seconds: 9 },
      { name: "prepare", text: "preparing data", seconds: 4 },
    ],
    next: null,
    evals: shown.evals,
    checkpoints: shown.checkpoints,
    artifacts: [{ kind: "adapter", path: "adapter", bytes: 80 * 2 ** 20 }],
    facts: [
      {
        title: "Model",
        rows: [
          { label: "Name", value: "unsloth/Llama-3.1-8B-Instruct" },
          { label: "Parameters", value: "8.03 B" },
          { label: "Trained", value: "41.9 M (0.52 %)" },
          { label: "Weights", value: "4-bit, bfloat16" },
          { label: "Attention", value: "flash_attention_2: installed and supported" },
        ],
      },
      {
        title: "Result",
        rows: [
          { label: "Loss", value: "0.61" },
          { label: "Best evaluation", value: "0.62 at step 75" },
          { label: "Memory", value: "7.6 GB" },
          { label: "Estimate", value: "≈ 7.4 GB–8.0 GB, which holds what was measured" },
          { label: "Estimated time", value: "≈ 2 min" },
        ],
      },
      {
        title: "Machine",
        rows: [
          { label: "Device", value: "NVIDIA GeForce RTX 4090, 23.5 GB" },
          { label: "unsloth", value: "2026.10.9" },
          { label: "torch", value: "2.11.0" },
        ],
      },
    ],
    data: [
      {
        split: "train",
        rows: [
          { label: "Rows", value: "1,204" },
          { label: "Tokens", value: "374,211, 41 % trained" },
          { label: "Length", value: "mean 280, p95 311, longest 611" },
        ],
        lengths: [40, 180, 320, 290, 170, 96, 52, 28, 14, 8, 4, 2].map((rows, i) => ({
          upTo: (i + 1) * 52,
          rows,
        })),
        skipped: [{ place: "data/support.jsonl:212", message: "the last message is not from the assistant" }],
        skippedTotal: 3,
        sample: {
          text: '<|im_start|>user\nYou took the payment two times.<|im_end|>\n<|im_start|>assistant\n{"category": "billing", "urgency": "high"}<|im_end|>\n',
          spans: [
            [0, 80, false],
            [80, 138, true],
          ],
        },
      },
    ],
    samples: [],
    warnings: [],
    failure: null,
    memory: { total: 23.5 * GB, band: [7.4 * GB, 8.0 * GB] },
    ...change,
  };
}

export function logLines(n: number): LogLine[] {
  return Array.from({ length: n }, (_, i) => ({
    number: i + 1,
    text:
      i % 17 === 0
        ? `\u001b[33mUserWarning\u001b[0m: the tokenizer has no padding token, so one was added (${i})`
        : i % 29 === 0
          ? `\u001b[1m\u001b[36mUnsloth\u001b[0m: fast patching of 32 layers \u001b[32mdone\u001b[0m`
          : `{'loss': ${(2 / (1 + i / 40)).toFixed(4)}, 'grad_norm': 0.61, 'learning_rate': 0.00018, 'epoch': ${(i / 75).toFixed(2)}}`,
  }));
}

/** What the host would answer to `ready`. */
export function opening(
  view: View,
  steps: number,
  maxSteps: number,
  change: Partial<RunFacts> = {},
): ToPanel[] {
  const shown = track(steps, maxSteps);
  return [
    { type: "facts", facts: facts(shown, maxSteps, change) },
    { type: "curves", curves: new CurveFeed(view).full(shown) },
    { type: "log", reset: true, lines: logLines(400), rest: null },
  ];
}
