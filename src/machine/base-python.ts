/** The interpreter an environment is built on. */
import { findExecutable } from "../launch/executable.ts";
import { LaunchError } from "../launch/launcher.ts";
import { type Interpreter, isSupported, probe, versionText } from "./interpreter.ts";

const NAMES = ["python3", "python3.12", "python3.13", "python3.11", "python3.14", "python"] as const;

type Env = Readonly<Record<string, string | undefined>>;

/** null: there is none, but uv fetches one. Rejects with a `LaunchError` that says what to install. */
export async function findBase(
  explicit: string | undefined,
  installer: "uv" | "pip",
  env: Env,
): Promise<string | null> {
  if (explicit !== undefined) return explicitBase(explicit, installer);
  const seen: string[] = [];
  for (const name of NAMES) {
    const path = await findExecutable(name, env);
    const found = path === null ? null : await probe(path);
    if (found === null || "failed" in found) continue;
    if (isSupported(found) && (installer === "uv" || found.canMake)) return found.executable;
    seen.push(`${found.executable} (${unfit(found)})`);
  }
  if (installer === "uv") return null;
  const others = seen.length === 0 ? "" : ` Found: ${[...new Set(seen)].join(", ")}.`;
  throw new LaunchError(
    "no-python",
    `No Python 3.11 to 3.14 that can make environments is on the PATH.${others}`,
    installHint(process.platform),
  );
}

async function explicitBase(python: string, installer: "uv" | "pip"): Promise<string> {
  const found = await probe(python);
  if ("failed" in found)
    throw new LaunchError("no-python", found.failed, installHint(process.platform), python);
  if (isSupported(found) && (installer === "uv" || found.canMake)) return found.executable;
  throw new LaunchError(
    "no-python",
    `No environment can be built on ${python}: ${unfit(found)}.`,
    installHint(process.platform),
    python,
  );
}

const unfit = (found: Interpreter): string =>
  isSupported(found)
    ? "its venv module is missing"
    : found.bits === 64
      ? `version ${versionText(found)}`
      : `${found.bits} bit`;

export function installHint(platform: NodeJS.Platform): string {
  if (platform === "win32") return "Install Python 3.12 (64 bit): winget install Python.Python.3.12.";
  if (platform === "darwin") return "Install Python 3.12: brew install python@3.12.";
  return "Install it, on Debian and Ubuntu: sudo apt install python3 python3-venv; or install uv, which brings its own.";
}
