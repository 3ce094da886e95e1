// Tests that need neither an editor nor Python.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { attempt } from "../setup/run.mjs";
import { projectRoot } from "../setup/places.mjs";
import { check, script } from "./tools.mjs";
import { countVitest, sum } from "./counts.mjs";

export const unit = () => vitest("vitest.config.mjs");

/**
 * Runs one Vitest configuration and counts by its report.
 *
 * @param {string} config
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function vitest(config, env = process.env) {
  const folder = mkdtempSync(path.join(tmpdir(), "finetune-report-"));
  const report = path.join(folder, "report.json");
  try {
    await attempt(
      process.execPath,
      [
        script("vitest"),
        "run",
        `--config=${config}`,
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report}`,
      ],
      { cwd: projectRoot, env, show: true },
    );
    return countVitest(report);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One test a file: the scopes of its words against the snapshot beside it. */
export async function grammar() {
  const folder = path.join("test", "grammar");
  const grammars = ["syntaxes/finetune.tmLanguage.json", path.join(folder, "yaml.tmLanguage.json")];
  const snap = [script("vscode-tmgrammar-test", "vscode-tmgrammar-snap"), "--scope", "source.finetune"];
  const files = readdirSync(path.join(projectRoot, folder)).filter((name) => name.endsWith(".yaml"));
  if (files.length === 0) throw new Error("There is no grammar test.");
  const results = [];
  for (const file of files)
    results.push(
      await check(file, [...snap, ...grammars.flatMap((g) => ["--grammar", g]), path.join(folder, file)]),
    );
  return sum(results);
}
