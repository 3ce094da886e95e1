import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/vscode/**/*.test.ts"],
    root: new URL("../..", import.meta.url).pathname,
    // One editor at a time, and never two trainings: they would share two cores.
    fileParallelism: false,
    maxConcurrency: 1,
    testTimeout: 240_000,
    hookTimeout: 180_000,
  },
});
