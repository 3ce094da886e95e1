/** Rows of the targets view, as plain data. */
import { size } from "../../core/units.ts";
import type { GpuAnswer } from "../../machine/gpu.ts";
import type { MachineState } from "../machine.ts";

export interface TargetRow {
  readonly id: string;
  /** What menus match. */
  readonly kind:
    | "gpu"
    | "python"
    | "modalOut"
    | "modalIn"
    | "modalGroup"
    | "modalVolume"
    | "modalGpu"
    | "modalRun"
    | "modalInputs"
    | "modalNote";
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly icon: string;
  readonly children?: "none" | "closed";
  /** A click signs in. */
  readonly signIn?: boolean;
  /** Id of the run on the volume. */
  readonly run?: string;
}

export function targetRows({ gpus, python }: MachineState): TargetRow[] {
  return [...gpuRows(gpus), pythonRow(python)];
}

const row = (
  id: string,
  label: string,
  description: string,
  tooltip: string,
  icon = "circuit-board",
): TargetRow => ({
  id,
  kind: "gpu",
  label,
  description,
  tooltip,
  icon,
});

function gpuRows(answer: GpuAnswer | undefined): TargetRow[] {
  if (answer === undefined) return [row("gpu", "GPU", "looking", "")];
  if ("failed" in answer) return [row("gpu", "GPU", "nvidia-smi does not answer", answer.failed, "warning")];
  if (answer.gpus.length === 0) {
    return [
      row(
        "cpu",
        "CPU",
        "no NVIDIA GPU: small models only",
        "Training runs on the CPU.",
        "server-environment",
      ),
    ];
  }
  return answer.gpus.map(({ uuid, name, total, usable, used, driver, processes }) => {
    const all = usable ?? total;
    const holders = processes.map(({ name: program, bytes }) => `${program}: ${size(bytes)}`);
    const tooltip = [name, `driver ${driver ?? "unknown"}`, ...holders].join("\n");
    return row(
      uuid,
      name.replace(/^NVIDIA (GeForce )?/, ""),
      `${size(Math.max(0, all - used))} of ${size(all)} free`,
      tooltip,
    );
  });
}

function pythonRow(python: MachineState["python"]): TargetRow {
  const common = { id: "python", kind: "python", label: "Python" } as const;
  if (python === undefined)
    return { ...common, description: "looking", tooltip: "", icon: "symbol-namespace" };
  if ("missing" in python) {
    return { ...common, description: "not set up", tooltip: python.missing, icon: "warning" };
  }
  return {
    ...common,
    description: `${python.version}, ${python.why}`,
    tooltip: python.python,
    icon: "symbol-namespace",
  };
}
