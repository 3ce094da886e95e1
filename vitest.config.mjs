import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/{unit,modal}/**/*.test.ts"],
    testTimeout: 20_000,
    // Vitest leaves one core free; tests of processes and of Modal wait far more than they compute.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
