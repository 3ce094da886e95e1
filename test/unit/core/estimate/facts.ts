/** Facts of machines and data that tests inject. */
import type { DatasetFact, GpuFact } from "../../../../src/core/facts.ts";

const GIB = 2 ** 30;

/** A 24 GB card unless a test says otherwise. */
export const gpuFact = (change: Partial<GpuFact> = {}): GpuFact => ({
  index: 0,
  uuid: "GPU-0",
  name: "NVIDIA GeForce RTX 4090",
  total: 23.99 * GIB,
  usable: null,
  used: 0,
  ours: 0,
  capability: null,
  driver: "580.95",
  processes: [],
  ...change,
});

/** Twelve hundred short chats. */
export const datasetFact = (change: Partial<DatasetFact> = {}): DatasetFact => ({
  bytes: 1e6,
  mtime: 0,
  format: "messages",
  columns: ["messages"],
  rows: 1204,
  exact: true,
  tokens: { mean: 250, p50: 240, p95: 311, max: 611 },
  problems: [],
  ...change,
});
