import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks again and again until the answer is neither undefined, null nor false; then returns it.
 * A failing question counts as "not yet": its last error is told when patience ends.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { seconds = 60 }: { seconds?: number } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      // The three values are excluded by the condition; the compiler cannot say so of a type parameter.
      if (answer !== undefined && answer !== null && answer !== false)
        return answer as NonNullable<Exclude<T, false>>;
      last = answer;
    } catch (error) {
      last = error;
    }
    await delay(100);
  }
  throw new Error(`Waited ${seconds} s for ${what}. Last answer: ${String(last)}`);
}
