/** `finetune data`: what is in a data file, or in those of a config, and what is wrong with it, line by line. */
import { join, relative, resolve } from "node:path";
import { readdir } from "node:fs/promises";
import type { DataProblem, DatasetReport } from "../../core/data/report.ts";
import { inspect } from "../../core/data/inspect.ts";
import { overlap } from "../../core/data/overlap.ts";
import { DATA_EXTENSIONS, extensionOf } from "../../core/data/shape.ts";
import type { ResolvedConfig } from "../../core/run/plan.ts";
import { dataOf, type ConfigData } from "../../launch/config-data.ts";
import { gunzip, withDataFile } from "../../launch/data-file.ts";
import { LaunchError } from "../../launch/launcher.ts";
import { loadConfig } from "../../launch/load-config.ts";
import { reportJson, reportLines } from "../dataset-report.ts";
import { problemLines } from "../problem-text.ts";
import { one, readArgs } from "../usage.ts";
import type { Io, Verb } from "../verb.ts";

export const data: Verb = {
  name: "data",
  summary: "Read data files whole: format, rows, lengths, and every mistake with its line",
  usage: "finetune data CONFIG|FILE [--json]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, { json: { type: "boolean" } });
    const path = resolve(io.cwd, one(positionals, "a config or a data file"));
    const isConfig = /\.ya?ml$/i.test(path);
    const checked = isConfig ? await ofConfig(path, io) : [await check({ path, options: {} }, io)];
    if (values.json === true) {
      const found = checked.map((each) => reportJson(each));
      io.out(`${JSON.stringify(isConfig ? found : found[0], null, 1)}\n`);
    } else for (const each of checked) io.out(`${reportLines(each, io.cwd).join("\n")}\n`);
    return checked.some(({ report }) => report.problems.some(isError)) ? 1 : 0;
  },
};

export interface Checked {
  readonly file: string;
  /** "dataset" or "eval_dataset" where a config names the file. */
  readonly section?: string;
  readonly report: DatasetReport;
}

interface Wanted {
  readonly path: string;
  readonly section?: ConfigData["section"];
  readonly options: ConfigData["options"];
}

const isError = ({ severity }: DataProblem): boolean => severity === "error";

async function check(wanted: Wanted, io: Io): Promise<Checked> {
  const { path, section } = wanted;
  const options = { ...wanted.options, name: relative(io.cwd, path) || path, gunzip, signal: io.interrupt };
  const report = await withDataFile(path, (source) => inspect(source, options));
  return { file: path, ...(section && { section }), report };
}

async function ofConfig(path: string, io: Io): Promise<Checked[]> {
  const loaded = await loadConfig(path);
  // A mistake elsewhere in the config is no reason to leave its data unread.
  const config = loaded.tentative;
  if (config === null || config.dataset.length === 0) {
    throw new LaunchError(
      "config-refused",
      `The config names no data that can be read:\n${problemLines(loaded, io.cwd).join("\n")}`,
      "Correct it, or name the data file itself.",
    );
  }
  const wanted = await localFiles(config, io);
  const checked: Checked[] = [];
  for (const each of wanted) checked.push(await check(each, io));
  return withOverlap(checked);
}

/** The data files of a config; what lies on the Hub is told, not read. */
async function localFiles(config: ResolvedConfig, io: Io): Promise<Wanted[]> {
  const files: Wanted[] = [];
  for (const { path, label, section, options } of dataOf(config)) {
    if (path === null) io.err(`${label} lies on the Hub: it is read when training prepares it.\n`);
    else files.push(...(await dataFiles(path)).map((file) => ({ path: file, section, options })));
  }
  return files;
}

/** The file itself, or those of a folder in order. */
async function dataFiles(path: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return [path];
    throw error;
  }
  const known: readonly string[] = DATA_EXTENSIONS;
  return names
    .filter((name) => known.includes(extensionOf(name)))
    .toSorted()
    .map((name) => join(path, name));
}

/** Evaluation rows that are trained on too; told at each evaluation file. */
function withOverlap(checked: readonly Checked[]): Checked[] {
  const hashesOf = (section: string) =>
    checked.filter((each) => each.section === section).flatMap(({ report }) => report.hashes ?? []);
  const train = hashesOf("dataset");
  return checked.map((each) => {
    const common = each.section === "eval_dataset" ? overlap(train, each.report.hashes ?? []) : null;
    if (common === null) return each;
    return { ...each, report: { ...each.report, problems: [...each.report.problems, common] } };
  });
}
