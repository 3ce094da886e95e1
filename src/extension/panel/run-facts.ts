/** What the panel shows of a run beside curves and log. Pure: the time comes in. */
import type { DataFact, FactGroup, Failure, RunFacts } from "../../core/panel.ts";
import type { EventOf } from "../../core/run/event.ts";
import type { Job } from "../../core/run/job.ts";
import { headline, spoken, usedMemory, whatNext } from "../../core/run/words.ts";
import { count, duration, metric, size } from "../../core/units.ts";
import type { RunView } from "../../launch/runs.ts";
import { flagsOf } from "../jobs/items.ts";

/** `now` in Unix seconds; `failure` as it was diagnosed. */
export function runFacts(view: RunView, failure: Failure | null, now: number): RunFacts {
  const { job, info } = view;
  const flags = new Set(flagsOf(view));
  return {
    name: info.name,
    id: view.id,
    folder: view.folder,
    target: info.target,
    created: info.created,
    state: view.state,
    headline: headline(view, now),
    live: spoken(view, now),
    attempt: view.attemptNumber,
    can: {
      stop: flags.has("stop"),
      stopNow: flags.has("stopNow") && !flags.has("stop"),
      resume: flags.has("resume"),
    },
    step: job.step,
    maxSteps: job.maxSteps,
    phases: job.phases,
    spans: job.spans,
    next: whatNext(job),
    evals: job.evals,
    checkpoints: job.checkpoints,
    artifacts: job.artifacts.map(({ kind, path, bytes }) => ({ kind, path, bytes })),
    facts: [modelFacts(job), machineFacts(job), resultFacts(view)].filter((group) => group !== null),
    data: [job.datasets.train, job.datasets.eval].flatMap((event) =>
      event === undefined ? [] : [dataFact(event)],
    ),
    samples: job.samples
      .slice(-SAMPLES)
      .map(({ step, prompt, completion }) => ({ step, prompt, completion })),
    warnings: job.warnings.map(({ code, message, path, hint }) => ({
      code,
      message,
      path: path ?? null,
      hint: hint ?? null,
    })),
    failure,
    memory: { total: deviceMemory(job), band: estimateBand(info.estimate) },
  };
}

/** The newest ones; all of them are in the run folder. */
const SAMPLES = 5;

function modelFacts({ model, started }: Job): FactGroup | null {
  if (model === null) return null;
  const { parameters, trainable_parameters: trained } = model;
  return {
    title: "Model",
    rows: [
      { label: "Class", value: model.class },
      { label: "Parameters", value: parametersText(parameters) },
      {
        label: "Trained",
        value: `${parametersText(trained)} (${((100 * trained) / parameters).toPrecision(2)} %)`,
      },
      { label: "Weights", value: `${model.quantization}, ${model.dtype}` },
      { label: "Packing", value: model.packing ? "on" : model.padding_free ? "off, padding-free" : "off" },
      { label: "Attention", value: `${model.attention.backend}: ${model.attention.why}` },
      ...(started === null || started.world_size === 1
        ? []
        : [{ label: "Processes", value: count(started.world_size) }]),
    ],
  };
}

function machineFacts({ environment, started }: Job): FactGroup | null {
  if (environment === null) return null;
  const devices = environment.devices.map(({ name, total_bytes: bytes, capability }) =>
    [name, bytes === null ? null : size(bytes), capability === null ? null : `capability ${capability}`]
      .filter((part) => part !== null)
      .join(", "),
  );
  return {
    title: "Machine",
    rows: [
      ...(devices.length === 0
        ? [{ label: "Device", value: "CPU" }]
        : devices.map((value) => ({ label: "Device", value }))),
      ...(started === null
        ? []
        : [
            { label: "Host", value: started.host },
            { label: "Python", value: started.python },
          ]),
      ...Object.entries(environment.versions).map(([label, value]) => ({ label, value })),
    ],
  };
}

function resultFacts({ job, info }: RunView): FactGroup | null {
  const best = job.evals
    .filter(({ loss }) => loss !== null)
    .toSorted((a, b) => (a.loss ?? 0) - (b.loss ?? 0))[0];
  const peak = job.finished?.peaks["peak_used"] ?? usedMemory(job);
  const band = estimateBand(info.estimate);
  const rows = [
    ...(job.loss === null ? [] : [{ label: "Loss", value: metric(job.loss) }]),
    ...(best === undefined
      ? []
      : [{ label: "Best evaluation", value: `${metric(best.loss ?? 0)} at step ${count(best.step)}` }]),
    ...(job.finished === null ? [] : [{ label: "Time", value: duration(job.finished.seconds) }]),
    ...(peak === null ? [] : [{ label: "Memory", value: size(peak) }]),
    ...(band === null ? [] : [{ label: "Estimate", value: estimateText(band, peak) }]),
    ...(job.points.length === 0
      ? []
      : [{ label: "Tokens", value: count(job.points.at(-1)?.tokensTotal ?? 0) }]),
  ];
  return rows.length === 0 ? null : { title: "Result", rows };
}

/** "≈ 7.4 GB–8.0 GB, 0.3 GB below what was measured". */
function estimateText([low, high]: readonly [number, number], peak: number | null): string {
  const band = `≈ ${size(low)}–${size(high)}`;
  if (peak === null) return band;
  if (peak > high) return `${band}, ${size(peak - high)} less than is used`;
  return peak < low ? `${band}, ${size(low - peak)} more than is used` : `${band}, which holds`;
}

function dataFact(event: EventOf<"dataset">): DataFact {
  const { tokens } = event;
  return {
    split: event.split,
    rows: [
      { label: "Rows", value: count(event.rows) },
      {
        label: "Tokens",
        value: `${count(tokens.total)}, ${Math.round((100 * tokens.trained) / Math.max(1, tokens.total))} % trained`,
      },
      {
        label: "Length",
        value: `mean ${count(tokens.mean)}, p95 ${count(tokens.p95)}, longest ${count(tokens.max)}`,
      },
      ...(event.truncated === 0 ? [] : [{ label: "Cut or dropped", value: count(event.truncated) }]),
    ],
    skipped: event.skipped.map(({ file, line, message }) => ({
      place: line === null ? file : `${file}:${line}`,
      message,
    })),
    skippedTotal: event.skipped_total,
    sample: event.sample === null ? null : { text: event.sample.text, spans: event.sample.spans },
  };
}

/** 8.03 B, 41.9 M, 134,515,008 → "135 M". */
function parametersText(value: number): string {
  const scaled = (by: number, unit: string): string => `${Number((value / by).toPrecision(3))} ${unit}`;
  return value >= 1e9 ? scaled(1e9, "B") : value >= 1e6 ? scaled(1e6, "M") : count(value);
}

const deviceMemory = ({ environment }: Job): number | null =>
  environment === null || environment.backend === "cpu"
    ? null
    : (environment.devices[0]?.total_bytes ?? null);

/** The launcher keeps the estimate as it was made: peak with its band, bytes. */
function estimateBand(estimate: Record<string, unknown> | null): readonly [number, number] | null {
  const low = estimate?.["low"];
  const high = estimate?.["high"];
  return typeof low === "number" && typeof high === "number" ? [low, high] : null;
}
