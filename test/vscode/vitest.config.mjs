import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/vscode/**/*.test.ts", "test/modal/*.heavy.ts"],
    root: new URL("../..", import.meta.url).pathname,
    // One editor at a time, and never two trainings: they would share two cores.
    fileParallelism: false,
    maxConcurrency: 1,
    // A training beside a browser that draws in software takes a few times as long as alone.
    testTimeout: 700_000,
    hookTimeout: 180_000,
  },
});
