/** What an estimate looks up: cards and CPU of this machine, finished runs, the files that the config names. */
import { availableParallelism, totalmem } from "node:os";
import type { Facts } from "../core/facts.ts";
import type { ResolvedConfig } from "../core/run/plan.ts";
import { configFacts } from "../launch/config-facts.ts";
import { readCorrections } from "../launch/corrections.ts";
import { queryGpus } from "../machine/gpu.ts";
import { places } from "./site.ts";
import type { Io } from "./verb.ts";

/** @param machine false: a card was named, so this machine's do not matter. */
export async function estimateFacts(config: ResolvedConfig, machine: boolean, io: Io): Promise<Facts> {
  const gpus = machine ? await queryGpus() : null;
  return {
    ...(gpus !== null && "gpus" in gpus ? { gpus: gpus.gpus } : {}),
    cpu: { cores: availableParallelism(), memory: totalmem(), bf16: false },
    corrections: await readCorrections(places(io).data),
    ...(await configFacts(config, io.interrupt)),
  };
}
