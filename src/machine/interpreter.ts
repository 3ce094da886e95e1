/** Looking at a Python interpreter without importing anything heavy. */
import { dirname } from "node:path";
import { execa } from "execa";
import * as z from "zod";

/** What a training imports, by module name. */
export const NEEDED_MODULES = [
  "unsloth",
  "unsloth_zoo",
  "torch",
  "transformers",
  "trl",
  "peft",
  "datasets",
  "accelerate",
] as const;

const SCRIPT = `
import importlib.util, json, struct, sys
find = importlib.util.find_spec
print(json.dumps({
  "executable": sys.executable,
  "version": list(sys.version_info[:3]),
  "bits": struct.calcsize("P") * 8,
  "environment": sys.prefix != sys.base_prefix,
  "canMake": find("venv") is not None and find("ensurepip") is not None,
  "pip": find("pip") is not None,
  "missing": [name for name in sys.argv[1:] if find(name) is None],
}))`;

const answer = z.object({
  executable: z.string().min(1),
  version: z.tuple([z.int(), z.int(), z.int()]),
  bits: z.int(),
  /** Inside a virtual environment. */
  environment: z.boolean(),
  /** Has what it takes to make a virtual environment (Debian packs it apart). */
  canMake: z.boolean(),
  pip: z.boolean(),
  missing: z.array(z.string()),
});

export type Interpreter = z.infer<typeof answer>;

/** A sentence instead of an interpreter: it does not start, does not answer, or is no Python 3. */
export type ProbeFailure = { readonly failed: string };

export async function probe(python: string): Promise<Interpreter | ProbeFailure> {
  // Without the environment variables of Python, as a training; and not from the folder of a project, where a
  // folder named "datasets" would be taken for the library.
  const result = await execa(python, ["-E", "-c", SCRIPT, ...NEEDED_MODULES], {
    cwd: dirname(python),
    stdin: "ignore",
    reject: false,
    timeout: 20_000,
  });
  if (result.failed) {
    const reason = result.stderr.trim().split("\n").at(-1);
    return {
      failed: `${python} does not run: ${reason === undefined || reason === "" ? (result.shortMessage ?? "it failed") : reason}`,
    };
  }
  const parsed = answer.safeParse(parseJson(result.stdout));
  return parsed.success ? parsed.data : { failed: `${python} does not answer like a Python 3 interpreter.` };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const versionText = (interpreter: Interpreter): string => interpreter.version.join(".");

/** The pins have wheels for Python 3.11 to 3.14, 64 bit. */
export function isSupported({ version: [major, minor], bits }: Interpreter): boolean {
  return major === 3 && minor >= 11 && minor <= 14 && bits === 64;
}
