/** Paths as trainers and logs write them: "dataset[1].path", "training.dpo.beta". */
import type { ParsedConfig } from "./parse.ts";
import type { ConfigPath, Span } from "./problem.ts";

/** Numbers are places in a list, with brackets or without. */
export const pathOf = (dotted: string): ConfigPath =>
  dotted
    .split(/[.[\]]+/)
    .filter((step) => step !== "")
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));

/**
 * Where the key stands, or the nearest section around it; null where the file has nothing of it. What a plan lists may
 * be a single section in the file: `dataset[0].format` is then `dataset.format`.
 */
export function spanOfKey(parsed: ParsedConfig, dotted: string): Span | null {
  const listed = pathOf(dotted);
  const single = listed.filter((step) => typeof step === "string");
  for (let length = listed.length; length > 0; length--) {
    for (const path of [listed.slice(0, length), single.slice(0, length)]) {
      const span = parsed.spanOf(path, "key");
      if (span !== undefined) return span;
    }
  }
  return null;
}
