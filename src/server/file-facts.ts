import type { DatasetFact, Facts } from "../core/facts.ts";
import { folderOf } from "../core/config/paths.ts";
import type { NamedPlace } from "../language/places.ts";
import type { DatasetOptions, ReadDataset } from "./dataset-facts.ts";
import type { Files, FileStat } from "./files.ts";
import { readModelConfig } from "./model-config.ts";

interface Known {
  readonly kind: FileStat["kind"];
  readonly dataset?: DatasetFact;
  readonly model?: unknown;
  readonly siblings?: readonly string[];
}

export interface Wanted extends NamedPlace {
  /** How its rows are read; for data only. */
  readonly dataset?: DatasetOptions;
}

/** How a place is known under: the same file read in two ways is two facts for us, one for the checks. */
const keyOf = (wanted: Wanted): string => JSON.stringify([wanted.place, wanted.role, wanted.dataset ?? null]);

/**
 * What lies at the places that the open configs name. Asked for after each pass; nothing is read twice
 * until `forget` says that it changed. `changed` is called when an answer came that was not there before.
 */
export class FileFacts {
  readonly #known = new Map<string, Known>();
  readonly #asked = new Set<string>();
  readonly #files: Files;
  readonly #readDataset: ReadDataset;
  readonly #changed: () => void;

  constructor(files: Files, readDataset: ReadDataset, changed: () => void) {
    this.#files = files;
    this.#readDataset = readDataset;
    this.#changed = changed;
  }

  want(places: readonly Wanted[]): void {
    for (const wanted of places) {
      const key = keyOf(wanted);
      if (this.#asked.has(key)) continue;
      this.#asked.add(key);
      void this.#look(wanted).then((known) => {
        if (!this.#asked.has(key)) return;
        this.#known.set(key, known);
        this.#changed();
      });
    }
  }

  /** A file came, went or changed; for a folder everything below it. */
  forget(place: string): void {
    for (const key of this.#asked) {
      const [known] = JSON.parse(key) as [string];
      if (known === place || known.startsWith(`${place}/`) || folderOf(known) === folderOf(place)) {
        this.#asked.delete(key);
        this.#known.delete(key);
      }
    }
  }

  forgetAll(): void {
    this.#asked.clear();
    this.#known.clear();
  }

  factsFor(places: readonly Wanted[]): Pick<Facts, "paths" | "datasets" | "siblings" | "modelConfigs"> {
    const paths: Record<string, FileStat["kind"]> = {};
    const datasets: Record<string, DatasetFact> = {};
    const siblings: Record<string, readonly string[]> = {};
    const modelConfigs: Record<string, unknown> = {};
    for (const wanted of places) {
      const known = this.#known.get(keyOf(wanted));
      if (known === undefined) continue;
      paths[wanted.place] = known.kind;
      if (known.dataset !== undefined) datasets[wanted.place] = known.dataset;
      if (known.siblings !== undefined) siblings[wanted.place] = known.siblings;
      if (known.model !== undefined) modelConfigs[wanted.place] = known.model;
    }
    return { paths, datasets, siblings, modelConfigs };
  }

  async #look(wanted: Wanted): Promise<Known> {
    const { place, role } = wanted;
    const stat = await this.#files.stat(place);
    if (stat.kind === "missing" && wanted.local) {
      const entries = await this.#files.list(folderOf(place));
      return { kind: stat.kind, siblings: entries.map((entry) => entry.name) };
    }
    if (stat.kind === "folder" && role === "model") {
      const model = await readModelConfig(this.#files, place);
      return { kind: stat.kind, ...(model === null ? {} : { model }) };
    }
    if (stat.kind === "file" && role === "data") {
      const dataset = await this.#files.read(place, (source) =>
        this.#readDataset(source, place, stat.mtime, wanted.dataset ?? {}),
      );
      return { kind: stat.kind, ...(dataset === null ? {} : { dataset }) };
    }
    return { kind: stat.kind };
  }
}
