/** What was found out about a machine, as a page of Markdown. Pure. */
import { count, size } from "../../core/units.ts";
import { neededBytes } from "../../machine/disk-space.ts";
import type { GpuAnswer } from "../../machine/gpu.ts";
import type { PythonChoice } from "../../machine/python-env.ts";
import type { Choice } from "../../machine/requirement-set.ts";

export interface Finding {
  readonly system: {
    readonly name: string;
    readonly cores: number;
    readonly memory: number;
    readonly free: number;
  };
  readonly gpus: GpuAnswer;
  readonly set: Choice;
  readonly python: PythonChoice | { readonly missing: string; readonly hint: string };
  readonly cache: { readonly path: string; readonly free: number | null };
  readonly data: { readonly path: string; readonly free: number | null };
  readonly trusted: boolean;
}

export function doctorText(found: Finding): string {
  const trouble = troubles(found);
  const { system, cache, data } = found;
  return [
    "# Doctor",
    trouble.length === 0
      ? "Nothing stands in the way of a training."
      : trouble.map((line) => `- ${line}`).join("\n"),
    "## System",
    `- ${system.name}\n- ${count(system.cores)} cores, ${size(system.free)} of ${size(system.memory)} memory free`,
    "## GPU",
    gpuLines(found),
    "## Python",
    pythonLines(found.python),
    "## Folders",
    [place("environments and models", cache), place("queue and corrections", data)].join("\n"),
    "",
  ].join("\n\n");
}

function troubles({ gpus, python, cache, set }: Finding): string[] {
  return [
    ...("failed" in gpus
      ? [`nvidia-smi does not answer: ${gpus.failed}. Check the driver; until then training runs on the CPU.`]
      : []),
    ...("missing" in python ? [`${python.missing} Run *Fine-tune: Set Up Python Environment*.`] : []),
    ...("missing" in python && cache.free !== null && cache.free < neededBytes(set.set)
      ? [
          `Only ${size(cache.free)} are free for ${cache.path}; an environment takes up to ${size(neededBytes(set.set))}. Free some, or set FINETUNE_CACHE_DIR to another disk.`,
        ]
      : []),
  ];
}

function gpuLines({ gpus, set }: Finding): string {
  const lines =
    "failed" in gpus
      ? []
      : gpus.gpus.flatMap((gpu) => {
          const all = gpu.usable ?? gpu.total;
          const holders = gpu.processes.map(({ name, bytes }) => `${name} ${size(bytes)}`);
          const held = holders.length === 0 ? "" : `; held by ${holders.join(", ")}`;
          return [
            `- ${gpu.name}: ${size(Math.max(0, all - gpu.used))} of ${size(all)} free, compute capability ${gpu.capability ?? "unknown"}, driver ${gpu.driver ?? "unknown"}${held}`,
          ];
        });
  return [...lines, `- packages for ${set.set}: ${set.why}`].join("\n");
}

function pythonLines(python: Finding["python"]): string {
  if ("missing" in python) return `- ${python.missing}`;
  return `- ${python.python}\n- Python ${python.version}, ${python.why}`;
}

const place = (what: string, { path, free }: Finding["cache"]): string =>
  `- ${path} (${what})${free === null ? "" : `: ${size(free)} free`}`;
