// The trainer's own checks and tests.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { attempt } from "../setup/run.mjs";
import { projectRoot } from "../setup/places.mjs";
import { trainerPython } from "../setup/python.mjs";
import { pythonTools } from "../setup/python-tools.mjs";
import { countJunit, one, sum } from "./counts.mjs";

const folder = path.join(projectRoot, "python");

export async function ruff() {
  const tools = await pythonTools(await trainerPython());
  const results = [];
  for (const args of [["check"], ["format", "--check"]]) {
    console.log(`· ruff ${args.join(" ")}`);
    const { code } = await attempt(path.join(tools, "bin", "ruff"), [...args, "--no-cache", "."], {
      cwd: folder,
      show: true,
    });
    results.push(one(code === 0));
  }
  return sum(results);
}

export async function pytest() {
  const python = await trainerPython({ show: false });
  const tools = await pythonTools(python);
  const scratch = mkdtempSync(path.join(tmpdir(), "finetune-report-"));
  const report = path.join(scratch, "report.xml");
  // Without bytecode each of the many trainers of these tests takes some ten seconds more to import its libraries.
  const { PYTHONDONTWRITEBYTECODE: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    PYTHONPATH: [tools, folder].join(path.delimiter),
    PYTHONPYCACHEPREFIX: path.join(tools, "pycache"),
  };
  try {
    const options = ["-p", "no:cacheprovider", `--junitxml=${report}`];
    const { code } = await attempt(python, ["-m", "pytest", ...options], { cwd: folder, env, show: true });
    return existsSync(report) ? countJunit(report) : one(code === 0);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
