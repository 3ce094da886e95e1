import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/{unit,modal}/**/*.test.ts"], testTimeout: 20_000 },
});
