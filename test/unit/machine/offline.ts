/** What a set-up needs to work without a network: wheels made here, and the real pip. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { findExecutable } from "../../../src/launch/executable.ts";
import type { SetupProgress, SetupWish } from "../../../src/machine/setup.ts";
import { scratch } from "../launch/scratch.ts";

export const PINS = ["unsloth", "unsloth_zoo", "transformers", "trl", "peft", "datasets", "accelerate"].map(
  (name) => `${name}==1.0`,
);

/** A real set-up from a folder of wheels, by the real pip. */
export async function offline(pins: readonly string[] = [...PINS, "torch==1.0+cpu"]) {
  const root = await scratch();
  const wheels = join(root, "wheels");
  const python = (await findExecutable("python3")) ?? "python3";
  const script = join(import.meta.dirname, "make-wheels.py");
  await promisify(execFile)(python, [script, wheels, ...pins]);
  const requirements = join(root, "requirements");
  await mkdir(requirements);
  await writeFile(join(requirements, "cpu.lock"), `# pins\n${[...PINS, "torch==1.0"].join("\n")}\n`);
  const progress: SetupProgress[] = [];
  const wish: SetupWish = {
    cache: join(root, "cache with space"),
    requirements,
    set: "cpu",
    // Without uv, whatever this machine has: pip is everywhere.
    base: python,
    env: {
      PATH: "/usr/bin:/bin",
      HOME: root,
      PIP_NO_INDEX: "1",
      PIP_FIND_LINKS: pathToFileURL(wheels).href,
      PIP_CONFIG_FILE: "/dev/null",
    },
    onProgress: (step) => progress.push(step),
  };
  return { wish, progress };
}
