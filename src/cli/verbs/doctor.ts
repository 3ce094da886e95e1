/** `finetune doctor`: this machine on one page. */
import { doctor as look } from "../../machine/doctor/doctor.ts";
import type { Finding } from "../../machine/doctor/finding.ts";
import { plainEnvironment } from "../../launch/child-environment.ts";
import { findPython, places, pythonFolder } from "../site.ts";
import { readArgs } from "../usage.ts";
import type { Verb } from "../verb.ts";

export const doctor: Verb = {
  name: "doctor",
  summary: "Look at this machine: GPU, Python, disk, and what would end a run",
  usage: "finetune doctor [--python PATH] [--json]",
  async run(args, io) {
    const { values } = readArgs(args, { python: { type: "string" }, json: { type: "boolean" } });
    const { cache, data } = places(io);
    const python = pythonFolder(io);
    const findings = await look({
      cache,
      data,
      python,
      env: io.env,
      childEnv: plainEnvironment({ env: io.env, trainer: python, cache, data }),
      choose: () => findPython(io, values.python),
      modal: null,
    });
    io.out(values.json === true ? `${JSON.stringify(findings, null, 1)}\n` : page(findings));
    return findings.some(({ level }) => level === "problem") ? 1 : 0;
  },
};

const MARKS = { fine: "ok", warning: "warning", problem: "PROBLEM" } as const;

function page(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ area, level, message, fix }) => [
    `${MARKS[level].padEnd(8)} ${area.padEnd(9)} ${message}`,
    ...(fix === undefined ? [] : [`${"".padEnd(19)}→ ${fix}`]),
  ]);
  return `${lines.join("\n")}\n`;
}
