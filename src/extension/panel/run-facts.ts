/** What the panel shows of a run beside curves and log. Pure: the time comes in. */
import type { DataFact, FactGroup, Failure, RunFacts } from "../../core/panel.ts";
import type { EventOf } from "../../core/run/event.ts";
import type { Job } from "../../core/run/job.ts";
import { hasEnded } from "../../core/run/status.ts";
import { estimateBand, estimateDollars, estimateSeconds } from "../../core/run/estimate-words.ts";
import { costText } from "../../core/run/remote-words.ts";
import { headline, phaseText, phaseWord, spoken, usedMemory, whatNext } from "../../core/run/words.ts";
import { inEnglish, type Say } from "../../core/say.ts";
import { count, duration, metric, size } from "../../core/units.ts";
import type { RunView } from "../../launch/runs.ts";
import { flagsOf } from "../jobs/items.ts";

/** `now` in Unix seconds; `failure` as it was diagnosed. */
export function runFacts(
  view: RunView,
  failure: Failure | null,
  now: number,
  say: Say = inEnglish,
): RunFacts {
  const { job, info } = view;
  const flags = new Set(flagsOf(view));
  return {
    name: info.name,
    id: view.id,
    folder: view.folder,
    target: info.target,
    created: info.created,
    state: view.state,
    headline: headline(view, now, say),
    live: spoken(view, now, say),
    attempt: view.attemptNumber,
    can: {
      stop: flags.has("stop"),
      stopNow: flags.has("stopNow") && !flags.has("stop"),
      resume: flags.has("resume"),
    },
    step: job.step,
    maxSteps: job.maxSteps,
    phases: job.phases.map((phase) => ({
      name: phase.name,
      word: phaseWord(phase.name, say),
      text: phaseText(phase, say),
      detail: phase.detail,
      progress: phase.progress,
      since: phase.since,
    })),
    spans: job.spans
      .filter(({ attempt }) => attempt === job.attempt)
      .map(({ name, seconds }) => ({ name, text: phaseWord(name, say), seconds })),
    phasesUntil: hasEnded(view.state) || view.state === "unknown" ? job.lastT : null,
    next: whatNext(job, say),
    evals: job.evals,
    checkpoints: job.checkpoints,
    artifacts: job.artifacts.map(({ kind, path, bytes }) => ({ kind, path, bytes })),
    facts: [modelFacts(job, say), machineFacts(job, say), resultFacts(view, now, say)].filter(
      (group) => group !== null,
    ),
    data: [job.datasets.train, job.datasets.eval].flatMap((event) =>
      event === undefined ? [] : [dataFact(event, say)],
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

function modelFacts({ model, started }: Job, say: Say): FactGroup | null {
  if (model === null) return null;
  const { parameters, trainable_parameters: trained } = model;
  return {
    title: say("Model"),
    rows: [
      { label: say("Class"), value: model.class },
      { label: say("Parameters"), value: parametersText(parameters) },
      {
        label: say("Trained"),
        value: `${parametersText(trained)} (${((100 * trained) / parameters).toPrecision(2)} %)`,
      },
      { label: say("Weights"), value: `${model.quantization}, ${model.dtype}` },
      { label: say("Packing"), value: packingText(model, say) },
      { label: say("Attention"), value: `${model.attention.backend}: ${model.attention.why}` },
      ...(started === null || started.world_size === 1
        ? []
        : [{ label: say("Processes"), value: count(started.world_size) }]),
    ],
  };
}

function machineFacts({ environment, started }: Job, say: Say): FactGroup | null {
  if (environment === null) return null;
  const devices = environment.devices.map(({ name, total_bytes: bytes, capability }) =>
    [
      name,
      bytes === null ? null : size(bytes),
      capability === null ? null : say("capability {0}", capability),
    ]
      .filter((part) => part !== null)
      .join(", "),
  );
  return {
    title: say("Machine"),
    rows: [
      ...(devices.length === 0
        ? [{ label: say("Device"), value: "CPU" }]
        : devices.map((value) => ({ label: say("Device"), value }))),
      ...(started === null
        ? []
        : [
            { label: say("Host"), value: started.host },
            { label: say("Python"), value: started.python },
          ]),
      ...Object.entries(environment.versions).map(([label, value]) => ({ label, value })),
    ],
  };
}

function resultFacts({ job, info, remote }: RunView, now: number, say: Say): FactGroup | null {
  const best = job.evals
    .filter(({ loss }) => loss !== null)
    .toSorted((a, b) => (a.loss ?? 0) - (b.loss ?? 0))[0];
  const peak = job.finished?.peaks["peak_used"] ?? usedMemory(job);
  const band = estimateBand(info.estimate);
  const took = estimateSeconds(info.estimate);
  const price = estimateDollars(info.estimate);
  const cost = remote === null ? null : costText(remote, now, say);
  const rows = [
    ...(job.loss === null ? [] : [{ label: say("Loss"), value: metric(job.loss) }]),
    ...(best === undefined
      ? []
      : [
          {
            label: say("Best evaluation"),
            value: say("{0} at step {1}", metric(best.loss ?? 0), count(best.step)),
          },
        ]),
    ...(job.finished === null ? [] : [{ label: say("Time"), value: duration(job.finished.seconds) }]),
    ...(peak === null ? [] : [{ label: say("Memory"), value: size(peak) }]),
    ...(band === null ? [] : [{ label: say("Estimate"), value: estimateText(band, peak, say) }]),
    ...(took === null ? [] : [{ label: say("Estimated time"), value: `≈ ${duration(took)}` }]),
    ...(price === null ? [] : [{ label: say("Estimated cost"), value: `≈ $${price.toFixed(2)}` }]),
    ...(cost === null ? [] : [{ label: say("Cost"), value: cost }]),
    ...(job.points.length === 0
      ? []
      : [{ label: say("Tokens"), value: count(job.points.at(-1)?.tokensTotal ?? 0) }]),
  ];
  return rows.length === 0 ? null : { title: say("Result"), rows };
}

/** "≈ 7.4 GB–8.0 GB: 0.3 GB less than was measured". */
function estimateText([low, high]: readonly [number, number], peak: number | null, say: Say): string {
  const band = `≈ ${size(low)}–${size(high)}`;
  if (peak === null) return band;
  if (peak > high) return say("{0}: {1} less than was measured", band, size(peak - high));
  if (peak < low) return say("{0}: {1} more than was measured", band, size(low - peak));
  return say("{0}, which holds what was measured", band);
}

function packingText({ packing, padding_free: paddingFree }: EventOf<"model">, say: Say): string {
  if (packing) return say("on");
  return paddingFree ? say("off, padding-free") : say("off");
}

function dataFact(event: EventOf<"dataset">, say: Say): DataFact {
  const { tokens } = event;
  return {
    split: event.split,
    rows: [
      { label: say("Rows"), value: count(event.rows) },
      {
        label: say("Tokens"),
        value: say(
          "{0}, {1} % trained",
          count(tokens.total),
          Math.round((100 * tokens.trained) / Math.max(1, tokens.total)),
        ),
      },
      {
        label: say("Length"),
        value: say(
          "mean {0}, p95 {1}, longest {2}",
          count(tokens.mean),
          count(tokens.p95),
          count(tokens.max),
        ),
      },
      ...(event.truncated === 0 ? [] : [{ label: say("Cut or dropped"), value: count(event.truncated) }]),
    ],
    lengths: tokens.histogram?.map(([upTo, rows]) => ({ upTo, rows })) ?? null,
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
