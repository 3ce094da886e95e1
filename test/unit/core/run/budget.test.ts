import { expect, test } from "vitest";
import { attemptsAllowed, planChain, sandboxTimes } from "../../../../src/core/run/budget.ts";
import { modalSettings } from "../../../../src/core/run/modal-settings.ts";

const settings = { timeoutS: 14_400, maxCostUsd: 15 };

test("the tighter of time and money is the sandbox's life; everything of ours ends before it", () => {
  const free = sandboxTimes(settings, 0, 0.0008);
  expect(free).toEqual({ timeoutS: 14_400, hardEndS: 14_310, deadlineS: 14_220, limit: "timeout" });
  const dear = sandboxTimes(settings, 14.2, 0.0008);
  expect(dear).toMatchObject({ timeoutS: 1000, limit: "budget" });
  for (const times of [free, dear]) {
    expect(times?.deadlineS).toBeLessThan(times?.hardEndS ?? 0);
    expect(times?.hardEndS).toBeLessThan(times?.timeoutS ?? 0);
  }
});

test("what is left must pay for more than a start; a short timeout of the person's own is not in the way", () => {
  expect(sandboxTimes(settings, 14.99, 0.0008)).toBeNull();
  expect(sandboxTimes(settings, 16, 0.0008)).toBeNull();
  expect(sandboxTimes({ timeoutS: 60, maxCostUsd: 15 }, 0, 0.0008)).toMatchObject({ timeoutS: 60 });
});

test.each([
  [null, 86_400, 1],
  [3600, 14_400, 1],
  [30 * 3600, 86_400, 2],
  [10 * 3600, 4 * 3600, 3],
])("an estimate of %j s with sandboxes of %d s: %d", (estimate, timeout, attempts) => {
  const chain = planChain(estimate, timeout);
  expect(chain.attempts).toBe(attempts);
  expect(chain.text === null).toBe(attempts === 1);
});

test("a planned chain leaves as many restarts as were allowed", () => {
  expect(attemptsAllowed({ maxAttempts: 3 }, 1)).toBe(3);
  expect(attemptsAllowed({ maxAttempts: 1 }, 4)).toBe(4);
});

test("a plan's words in Modal's units: whole seconds up, cores and memory always, never beyond a day", () => {
  const modal = {
    gpu: "A100-80GB:2",
    timeout: 90.5,
    max_cost_usd: 15,
    stall_timeout: "15m",
    max_attempts: 3,
    cpu: null,
    memory: null,
  };
  const compute = {
    target: "modal" as const,
    local: { gpus: "auto" as const, strategy: "auto" as const },
    modal,
  };
  expect(modalSettings({ compute })).toMatchObject({
    gpuCount: 2,
    timeoutS: 91,
    stallS: 900,
    cpu: 4,
    memory: 16_384,
    region: null,
    secrets: [],
  });
  expect(modalSettings({ compute: { ...compute, modal: { ...modal, timeout: "30h" } } }).timeoutS).toBe(
    86_400,
  );
});
