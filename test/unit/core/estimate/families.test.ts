/** One config a supported family and size, from the text of the file to the figure. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isError } from "../../../../src/core/config/problem.ts";
import { validate } from "../../../../src/core/config/validate.ts";
import { isCannot } from "../../../../src/core/estimate/cannot.ts";
import { findModel } from "../../../../src/core/estimate/catalog.ts";
import { runEstimate } from "../../../../src/core/estimate/run-estimate.ts";

const folder = new URL("../../../fixtures/estimate/families/", import.meta.url);
const files = readdirSync(folder);

/** "qwen2.5-0.5b.finetune.yaml" → 0.5 */
const billions = (file: string): number => {
  const [, experts, size, unit] = /-(?:(\d+)x)?([\d.]+)([bm])(?:-v[\d.]+)?\.finetune\.yaml$/.exec(file) ?? [];
  return (Number(experts ?? 1) * Number(size)) / (unit === "m" ? 1000 : 1);
};

describe("families", () => {
  it("are all there", () => {
    expect(files.length).toBe(35);
  });

  it.each(files)("%s", (file) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    const { resolution, problems } = validate(
      text,
      { path: `/project/${file}`, read: () => ({ missing: "there is no such file" }) },
      {},
    );
    // OpenELM has an estimate, and another rule says that the pinned libraries cannot train it.
    expect(problems.filter(isError).filter(({ code }) => code !== "model-not-trainable")).toEqual([]);
    const { tentative: config } = resolution;
    if (config === null) throw new Error("the config is not whole");
    expect(findModel(config.model.name)?.exact).toBe(true);
    const found = runEstimate(config);
    if (isCannot(found)) throw new Error(found.cannot);
    // Names round, and count experts without what they share.
    expect(found.basis.parameters / 1e9 / billions(file)).toBeGreaterThan(0.79);
    expect(found.basis.parameters / 1e9 / billions(file)).toBeLessThan(1.35);
    expect(found.basis.trainable).toBeGreaterThan(0);
    expect(found.used_bytes).toBeGreaterThan(found.basis.parameters / 2);
    expect(found.fits.length).toBeGreaterThan(5);
  });
});
