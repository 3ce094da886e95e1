import { l10n, ProgressLocation, window, workspace } from "vscode";
import { freemem, totalmem, availableParallelism, release, arch } from "node:os";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { LaunchError } from "../../launch/launcher.ts";
import { isMissing } from "../../launch/json-file.ts";
import { requirementSet } from "../../machine/requirement-set.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { doctorText, type Finding } from "./doctor-text.ts";

/** One page about this machine: what would train, and for each thing that is in the way the way out. */
export async function doctor(services: Services): Promise<void> {
  requireTrust();
  const findings = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t("Looking at this machine") },
    () => look(services),
  );
  await services.pages.show("Doctor.md", doctorText(findings));
}

async function look({ machine }: Services): Promise<Finding> {
  const [gpus, python] = await Promise.all([machine.gpus(), pythonOf(machine)]);
  const cards = "gpus" in gpus ? gpus.gpus : [];
  return {
    system: {
      name: `${process.platform} ${release()}, ${arch()}`,
      cores: availableParallelism(),
      memory: totalmem(),
      free: freemem(),
    },
    gpus,
    set: requirementSet(process.platform, cards),
    python,
    cache: { path: machine.cache, free: await freeBytes(machine.cache) },
    data: { path: machine.data, free: await freeBytes(machine.data) },
    trusted: workspace.isTrusted,
  };
}

async function pythonOf(machine: Services["machine"]): Promise<Finding["python"]> {
  try {
    return await machine.python();
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    return { missing: error.message, hint: error.hint };
  }
}

/** Of the disk that holds a folder, or would hold it; null when the system does not tell. */
async function freeBytes(folder: string): Promise<number | null> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch (error) {
      if (!isMissing(error) || dirname(at) === at) return null;
    }
  }
}
