import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Throttle } from "../../../src/extension/throttle.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first key goes at once, what follows comes together after the pause, nothing is lost", () => {
  const seen: string[][] = [];
  const throttle = new Throttle<string>(500, (keys) => seen.push([...keys]));
  throttle.push("a");
  expect(seen).toEqual([["a"]]);
  for (let i = 0; i < 100; i++) throttle.push("b", "c");
  vi.advanceTimersByTime(499);
  expect(seen).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(seen).toEqual([["a"], ["b", "c"]]);
});

test("after a quiet time the next key goes at once again", () => {
  const handle = vi.fn();
  const throttle = new Throttle<string>(500, handle);
  throttle.push("a");
  vi.advanceTimersByTime(2000);
  throttle.push("b");
  expect(handle).toHaveBeenCalledTimes(2);
});

test("disposed, it says nothing any more", () => {
  const handle = vi.fn();
  const throttle = new Throttle<string>(500, handle);
  throttle.push("a");
  throttle.push("b");
  throttle.dispose();
  vi.advanceTimersByTime(2000);
  throttle.push("c");
  expect(handle).toHaveBeenCalledTimes(1);
});
