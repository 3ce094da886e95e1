// Run folders as a trainer leaves them, in every state there is, without training: for pictures and for tests of
// what the editor shows. The process that calls stands in for the trainer, so what is "alive" lives as long.
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";

const GB = 2 ** 30;
const STEPS = 151;

/** @typedef {Record<string, unknown>} Json */

/**
 * @typedef {object} Wish
 * @property {string} name
 * @property {string} [at] time of its id, "20261127-101500"
 * @property {number} [steps] steps that were made; 0: none, and no training phase
 * @property {number} [seed] its noise
 * @property {Json} [plan] laid over the plan's training keys
 * @property {Json | null} [estimate]
 * @property {number} [ago] seconds since it ended
 * @property {"alive" | "gone" | "elsewhere" | "starting"} [life]
 * @property {string} [target]
 * @property {Json | null} [remote] remote.json of a run on Modal
 * @property {Json} [card] device of the environment event; null-like `{}`: CPU
 */

/** One run folder that is written like a trainer writes it. */
export class StagedRun {
  #seq = 0;
  #t;
  /** @type {Json} */
  #attempt;
  /** What it is doing, and how far it is. */
  #phase = "";
  /** @type {Json} */
  #progress = {};
  #step = 0;

  /**
   * @param {string} workspace
   * @param {Wish} wish
   */
  constructor(workspace, wish) {
    const { name, at = "20261127-101500", steps = 0, life = "alive", target = "local" } = wish;
    this.wish = wish;
    const slug = name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .slice(0, 30);
    this.id = `${at}-${slug}-3f9a`;
    this.folder = path.join(workspace, ".finetune", "runs", this.id);
    this.#t = Date.now() / 1000 - (wish.ago ?? 0) - 60 - 0.7 * steps;
    const created = new Date((this.#t - 2) * 1000).toISOString();
    mkdirSync(path.join(this.folder, "attempts"), { recursive: true });
    mkdirSync(path.join(this.folder, "config"), { recursive: true });
    writeFileSync(path.join(workspace, ".finetune", ".gitignore"), "*\n");
    const config = "config/staged.finetune.yaml";
    this.#json("run.json", {
      version: 1,
      id: this.id,
      name,
      created,
      target,
      config,
      plan_id: "p",
      git: null,
      attempts: [],
      estimate: wish.estimate ?? { low: 7.4 * GB, high: 8 * GB, seconds: 720, cost_usd: null },
    });
    this.#json("plan.json", {
      version: 1,
      plan_id: "p",
      training: {
        learning_rate: 2e-4,
        per_device_train_batch_size: 4,
        gradient_accumulation_steps: 2,
        ...wish.plan,
      },
    });
    if (wish.remote) this.#json("remote.json", wish.remote);
    this.#attempt = { attempt: 0, token: "t", created, target, resume_from: null, ...LIVES[life]() };
    this.#json("attempts/0.json", this.#attempt);
    writeFileSync(path.join(this.folder, ...config.split("/")), `name: ${JSON.stringify(name)}\n`);
  }

  /** @param {string} file @param {unknown} value */
  #json(file, value) {
    // At once, as the product writes it: a reader must not see half of it.
    const target = path.join(this.folder, ...file.split("/"));
    writeFileSync(`${target}.part`, JSON.stringify(value));
    renameSync(`${target}.part`, target);
  }

  /** @param {string} type @param {Json} [fields] @param {number} [seconds] since the event before */
  event(type, fields = {}, seconds = 0.1) {
    this.#t += seconds;
    const common = { v: 1, attempt: 0, seq: this.#seq++, t: this.#t, t_mono: this.#seq, type };
    appendFileSync(path.join(this.folder, "events.jsonl"), `${JSON.stringify({ ...common, ...fields })}\n`);
    return this;
  }

  /** @param {...string} lines */
  log(...lines) {
    appendFileSync(path.join(this.folder, "output.0.log"), lines.map((line) => `${line}\n`).join(""));
    return this;
  }

  /** @param {string} name @param {Json} [fields] @param {number} [seconds] */
  begin(name, fields = {}, seconds = 0.1) {
    this.log(`==> ${name}`);
    if (name !== "evaluate" && name !== "save") [this.#phase, this.#progress] = [name, fields];
    return this.event("phase", { id: name, name, state: "begin", can_stop: true, ...fields }, seconds);
  }

  /** @param {string} name @param {number} seconds that it took */
  end(name, seconds) {
    this.log(`<== ${name}`);
    return this.event("phase", { id: name, name, state: "end", can_stop: true }, seconds);
  }

  started() {
    const self = {
      run: this.id,
      plan_id: "p",
      pid: process.pid,
      host: "box",
      python: "/opt/python/bin/python",
    };
    return this.event("started", { ...self, cwd: "/run", world_size: 1, resumed_from: null });
  }

  /** Everything before the first step. */
  prepared() {
    const card = this.wish.card ?? {
      index: 0,
      uuid: null,
      name: "NVIDIA GeForce RTX 4090",
      capability: "8.9",
    };
    this.started().begin("import", { can_stop: false });
    this.event("environment", {
      backend: "cuda",
      versions: {
        unsloth: "2026.10.9",
        torch: "2.11.0",
        transformers: "5.17.0",
        trl: "1.13.0",
        peft: "0.21.2",
      },
      devices: [{ ...card, total_bytes: 23.5 * GB }],
    });
    this.log("\u001b[1m\u001b[36mUnsloth\u001b[0m: 32 layers patched").end("import", 21);
    this.begin("load", { detail: "unsloth/Llama-3.1-8B-Instruct" });
    this.event("model", {
      class: "LlamaForCausalLM",
      parameters: 8_030_261_248,
      trainable_parameters: 41_943_040,
      quantization: "4-bit",
      dtype: "bfloat16",
      packing: false,
      padding_free: true,
      attention: { backend: "flash_attention_2", why: "installed and supported" },
    });
    this.log("\u001b[33mUserWarning\u001b[0m: the tokenizer has no padding token, so one was added");
    this.end("load", 9).begin("prepare", { progress: { done: 512, total: 1204, unit: "rows" } });
    this.event("dataset", {
      split: "train",
      rows: 1204,
      truncated: 2,
      skipped_total: 3,
      skipped: [{ file: "data/support.jsonl", line: 212, code: "no-answer", message: "nothing to learn" }],
      tokens: {
        total: 374_211,
        trained: 153_000,
        mean: 280,
        p50: 270,
        p95: 311,
        max: 611,
        histogram: [40, 180, 320, 290, 170, 96, 52, 28, 14, 8, 4, 2].map((rows, i) => [(i + 1) * 52, rows]),
      },
      sample: {
        text: '<|im_start|>user\nYou took the payment two times.<|im_end|>\n<|im_start|>assistant\n{"category": "billing"}<|im_end|>\n',
        spans: [
          [0, 80, false],
          [80, 115, true],
        ],
      },
    });
    this.log("data/support.jsonl:212: nothing to learn, the row is skipped");
    return this.end("prepare", 4);
  }

  /** @param {number} [steps] @param {Partial<{from: number, loss: (step: number, usual: number) => number | null}>} [how] */
  trained(steps = this.wish.steps ?? 0, { from = 0, loss } = {}) {
    const random = noise(this.wish.seed ?? 7);
    if (from === 0) this.begin("train");
    for (let step = from + 1; step <= steps; step++) {
      const usual = 0.45 + 1.9 * Math.exp((-5 * step) / STEPS) + (random() - 0.5) * 0.35;
      this.step(step, loss === undefined ? usual : loss(step, usual));
      if (step % 5 === 0) this.memory(Math.min(7.6, 6.4 + step / 20) * GB);
      if (step % 38 === 0) this.evaluated(step, 0.6 + 12 / (step + 20)).checkpoint(step);
    }
    return this;
  }

  /** @param {number} step @param {number | null} loss */
  step(step, loss) {
    const share = step / STEPS;
    this.#step = step;
    this.log(`{'loss': ${loss?.toFixed(4) ?? "nan"}, 'step': ${step}}`);
    const counts = { tokens: 4450, trained_tokens: 1800, tokens_total: step * 4450, seconds: 0.66 };
    const learning_rate = 1e-4 * Math.min(1, share / 0.05) * (1 + Math.cos(Math.PI * share));
    const grad_norm = 0.5 + 2 * Math.exp(-20 * share);
    const place = { step, max_steps: STEPS, epoch: share * 2 };
    return this.event("step", { ...place, loss, grad_norm, learning_rate, ...counts, metrics: {} }, 0.7);
  }

  /** @param {number} used */
  memory(used) {
    const device = { index: 0, allocated: used - 1.8 * GB, reserved: used - 0.7 * GB, used };
    return this.event("memory", {
      devices: [{ ...device, peak_allocated: used, peak_reserved: used, peak_used: used }],
    });
  }

  /** @param {number} step @param {number} loss */
  evaluated(step, loss) {
    this.begin("evaluate").event("eval", {
      split: "eval",
      step,
      rows: 64,
      seconds: 2,
      metrics: { eval_loss: loss },
      best: true,
    });
    return this.end("evaluate", 2);
  }

  /** @param {number} step */
  checkpoint(step) {
    const file = `checkpoints/checkpoint-${step}`;
    mkdirSync(path.join(this.folder, file), { recursive: true });
    this.begin("save", { can_stop: false }).event("checkpoint", { step, path: file, bytes: 161 * 2 ** 20 });
    return this.end("save", 1);
  }

  /** @param {string} status @param {Json} [fields] */
  finished(status, fields = {}) {
    const step = this.wish.steps ?? 0;
    const result = { incomplete: [], step, train_loss: 0.8, seconds: 131, peaks: { peak_used: 7.6 * GB } };
    this.#phase = "";
    return this.event("finished", { status, ...result, ...fields });
  }

  /** @param {string} file that the trainer or a person would make in the run folder */
  touch(file) {
    writeFileSync(path.join(this.folder, file), "");
    return this;
  }

  /** A sign of life, as trainers and pumps give them; without any, a run is soon called silent. */
  stayAlive() {
    const { remote = null, life = "alive" } = this.wish;
    if (remote !== null) this.#json("remote.json", { ...remote, written: Date.now() / 1000 });
    if (life === "starting")
      this.#json("attempts/0.json", { ...this.#attempt, created: new Date().toISOString() });
    if (this.#phase === "train") this.step((this.#step += 1), 0.6);
    else if (this.#phase !== "")
      this.event("phase", {
        id: this.#phase,
        name: this.#phase,
        state: "progress",
        can_stop: true,
        ...this.#progress,
      });
  }

  /** As if nothing had been written for so long. @param {number} seconds */
  old(seconds) {
    const when = Date.now() / 1000 - seconds;
    utimesSync(path.join(this.folder, "events.jsonl"), when, when);
    return this;
  }
}

/** Mulberry32: the same noise every time. @param {number} seed */
function noise(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What the record of an attempt says of its process. Linux, as the tests are. */
const LIVES = {
  alive: () => ({ ...here(), pid: process.pid, pid_start: startOf(process.pid) }),
  gone: () => ({ ...here(), pid: process.pid, pid_start: "1" }),
  elsewhere: () => ({
    host: "gpu-box-7",
    boot_id: "another",
    pid_namespace: null,
    pid: 4711,
    pid_start: "1",
  }),
  starting: () => ({}),
};

const here = () => ({
  host: os.hostname(),
  boot_id: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
  pid_namespace: readlinkSync("/proc/self/ns/pid"),
});

/** @param {number} pid */
function startOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
