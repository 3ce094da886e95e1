/** `finetune validate`: every problem of a config, exactly those that refuse a run. */
import { resolve } from "node:path";
import { isError } from "../../core/config/problem.ts";
import { findGpu } from "../../core/estimate/gpus.ts";
import type { GpuSpec } from "../../core/estimate/card.ts";
import type { Facts, GpuFact } from "../../core/facts.ts";
import { neighbourFacts } from "../../launch/neighbours.ts";
import { loadConfig } from "../../launch/load-config.ts";
import { queryGpus } from "../../machine/gpu.ts";
import { problemJson, problemLines } from "../problem-text.ts";
import { readArgs, UsageError } from "../usage.ts";
import type { Io, Verb } from "../verb.ts";

export const validate: Verb = {
  name: "validate",
  summary: "Check configs: every mistake with its place and its fix",
  usage: "finetune validate CONFIG… [--machine | --gpu NAME] [--json]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      json: { type: "boolean" },
      machine: { type: "boolean" },
      gpu: { type: "string" },
    });
    if (positionals.length === 0) throw new UsageError("Name a config.");
    const facts = await factsFor(values.machine === true, values.gpu);
    let failed = false;
    const found: unknown[] = [];
    for (const file of positionals) {
      const path = resolve(io.cwd, file);
      const beside = values.machine === true ? await neighbourFacts(path) : {};
      const loaded = await loadConfig(path, { facts: { ...facts, ...beside } });
      failed ||= loaded.problems.some(isError);
      found.push(...problemJson(loaded));
      if (values.json !== true) tell(io, file, problemLines(loaded, io.cwd));
    }
    if (values.json === true) io.out(`${JSON.stringify(found, null, 1)}\n`);
    return failed ? 1 : 0;
  },
};

function tell(io: Io, file: string, lines: readonly string[]): void {
  io.out(lines.length === 0 ? `${file}: no problems\n` : `${lines.join("\n")}\n`);
}

/** Without a wish, the same file gives the same answer on every machine. */
async function factsFor(machine: boolean, gpu: string | undefined): Promise<Facts> {
  if (gpu !== undefined) {
    const spec = findGpu(gpu);
    if (spec === undefined) throw new UsageError(`No GPU called "${gpu}" is known.`);
    return { gpus: [gpuFact(spec)] };
  }
  if (!machine) return {};
  const answer = await queryGpus();
  return "gpus" in answer ? { gpus: answer.gpus } : {};
}

/** A card that is not here, empty. */
const gpuFact = ({ name, mib, capability }: GpuSpec): GpuFact => ({
  index: 0,
  uuid: name,
  name,
  total: mib * 2 ** 20,
  usable: null,
  used: 0,
  ours: 0,
  capability: capability.toFixed(1),
  driver: null,
  processes: [],
});
