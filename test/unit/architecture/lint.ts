import { spawnSync } from "node:child_process";
import path from "node:path";
import * as z from "zod";
import { projectRoot } from "./scratch-checkout.ts";

export interface Finding {
  readonly file: string;
  readonly rule: string;
  /** What was found and the help that goes with it. */
  readonly text: string;
}

const report = z.object({
  number_of_files: z.int(),
  diagnostics: z.array(
    z.object({ filename: z.string(), code: z.string(), message: z.string(), help: z.string().optional() }),
  ),
});

/** What oxlint says about a folder, by that folder's own rules. */
export function lint(folder: string): { files: number; findings: Finding[] } {
  const oxlint = path.join(projectRoot, "node_modules", "oxlint", "bin", "oxlint");
  const { stdout, stderr } = spawnSync(process.execPath, [oxlint, "--format", "json", "src"], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!stdout.startsWith("{")) throw new Error(`oxlint did not run: ${stdout}${stderr}`);
  const { number_of_files, diagnostics } = report.parse(JSON.parse(stdout));
  return {
    files: number_of_files,
    findings: diagnostics.map(({ filename, code, message, help = "" }) => ({
      file: filename,
      rule: code.replace(/^.*\((.*)\)$/, "$1"),
      text: `${message} ${help}`,
    })),
  };
}

/** What the compiler says about one project of a folder; one line an error. */
export function typeErrors(folder: string, project: string): string[] {
  const tsc = path.join(projectRoot, "node_modules", "typescript", "bin", "tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "--pretty", "false", "-p", project], {
    cwd: folder,
    encoding: "utf8",
  });
  return stdout.split("\n").filter((line) => line.includes(": error TS"));
}
