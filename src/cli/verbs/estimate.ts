/** `finetune estimate`: memory, time and cost of a config, before anything starts. */
import { resolve } from "node:path";
import { isError } from "../../core/config/problem.ts";
import { isCannot } from "../../core/estimate/cannot.ts";
import { cpuEstimate } from "../../core/estimate/cpu.ts";
import { runEstimate } from "../../core/estimate/run-estimate.ts";
import { targetByName } from "../../core/estimate/targets.ts";
import { loadConfig } from "../../launch/load-config.ts";
import { estimateFacts } from "../estimate-facts.ts";
import { estimateLines } from "../estimate-text.ts";
import { problemLines } from "../problem-text.ts";
import { one, readArgs, UsageError } from "../usage.ts";
import type { Verb } from "../verb.ts";

export const estimate: Verb = {
  name: "estimate",
  summary: "Know before you start: GPU memory, time and cost, each with a band",
  usage: "finetune estimate CONFIG [--gpu NAME] [--json]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, { json: { type: "boolean" }, gpu: { type: "string" } });
    const loaded = await loadConfig(resolve(io.cwd, one(positionals, "a config")));
    const config = loaded.tentative;
    const errors = loaded.problems.filter(isError);
    if (config === null) {
      io.err(
        `Cannot estimate: the config names no model or no data yet.\n${problemLines(loaded, io.cwd).join("\n")}\n`,
      );
      return 1;
    }
    const target = values.gpu === undefined ? null : targetByName(config, values.gpu);
    if (values.gpu !== undefined && target === null)
      throw new UsageError(`No GPU called "${values.gpu}" is known.`);
    const facts = await estimateFacts(config, target === null, io);
    const found = runEstimate(config, { facts, ...(target === null ? {} : { target }) });
    const onCpu = target === null && config.compute.target === "local" && facts.gpus?.length === 0;
    const cpu = onCpu ? cpuEstimate(config, facts) : null;
    if (errors.length > 0)
      io.err(
        `The config has ${errors.length === 1 ? "an error" : `${errors.length} errors`}; finetune validate shows ${errors.length === 1 ? "it" : "them"}.\n`,
      );
    if (isCannot(found)) {
      if (values.json === true) io.out(`${JSON.stringify(found)}\n`);
      else io.err(`Cannot estimate: ${found.cannot}.\n`);
      return 1;
    }
    if (values.json === true) io.out(`${JSON.stringify({ ...found, cpu }, rounded, 1)}\n`);
    else io.out(`${estimateLines(config, found, cpu).join("\n")}\n`);
    return 0;
  },
};

/** Bytes are whole; nobody reads the twelfth digit of a time. */
function rounded(key: string, value: unknown): unknown {
  if (typeof value !== "number") return value;
  return value >= 1000 || key.endsWith("_bytes") ? Math.round(value) : Number(value.toPrecision(5));
}
