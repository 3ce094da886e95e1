import type { DatasetFact, Facts } from "../core/facts.ts";
import { folderOf } from "../core/config/paths.ts";
import type { Neighbour } from "../core/config/neighbours.ts";
import type { NamedPlace } from "../language/places.ts";
import type { DatasetOptions, ReadDataset } from "./dataset-facts.ts";
import type { Files, FileStat } from "./files.ts";
import { readModelConfig } from "./model-config.ts";
import { readNeighbours } from "./neighbours.ts";

type FactsOfFiles = Required<Pick<Facts, "paths" | "datasets" | "siblings" | "modelConfigs" | "neighbours">>;

interface Known {
  readonly kind: FileStat["kind"];
  readonly dataset?: DatasetFact;
  readonly model?: unknown;
  readonly siblings?: readonly string[];
  readonly neighbours?: readonly Neighbour[];
}

export interface Wanted extends Omit<NamedPlace, "role"> {
  /** "folder": that of the config itself, for what lies beside it. */
  readonly role: NamedPlace["role"] | "folder";
  /** How its rows are read; for data only. */
  readonly dataset?: DatasetOptions;
}

/** The same place, below it, or beside it: a new neighbour is a better guess for a name that is missing. */
const isNear = ({ place: wanted, role }: Wanted, place: string): boolean =>
  wanted === place ||
  wanted.startsWith(`${place}/`) ||
  (role === "folder" ? wanted : folderOf(wanted)) === folderOf(place);

/** How a place is known under: the same file read in two ways is two facts for us, one for the checks. */
const keyOf = (wanted: Wanted): string => JSON.stringify([wanted.place, wanted.role, wanted.dataset ?? null]);

/**
 * What lies at the places that the open configs name. Asked for after each pass; nothing is read twice
 * until somebody says that it may have changed, and then the old answer holds until the new one is there.
 * `changed` is called when an answer differs from the one before it.
 */
export class FileFacts {
  readonly #known = new Map<string, Known>();
  /** Everything asked for, with the number of the question that counts. */
  readonly #asked = new Map<string, { readonly wanted: Wanted; readonly question: number }>();
  readonly #files: Files;
  readonly #readDataset: ReadDataset;
  readonly #changed: () => void;
  #questions = 0;

  constructor(files: Files, readDataset: ReadDataset, changed: () => void) {
    this.#files = files;
    this.#readDataset = readDataset;
    this.#changed = changed;
  }

  want(places: readonly Wanted[]): void {
    for (const wanted of places) if (!this.#asked.has(keyOf(wanted))) this.#ask(wanted);
  }

  /** A file came, went or changed: it and its neighbours are looked at again. All of them without a place. */
  lookAgain(place?: string): void {
    for (const { wanted } of this.#asked.values()) {
      if (place === undefined || isNear(wanted, place)) this.#ask(wanted);
    }
  }

  forgetAll(): void {
    this.#asked.clear();
    this.#known.clear();
  }

  #ask(wanted: Wanted): void {
    const key = keyOf(wanted);
    const question = ++this.#questions;
    this.#asked.set(key, { wanted, question });
    void this.#look(wanted).then((known) => {
      // Forgotten, or asked again since.
      if (this.#asked.get(key)?.question !== question) return;
      const before = this.#known.get(key);
      if (JSON.stringify(before) === JSON.stringify(known)) return;
      this.#known.set(key, known);
      this.#changed();
    });
  }

  factsFor(places: readonly Wanted[]): FactsOfFiles {
    const paths: Record<string, FileStat["kind"]> = {};
    const datasets: Record<string, DatasetFact> = {};
    const siblings: Record<string, readonly string[]> = {};
    const modelConfigs: Record<string, unknown> = {};
    const neighbours: Record<string, readonly Neighbour[]> = {};
    for (const wanted of places) {
      const known = this.#known.get(keyOf(wanted));
      if (known === undefined) continue;
      paths[wanted.place] = known.kind;
      if (known.dataset !== undefined) datasets[wanted.place] = known.dataset;
      if (known.siblings !== undefined) siblings[wanted.place] = known.siblings;
      if (known.model !== undefined) modelConfigs[wanted.place] = known.model;
      if (known.neighbours !== undefined) neighbours[wanted.place] = known.neighbours;
    }
    return { paths, datasets, siblings, modelConfigs, neighbours };
  }

  async #look(wanted: Wanted): Promise<Known> {
    const { place, role } = wanted;
    if (role === "folder") return { kind: "folder", neighbours: await readNeighbours(this.#files, place) };
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
