/** Reads several runs for a comparison and works out what is shown. */
import { readFile } from "node:fs/promises";
import { differences, type ComparedRun, type Comparison, type ComparisonLook } from "../../core/compare.ts";
import { results } from "../../core/compare-results.ts";
import type { Curve } from "../../core/panel.ts";
import { CurveFeed, memoryPoint, type MemoryPoint } from "../../core/run/curves.ts";
import { inEnglish, type Say } from "../../core/say.ts";
import { hasEnded } from "../../core/run/status.ts";
import type { Confinement } from "../../launch/confinement.ts";
import { isMissing } from "../../launch/json-file.ts";
import { planFile } from "../../launch/run-files.ts";
import { RunReader, type RunView } from "../../launch/runs.ts";
import { labels } from "../jobs/items.ts";

interface Source {
  readonly reader: RunReader;
  readonly memory: MemoryPoint[];
  view: RunView | null;
}

export class ComparisonFeed {
  readonly #sources: readonly Source[];
  #seen = "";

  constructor(
    folders: readonly string[],
    private readonly say: Say = inEnglish,
    confinement?: () => Confinement,
  ) {
    this.#sources = folders.map((folder) => ({
      reader: new RunReader(folder, "full", confinement),
      memory: [],
      view: null,
    }));
  }

  /** Something may still come. */
  get isMoving(): boolean {
    return this.#sources.some(({ view }) => view !== null && !hasEnded(view.state));
  }

  /** null: nothing changed since the last time. Runs that are gone are left out. */
  async read(look: ComparisonLook, always: boolean): Promise<Comparison | null> {
    for (const source of this.#sources) {
      const read = await source.reader.refresh();
      source.view = read?.view ?? null;
      for (const event of read?.events ?? [])
        if (event.type === "memory") source.memory.push(memoryPoint(event));
    }
    const seen = this.#sources
      .map(({ view }) => `${view?.state}:${view?.job.attempt}:${view?.job.seq}`)
      .join();
    if (!always && seen === this.#seen) return null;
    this.#seen = seen;
    const present = this.#sources.flatMap((source) =>
      source.view === null ? [] : [{ ...source, view: source.view }],
    );
    const names = labels(present.map(({ view }) => view));
    const plans = await Promise.all(present.map(({ view }) => planOf(view.folder)));
    return {
      axis: look.axis,
      runs: present.map(({ view, memory }) =>
        compared(view, memory, names.get(view.folder) ?? view.info.name, look),
      ),
      results: results(
        present.map(({ view }) => view),
        Date.now() / 1000,
        this.say,
      ),
      differences: differences(plans),
    };
  }
}

function compared(
  { folder, state, job }: RunView,
  memory: readonly MemoryPoint[],
  name: string,
  look: ComparisonLook,
): ComparedRun {
  const { curves, marks } = new CurveFeed({ ...look, range: null }).full({ ...job, memory });
  const evaluated = marks.filter(({ kind, y }) => kind === "eval" && y !== null);
  const evaluations: Curve = {
    key: "metric:eval_loss",
    x: Float64Array.from(evaluated, ({ x }) => x),
    ys: [Float64Array.from(evaluated, ({ y }) => y ?? Number.NaN)],
  };
  return { folder, name, state, curves, evaluations };
}

/** As it lies there: a comparison shows values, so a plan of another version will do as well. */
async function planOf(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(planFile(folder), "utf8"));
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return {};
    throw error;
  }
}
