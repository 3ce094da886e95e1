/** What PyTorch reserves beyond what is allocated (expandable segments on). */
import { FRAGMENTATION } from "./constants.ts";

/** @param nf4 bytes of 4-bit weights: many small tensors leave gaps. */
export function fragmentation(allocated: number, steady: number, nf4: number): number {
  const share = FRAGMENTATION.share * (allocated - steady);
  return (
    FRAGMENTATION.base + Math.min(Math.max(0, share), FRAGMENTATION.shareLimit) + FRAGMENTATION.nf4Share * nf4
  );
}
