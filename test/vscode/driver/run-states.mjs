// A run in each state that the tree and the panel know, made by hand: for the pictures and for the tests.
import { StagedRun } from "./staged-runs.mjs";

const EVIL = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

const OOM = [
  "Traceback (most recent call last):",
  '  File "/opt/python/lib/python3.11/site-packages/trl/trainer/sft_trainer.py", line 1012, in compute_loss',
  "    outputs = model(**inputs)",
  "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.91 GiB. GPU 0 has a total capacity of 11.6 GiB",
];

/** @type {Readonly<Record<string, (workspace: string) => StagedRun>>} */
export const STATES = {
  queued: (w) =>
    new StagedRun(w, { name: "house-style", at: "20261127-100100" })
      .started()
      .begin("queued", { detail: "behind support-triage (GPU 0)" }),
  starting: (w) => new StagedRun(w, { name: "just-started", at: "20261127-100200", life: "starting" }),
  loading: (w) =>
    new StagedRun(w, { name: "loading", at: "20261127-100300" })
      .started()
      .begin("import")
      .end("import", 21)
      .begin("download", {
        detail: "model-00002-of-00004.safetensors",
        progress: { done: 2.1e9, total: 5.7e9, unit: "bytes" },
      }),
  running: (w) =>
    new StagedRun(w, { name: "support-triage", at: "20261127-100400", steps: 96 })
      .prepared()
      .trained(96, { loss: (step, usual) => (step === 45 ? null : step === 68 ? 2.9 : usual) }),
  stopping: (w) =>
    new StagedRun(w, { name: "stopping", at: "20261127-100500", steps: 80 })
      .prepared()
      .trained(80)
      .touch("stop.0"),
  succeeded: (w) =>
    new StagedRun(w, {
      name: "finished",
      ago: 90000,
      at: "20261126-090000",
      steps: 151,
      seed: 11,
      life: "gone",
    })
      .prepared()
      .trained(151)
      .end("train", 1)
      .event("artifact", { kind: "adapter", path: "adapter", bytes: 80 * 2 ** 20 })
      .event("artifact", { kind: "merged_16bit", path: "export/merged_16bit", bytes: 15 * 2 ** 30 })
      .finished("succeeded"),
  stopped: (w) =>
    new StagedRun(w, { name: "stopped-early", ago: 97200, at: "20261126-080000", steps: 76, life: "gone" })
      .prepared()
      .trained(76)
      .end("train", 0)
      .finished("stopped", { reason: "user" }),
  interrupted: (w) =>
    new StagedRun(w, { name: "interrupted", ago: 18000, at: "20261126-070000", steps: 60, life: "gone" })
      .prepared()
      .trained(60)
      .end("train", 0)
      .finished("interrupted", { reason: "signal" }),
  failed: (w) =>
    new StagedRun(w, { name: "long-context", ago: 1500, at: "20261126-060000", steps: 0, life: "gone" })
      .prepared()
      .begin("train")
      .log(...OOM)
      .event("warning", {
        code: "bf16",
        message: "bf16 is not supported by this card, so fp16 is used.",
        phase: "load",
        path: "model.dtype",
      })
      .event("error", {
        code: "cuda-oom",
        phase: "train",
        traceback: OOM.join("\n"),
        message:
          "Out of memory while computing the loss (step 1). Needed 15.4 GB, the card had 11.6 GB free.",
        path: "training.per_device_train_batch_size",
        hint: "Halve the batch and double the accumulation: it trains the same.",
      })
      .end("train", 0)
      .finished("failed", { step: 0 }),
  crashed: (w) =>
    new StagedRun(w, {
      name: "crashed",
      ago: 180000,
      at: "20261126-050000",
      steps: 70,
      seed: 23,
      life: "gone",
    })
      .prepared()
      .trained(70, { loss: (_step, usual) => 0.2 + 1.05 * usual })
      .log("Killed"),
  silent: (w) =>
    new StagedRun(w, { name: "silent", at: "20261127-094000", steps: 50 }).prepared().trained(50).old(400),
  unknown: (w) =>
    new StagedRun(w, { name: "elsewhere", at: "20261126-040000", steps: 50, life: "elsewhere" })
      .prepared()
      .trained(50)
      .old(7200),
  modal: (w) =>
    new StagedRun(w, {
      name: "llama-70b",
      at: "20261127-100600",
      target: "modal",
      remote: {
        version: 1,
        attempt: 0,
        stage: "waiting",
        since: Date.now() / 1000 - 140,
        detail: null,
        progress: null,
        gpu: "H100",
        app: "unsloth-finetune",
        environment: null,
        sandbox: "sb-1",
        volume: "finetune-runs",
        contact: { ok: true, since: Date.now() / 1000, reason: null },
        paid: [],
        problem: null,
        rate: { dollars: 0.0012, date: "2026-09-18" },
        max_cost_usd: 20,
        written: Date.now() / 1000,
        name: null,
        image: null,
        limit: null,
        planned_attempts: 1,
        allowed_attempts: 3,
      },
      estimate: { low: 40 * 2 ** 30, high: 46 * 2 ** 30, seconds: 5400, cost_usd: 6.1 },
    }),
  hostile: (w) =>
    new StagedRun(w, { name: `$(pass) ${EVIL}`, at: "20261126-030000", steps: 40, life: "gone" })
      .prepared()
      .trained(40)
      .log(EVIL, `\u001b[31m${EVIL}\u001b[0m`, `File "${EVIL}", line 1`)
      .event("sample", { step: 40, prompt: EVIL, completion: EVIL })
      .event("warning", { code: EVIL, message: EVIL, phase: "train", path: EVIL, hint: EVIL })
      .event("artifact", { kind: "adapter", path: `../${EVIL}`, bytes: 1 })
      .event("error", {
        code: EVIL,
        phase: "train",
        traceback: EVIL,
        message: `[x](command:x) ${EVIL}`,
        path: EVIL,
        hint: EVIL,
      })
      .end("train", 0)
      .finished("failed"),
};

/** Those that go on as long as somebody gives a sign of life for them. */
export const GOING = ["queued", "starting", "loading", "running", "stopping", "modal"];
