/** Reads what nvidia-smi prints. Pure; whatever it prints instead of a number becomes "not known". */
import type { GpuFact } from "../core/facts.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Rows of a CSV without quotes, as nvidia-smi writes it. */
export const cells = (text: string): string[][] =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line) => line.split(",").map((cell) => cell.trim()));

/** "[N/A]", "[Not Supported]", "ERR!" and the like are null. */
function number(cell: string | undefined): number | null {
  return cell !== undefined && /^\d+(\.\d+)?$/.test(cell) ? Number(cell) : null;
}

const text = (cell: string | undefined): string | null =>
  cell === undefined || cell === "" || /^\[|^ERR!$|^N\/A$/.test(cell) ? null : cell;

export interface ListedGpu extends GpuFact {
  /** Cut into instances: the whole card cannot be used. */
  readonly mig: boolean;
}

/** Rows of `index,uuid,name,memory.total,memory.used,compute_cap,driver_version,mig.mode.current`. */
export function parseGpus(csv: string): ListedGpu[] {
  return cells(csv).flatMap((row) => {
    const index = number(row[0]);
    const uuid = text(row[1]);
    const name = text(row[2]);
    if (index === null || uuid === null || name === null) return [];
    return [
      {
        index,
        uuid,
        name,
        total: (number(row[3]) ?? 0) * MIB,
        usable: null,
        used: (number(row[4]) ?? 0) * MIB,
        ours: 0,
        capability: number(row[5]) === null ? null : (row[5] ?? null),
        driver: text(row[6]),
        processes: [],
        mig: row[7] === "Enabled",
      },
    ];
  });
}

export interface MigDevice {
  readonly parent: string;
  readonly uuid: string;
  /** "1g.10gb". */
  readonly profile: string;
  readonly gigabytes: number;
}

/** Instances in the output of `nvidia-smi -L`, each under the line of its card. */
export function parseMigDevices(list: string): MigDevice[] {
  let parent: string | null = null;
  const devices: MigDevice[] = [];
  for (const line of list.split(/\r?\n/)) {
    parent = /^GPU \d+:.*\(UUID: (\S+)\)/.exec(line)?.[1] ?? parent;
    const [, profile, gigabytes, uuid] = /^\s+MIG (\S*?(\d+)gb\S*)\s.*\(UUID: (\S+)\)/.exec(line) ?? [];
    if (parent !== null && profile !== undefined && uuid !== undefined) {
      devices.push({ parent, uuid, profile, gigabytes: Number(gigabytes) });
    }
  }
  return devices;
}

/** A card that is cut into instances is replaced by them; what each of them holds is not known. */
export function withMig(gpus: readonly ListedGpu[], devices: readonly MigDevice[]): GpuFact[] {
  return gpus.flatMap(({ mig, ...gpu }) => {
    const instances = devices.filter(({ parent }) => parent === gpu.uuid);
    if (!mig || instances.length === 0) return [gpu];
    return instances.map(({ uuid, profile, gigabytes }) => ({
      ...gpu,
      uuid,
      name: `${gpu.name} MIG ${profile}`,
      total: gigabytes * GIB,
      used: 0,
    }));
  });
}

export interface GpuProcess {
  readonly uuid: string;
  readonly pid: number;
  readonly name: string;
  readonly bytes: number;
}

/** Rows of `gpu_uuid,pid,process_name,used_memory`. A name may hold commas. */
export function parseProcesses(csv: string): GpuProcess[] {
  return cells(csv).flatMap((row) => {
    const pid = number(row[1]);
    const uuid = text(row[0]);
    if (pid === null || uuid === null) return [];
    const path = text(row.slice(2, -1).join(", ")) ?? "another process";
    const name = path.split(/[\\/]/).at(-1) ?? path;
    return [{ uuid, pid, name, bytes: (number(row.at(-1)) ?? 0) * MIB }];
  });
}

export function withProcesses(
  gpus: readonly GpuFact[],
  processes: readonly GpuProcess[],
  ours: ReadonlySet<number>,
): GpuFact[] {
  return gpus.map((gpu) => {
    const own = processes.filter(({ uuid }) => uuid === gpu.uuid);
    const held = own.filter(({ pid }) => ours.has(pid)).reduce((sum, { bytes }) => sum + bytes, 0);
    return { ...gpu, ours: held, processes: own.map(({ pid, name, bytes }) => ({ pid, name, bytes })) };
  });
}
