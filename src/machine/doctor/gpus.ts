/** What doctor says about graphics cards. Pure. */
import { size } from "../../core/units.ts";
import type { GpuAnswer } from "../gpu.ts";
import { requirementSet } from "../requirement-set.ts";
import { fine, type Finding, problem, warning } from "./finding.ts";

export function gpuFindings(answer: GpuAnswer, platform: NodeJS.Platform): Finding[] {
  if ("failed" in answer) {
    return [
      problem(
        "gpu",
        "driver-broken",
        `nvidia-smi does not answer: ${answer.failed}`,
        "Install the NVIDIA driver again and restart; after an update of the driver a restart is enough.",
      ),
    ];
  }
  const { set, why } = requirementSet(platform, answer.gpus);
  if (answer.gpus.length === 0) return [fine("gpu", "no-gpu", why)];
  const cards = answer.gpus.map((gpu) => {
    const held = gpu.processes.map(({ name, pid, bytes }) => `${name} (${pid}) ${size(bytes)}`);
    const holders = held.length === 0 ? "" : `; held by ${held.join(", ")}`;
    const free = size(Math.max(0, gpu.total - gpu.used));
    return fine("gpu", "gpu", `${gpu.name}: ${free} of ${size(gpu.total)} free${holders}`);
  });
  const choice =
    set === "cpu"
      ? warning("gpu", "gpu-unusable", why, "Update the NVIDIA driver, or train on the CPU.")
      : fine("gpu", "packages", `Packages: ${set}. ${why}`);
  return [...cards, choice];
}
