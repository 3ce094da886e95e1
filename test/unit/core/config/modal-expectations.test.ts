/** Time and money that a config allows, held against what its run is expected to need. */
import { expect, test } from "vitest";
import { expectedUse } from "../../../../src/core/estimate/run-estimate.ts";
import { validate } from "../../../../src/core/config/validate.ts";
import { roomFor, withRoom } from "../../../../src/core/run/roomy-timeout.ts";

const check = (steps: number, modal: string, extra = "") => {
  const text = [
    "model: unsloth/Llama-3.2-1B-Instruct",
    "dataset: chats.jsonl",
    `training: {max_steps: ${steps}}`,
    `compute: {target: modal, modal: {gpu: T4${modal}}}`,
    extra,
  ].join("\n");
  return validate(text, { path: "/project/x.finetune.yaml", read: () => ({ missing: "no such file" }) });
};
const told = (...args: Parameters<typeof check>) =>
  check(...args)
    .problems.filter(({ code }) => code === "modal-timeout-short" || code === "modal-budget-short")
    .map(({ message, fixes }) => [message, ...(fixes ?? []).map(({ title }) => title)]);

test("a written timeout below the estimate is told with what happens then, and the fix makes room", () => {
  expect(told(5000, ", timeout: 1h")).toEqual([
    [
      "The run is expected to take ≈ 5 h 28 min with its start, and a sandbox lives 1 h: it would be cut and go on in 6 of them, each starting and loading again.",
      "Use 11h",
    ],
  ]);
  expect(told(5000, ", timeout: 11h")).toEqual([]);
});

test("a timeout that nobody wrote is no mistake; nor is one of a day, which is the longest there is", () => {
  expect(told(5000, "")).toEqual([]);
  expect(told(40_000, ", timeout: 24h, max_cost_usd: 500")).toEqual([]);
  // Nothing is known of the length without rows or steps.
  expect(told(5000, ", timeout: 1h").length).toBe(1);
  expect(told(1, ", timeout: 1h")).toEqual([]);
});

test("money that does not pay for what is expected, by default or written", () => {
  expect(told(5000, ", max_cost_usd: 2")).toEqual([
    ["≈ $8.43 are expected, and max_cost_usd ends the run at $2.00.", "Allow $11.00"],
  ]);
  expect(told(20_000, "").map(([message]) => message)).toEqual([
    "≈ $33.66 are expected, and max_cost_usd ends the run at $15.00.",
  ]);
});

test("where nobody wrote it, a sandbox may live twice as long as the run is expected to take, in whole hours", () => {
  const { config } = check(5000, "").resolution;
  if (config === null) throw new Error("no config");
  const seconds = expectedUse(config, {})?.seconds ?? 0;
  expect(seconds / 3600).toBeGreaterThan(5);
  const roomy = withRoom(config, seconds, false);
  expect(roomy.compute.modal).toMatchObject({ timeout: "11h" });
  expect(roomy.limits.deadline_s).toBe(11 * 3600);
  // Else all stays as it is: written, short, not known, or here.
  expect(withRoom(config, seconds, true)).toBe(config);
  expect(withRoom(config, 3600, false)).toBe(config);
  expect(withRoom(config, null, false)).toBe(config);
  const here = { ...config, compute: { ...config.compute, target: "local" as const } };
  expect(withRoom(here, seconds, false)).toBe(here);
  expect([60, 3600, 7201, 20 * 3600].map(roomFor)).toEqual([3600, 7200, 5 * 3600, 86_400]);
});
