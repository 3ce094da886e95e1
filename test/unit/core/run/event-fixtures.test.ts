/** The events that the trainer's own tests wrote are read without a fault and fold to the job they tell of. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eventSchemas, type KnownEvent } from "../../../../src/core/run/event.ts";
import { emptyJob, reduce } from "../../../../src/core/run/reduce.ts";

const linesOf = (name: string): string[] =>
  readFileSync(new URL(`../../../fixtures/events/${name}.jsonl`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");

const isKnown = (type: string): type is keyof typeof eventSchemas => Object.hasOwn(eventSchemas, type);

function parsed(line: string): KnownEvent {
  const raw: unknown = JSON.parse(line);
  const type = (raw as { type: string }).type; // every line of a trainer has one; parse below checks the rest
  if (!isKnown(type)) throw new Error(`unknown type ${type}`);
  return eventSchemas[type].parse(raw);
}

describe("events of a tiny run", () => {
  it("fold to a finished job", () => {
    const job = linesOf("tiny-sft").map(parsed).reduce(reduce, emptyJob);
    expect(job.finished?.status).toBe("succeeded");
    expect(job.points.length).toBe(6);
    expect(job.step).toBe(6);
    expect(job.checkpoints.map((checkpoint) => checkpoint.step)).toEqual([2, 4, 6]);
    expect(job.artifacts.map((artifact) => artifact.kind)).toEqual(["adapter", "merged_16bit"]);
    expect(job.datasets["train"]?.skipped_total).toBe(1);
    expect(job.phases).toEqual([]);
  });

  it("of a resume hide what the first attempt did after the checkpoint", () => {
    const job = linesOf("tiny-sft-resumed").map(parsed).reduce(reduce, emptyJob);
    expect(job.attempt).toBe(1);
    expect(job.started?.resumed_from).toEqual({ step: 4, path: "checkpoints/checkpoint-4" });
    expect(job.checkpoints.map(({ step, attempt }) => [step, attempt])).toEqual([
      [2, 0],
      [4, 0],
      [6, 1],
    ]);
    expect(job.finished?.step).toBe(6);
  });
});
