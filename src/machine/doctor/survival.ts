/**
 * Does a run go on when the editor is closed? A detached process does, unless the system ends everything
 * of its session. Pure over what `lookAround` found; each case names the setting that changes it.
 */
import { readdir, readFile } from "node:fs/promises";
import { release as kernelRelease } from "node:os";
import { join } from "node:path";
import { isMissing } from "../../launch/json-file.ts";
import { type Finding, warning } from "./finding.ts";

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  /** Kernel release: WSL says so in it. */
  readonly release: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly inContainer: boolean;
  /** systemd's logind.conf with its drop-ins; "" when there is none. */
  readonly logind: string;
  /** A battery that is being used up; null: no battery, or not known. */
  readonly onBattery: boolean | null;
}

export function survival({
  platform,
  release,
  env,
  inContainer,
  logind,
  onBattery,
}: Surroundings): Finding[] {
  const found: Finding[] = [];
  if (platform === "linux" && /microsoft/i.test(release)) {
    found.push(
      warning(
        "survival",
        "wsl",
        "WSL shuts its machine down some seconds after the last window closes, and runs with it.",
        "In %UserProfile%\\.wslconfig, section [wsl2], set vmIdleTimeout=-1 (and under [general] instanceIdleTimeout=-1), then wsl --shutdown once.",
      ),
    );
  }
  if (inContainer && env["REMOTE_CONTAINERS"] === "true") {
    found.push(
      warning(
        "survival",
        "dev-container",
        "This dev container stops when its window closes, and runs with it.",
        'Set "shutdownAction": "none" in devcontainer.json.',
      ),
    );
  }
  if (killsUserProcesses(logind) && env["SSH_CONNECTION"] !== undefined) {
    found.push(
      warning(
        "survival",
        "kill-user-processes",
        "This machine ends all processes of a user who logs out (KillUserProcesses=yes), runs too.",
        "loginctl enable-linger, or set KillUserProcesses=no in /etc/systemd/logind.conf.",
      ),
    );
  }
  if (onBattery === true) {
    found.push(
      warning(
        "survival",
        "battery",
        "This machine runs on its battery: when it sleeps, a run sleeps too, and goes on afterwards.",
        "Plug it in, and turn off sleep while a run goes on.",
      ),
    );
  }
  return found;
}

/** The last line that sets it wins, as systemd reads them. */
function killsUserProcesses(logind: string): boolean {
  const values = [...logind.matchAll(/^\s*KillUserProcesses\s*=\s*(\S+)/gim)].map(([, value]) => value);
  return /^(yes|true|1|on)$/i.test(values.at(-1) ?? "no");
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return ""; // Not there or not for us: then it says nothing.
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function batteryInUse(): Promise<boolean | null> {
  const root = "/sys/class/power_supply";
  const states = await Promise.all((await namesIn(root)).map((name) => textOf(join(root, name, "status"))));
  const known = states.map((state) => state.trim()).filter((state) => state !== "");
  return known.length === 0 ? null : known.includes("Discharging");
}

export async function lookAround(env: Surroundings["env"]): Promise<Surroundings> {
  const { platform } = process;
  if (platform !== "linux") {
    return { platform, release: kernelRelease(), env, inContainer: false, logind: "", onBattery: null };
  }
  const dropIns = await namesIn("/etc/systemd/logind.conf.d");
  const logind = await Promise.all(
    ["/etc/systemd/logind.conf", ...dropIns.map((name) => join("/etc/systemd/logind.conf.d", name))].map(
      textOf,
    ),
  );
  const marks = [...(await namesIn("/")), ...(await namesIn("/run"))];
  return {
    platform,
    release: kernelRelease(),
    env,
    inContainer: marks.includes(".dockerenv") || marks.includes(".containerenv"),
    logind: logind.join("\n"),
    onBattery: await batteryInUse(),
  };
}
