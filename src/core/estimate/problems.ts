/** What an estimate has to say about a config: does it fit, is it tight, is there room, is there a GPU at all. */
import type { Problem } from "../config/problem.ts";
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { duration, size } from "../units.ts";
import { isCannot } from "./cannot.ts";
import { cpuEstimate } from "./cpu.ts";
import { detailed, type Detailed } from "./estimate.ts";
import { evaluationMemory } from "./evaluation.ts";
import { makeItFit } from "./fixes.ts";
import { moreRoom } from "./more-room.ts";
import { figureText, PHASE_TEXT } from "./sentences.ts";
import { targetsOf, type Target } from "./targets.ts";
import { verdict } from "./verdict.ts";

/** Problems of the config's own target. Nothing where its card is not known. */
export function estimateProblems(config: ResolvedConfig, facts: Facts): Problem[] {
  if (config.compute.target === "local" && facts.gpus?.length === 0) return noGpu(config, facts);
  const target = targetsOf(config, facts).chosen;
  if (target === null) return [];
  const found = detailed(config, { facts, card: target.card });
  if (isCannot(found)) return [];
  return [...training(config, facts, target, found), ...evaluation(config, target, found)];
}

function training(config: ResolvedConfig, facts: Facts, target: Target, found: Detailed): Problem[] {
  const { card } = target;
  const [low, high] = found.estimate.band_bytes;
  const there = `${target.name} (${size(card.usable)})`;
  const needs = `needs ${figureText(found.estimate)}`;
  switch (verdict({ low, high }, card)) {
    case "does-not-fit":
      return [
        {
          code: "vram-does-not-fit",
          severity: "error",
          path: ["model", "name"],
          message: [
            `Does not fit ${there}: ${needs} ${PHASE_TEXT[found.estimate.phase]}.`,
            ...why(config, facts, found),
          ].join(" "),
          fixes: makeItFit(config, facts, card).map(({ fix }) => fix),
        },
      ];
    case "tight":
      return [
        {
          code: "vram-tight",
          severity: "warning",
          path: ["model", "name"],
          message: [
            `Tight on ${there}: ${needs} ${PHASE_TEXT[found.estimate.phase]}.`,
            ...dataText(found),
            ...held(target, found),
          ].join(" "),
          fixes: makeItFit(config, facts, card).map(({ fix }) => fix),
        },
      ];
    case "fits":
      return heldProblem(target, found);
    case "far-below":
      // A rented card is chosen by price, not to be filled.
      return target.where === "modal"
        ? []
        : [...heldProblem(target, found), ...farBelow(config, facts, target, found)];
  }
}

/** What the reader would try first and that would not help, or where it seems to work and does not. */
function why(config: ResolvedConfig, facts: Facts, found: Detailed): string[] {
  const { training: settings } = config;
  const said: string[] = dataText(found);
  if (settings.per_device_train_batch_size === 1 && found.setup.method === "full")
    said.push("Batch 1 already fails, so the batch is not what to change.");
  if (found.setup.strategy === "ddp")
    said.push("Every card holds the whole model: cards do not add up here.");
  if (facts.platform === "win32") said.push("It may still run, several times slower, from system memory.");
  return said;
}

function dataText({ estimate: found }: Detailed): string[] {
  if (found.with_data_bytes === null) return [];
  return [`With the rows of this data ≈ ${size(found.with_data_bytes)}.`];
}

function held({ card }: Target, { estimate: found }: Detailed): string[] {
  return card.held > 0 && found.used_bytes + card.held > card.usable
    ? [`${size(card.held)} are held by others now.`]
    : [];
}

/** Fits the card, but not beside what others hold: free it, or wait. */
function heldProblem(target: Target, found: Detailed): Problem[] {
  const said = held(target, found);
  if (said.length === 0) return [];
  return [
    {
      code: "vram-held",
      severity: "information",
      path: ["model", "name"],
      message: `Fits ${target.name}, but ${said.join(" ")} An out-of-memory error would come from them, not from these settings.`,
    },
  ];
}

function farBelow(config: ResolvedConfig, facts: Facts, target: Target, found: Detailed): Problem[] {
  const more = moreRoom(config, facts, target.card, found);
  if (more.length === 0) return [];
  return [
    {
      code: "vram-far-below",
      severity: "hint",
      path: ["training", "per_device_train_batch_size"],
      message: `≈ ${size(found.estimate.used_bytes)} of ${size(target.card.usable)}: room for a larger batch or longer rows.`,
      fixes: more,
    },
  ];
}

/** Evaluation has its own peak: a batch that is fine for training can be too much for its logits. */
function evaluation(config: ResolvedConfig, target: Target, found: Detailed): Problem[] {
  const there = evaluationMemory(config, found.source.shape, found.setup, target.card, found.memory);
  if (there === null || there.used_bytes <= found.estimate.used_bytes) return [];
  const result = verdict({ low: there.band_bytes[0], high: there.band_bytes[1] }, target.card);
  if (result !== "does-not-fit" && result !== "tight") return [];
  const one = evaluationMemory(
    { ...config, training: { ...config.training, per_device_eval_batch_size: 1 } },
    found.source.shape,
    found.setup,
    target.card,
    found.memory,
  );
  const tight = result === "tight";
  return [
    {
      code: tight ? "vram-tight" : "vram-does-not-fit",
      severity: tight ? "warning" : "error",
      path: ["training", "per_device_eval_batch_size"],
      message: `Evaluation ${tight ? "is tight on" : "does not fit"} ${target.name} (${size(target.card.usable)}): batch ${there.batch} needs ${figureText(there)}${there.logits ? ", most of it logits" : ""}; training needs ≈ ${size(found.estimate.used_bytes)}.`,
      fixes:
        one === null || there.batch === 1
          ? []
          : [
              {
                title: `Evaluation batch ${there.batch} → 1 (≈ ${size(one.used_bytes)})`,
                edits: [{ kind: "set", path: ["training", "per_device_eval_batch_size"], value: 1 }],
                preferred: true,
              },
            ],
    },
  ];
}

/** The embedded model is made for the CPU: then this is news, not a warning. */
function noGpu(config: ResolvedConfig, facts: Facts): Problem[] {
  const found = cpuEstimate(config, facts);
  if (isCannot(found)) return [];
  const embedded = config.model.embedded !== null;
  const time =
    found.seconds === null
      ? `about ${duration(found.step_seconds)} a step`
      : `about ${duration(found.seconds)}`;
  const memory =
    facts.cpu && found.band_bytes[0] > facts.cpu.memory
      ? ` and more memory (≈ ${size(found.used_bytes)}) than the ${size(facts.cpu.memory)} of this machine`
      : "";
  return [
    {
      code: "no-gpu",
      severity: embedded ? "information" : "warning",
      path: ["model", "name"],
      message: `No GPU here: on this CPU it takes ${time}${memory}.`,
      fixes: embedded
        ? []
        : [
            {
              title: "Run on Modal",
              edits: [{ kind: "set", path: ["compute", "target"], value: "modal" }],
            },
          ],
    },
  ];
}
