/** The other way round: what a card with room to spare could do. */
import type { Fix } from "../config/problem.ts";
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { size } from "../units.ts";
import { isCannot } from "./cannot.ts";
import type { Card } from "./card.ts";
import { estimate, type Detailed } from "./estimate.ts";

/** Leaves the band and a little for others. */
const FULL = 0.85;
/** More rows at a time stop making a step faster. */
const LARGEST_BATCH = 32;

export function moreRoom(config: ResolvedConfig, facts: Facts, card: Card, now: Detailed): Fix[] {
  const used = (of: ResolvedConfig): number => {
    const found = estimate(of, { facts, card, source: now.source });
    return isCannot(found) ? Number.POSITIVE_INFINITY : found.band_bytes[1];
  };
  return [largerBatch(config, card, used), longerRows(config, card, now, used)].flatMap((fix) => fix ?? []);
}

/** The same effective batch in fewer, larger pieces. */
function largerBatch(config: ResolvedConfig, card: Card, used: (of: ResolvedConfig) => number): Fix | null {
  const { per_device_train_batch_size: batch, gradient_accumulation_steps: accumulation } = config.training;
  let best: { batch: number; accumulation: number; bytes: number } | null = null;
  for (let larger = batch + 1; larger <= Math.min(LARGEST_BATCH, batch * accumulation); larger++) {
    if ((batch * accumulation) % larger !== 0) continue;
    const fewer = (batch * accumulation) / larger;
    const bytes = used({
      ...config,
      training: {
        ...config.training,
        per_device_train_batch_size: larger,
        gradient_accumulation_steps: fewer,
      },
    });
    if (bytes < FULL * card.usable) best = { batch: larger, accumulation: fewer, bytes };
  }
  if (best === null) return null;
  return {
    title: `Batch ${batch} → ${best.batch}, accumulation ${accumulation} → ${best.accumulation} (at most ${size(best.bytes)})`,
    edits: [
      { kind: "set", path: ["training", "per_device_train_batch_size"], value: best.batch },
      { kind: "set", path: ["training", "gradient_accumulation_steps"], value: best.accumulation },
    ],
  };
}

function longerRows(
  config: ResolvedConfig,
  card: Card,
  now: Detailed,
  used: (of: ResolvedConfig) => number,
): Fix | null {
  const to = 2 * config.model.max_seq_length;
  // Rows that are short already gain nothing.
  if (to > now.source.shape.maxPositions || now.estimate.with_data_bytes !== null) return null;
  const bytes = used({ ...config, model: { ...config.model, max_seq_length: to } });
  if (bytes >= FULL * card.usable) return null;
  return {
    title: `Sequence ${config.model.max_seq_length} → ${to} (at most ${size(bytes)})`,
    edits: [{ kind: "set", path: ["model", "max_seq_length"], value: to }],
  };
}
