import { describe, expect, it } from "vitest";
import { memory } from "../../../../src/core/estimate/memory.ts";
import { H200, MEASURED_RUNS, setupOfRun, shapeOfRun } from "./measured-runs.ts";

const GIB = 2 ** 30;

const off = (estimated: number, measured: number): number => estimated / GIB / measured - 1;

describe("memory against measured runs", () => {
  it.each(MEASURED_RUNS)("$id $model $method", (run) => {
    const found = memory(shapeOfRun(run), setupOfRun(run), H200);
    expect(found.adapters.parameters || found.gradients / 2).toBe(run.trainable_params);
    expect(Math.abs(off(found.afterLoad, run.after_load))).toBeLessThan(0.0005);
    expect(Math.abs(off(found.steady, run.steady))).toBeLessThan(0.0005);
    expect(Math.abs(off(found.allocated, run.peak_alloc))).toBeLessThan(0.005);
    expect(Math.abs(off(found.used, run.nvml_peak))).toBeLessThan(0.03);
  });
});
