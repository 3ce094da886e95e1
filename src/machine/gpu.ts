/** The NVIDIA GPUs of this machine, from nvidia-smi. Asking wakes a sleeping card: callers decide when. */
import { win32 } from "node:path";
import { execa } from "execa";
import type { GpuFact } from "../core/facts.ts";
import { findExecutable, isExecutable } from "../launch/executable.ts";
import { cells, parseGpus, parseMigDevices, parseProcesses, withMig, withProcesses } from "./nvidia-smi.ts";

const GPU_FIELDS = "index,uuid,name,memory.total,memory.used,compute_cap,driver_version,mig.mode.current";
const PROCESS_FIELDS = "gpu_uuid,pid,process_name,used_memory";

/** Under WSL the tool is Windows' and often not on the PATH. */
const WSL_PATH = "/usr/lib/wsl/lib/nvidia-smi";

async function nvidiaSmi(): Promise<string | null> {
  const found = await findExecutable("nvidia-smi");
  if (found !== null) return found;
  const known =
    process.platform === "win32"
      ? win32.join(process.env["SystemRoot"] ?? "C:\\Windows", "System32", "nvidia-smi.exe")
      : WSL_PATH;
  return (await isExecutable(known)) ? known : null;
}

export type GpuAnswer =
  | { readonly gpus: readonly GpuFact[] }
  /** There is a tool, but it does not answer: the driver is broken, or asleep for more than 15 s. */
  | { readonly failed: string };

/** `ours`: processes of our own runs. No tool: no GPU. */
export async function queryGpus(ours: ReadonlySet<number> = new Set()): Promise<GpuAnswer> {
  const program = await nvidiaSmi();
  if (program === null) return { gpus: [] };
  const ask = async (...args: readonly string[]): Promise<string | { failed: string }> => {
    const result = await execa(program, args, { stdin: "ignore", reject: false, timeout: 15_000 });
    if (!result.failed) return result.stdout;
    return {
      failed: (cells(result.stdout)[0]?.[0] ?? "") || (result.shortMessage ?? "it ended with an error"),
    };
  };
  const table = await ask(`--query-gpu=${GPU_FIELDS}`, "--format=csv,noheader,nounits");
  if (typeof table !== "string") return table;
  const gpus = parseGpus(table);
  const listed = gpus.some((gpu) => gpu.mig) ? await ask("-L") : "";
  const devices = withMig(gpus, typeof listed === "string" ? parseMigDevices(listed) : []);
  const processes = await ask(`--query-compute-apps=${PROCESS_FIELDS}`, "--format=csv,noheader,nounits");
  return {
    gpus: withProcesses(devices, typeof processes === "string" ? parseProcesses(processes) : [], ours),
  };
}
