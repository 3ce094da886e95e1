import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Facts } from "../core/facts.ts";
import { parse, type ParsedConfig } from "../core/config/parse.ts";
import { analyse, type Analysis } from "../language/analysis.ts";
import { figureOf, type ShownFigure } from "../language/figure.ts";
import { namedPlaces } from "../language/places.ts";
import { readSettings, type LanguageSettings } from "../language/settings.ts";
import { readDataset } from "./dataset-facts.ts";
import { Documents } from "./documents.ts";
import { ExtendedFiles } from "./extended-files.ts";
import { FileFacts, type Wanted } from "./file-facts.ts";
import type { Host } from "./host.ts";
import { wantedPlaces } from "./wanted.ts";

/**
 * Everything the server knows: open texts, files they name, facts of the machine, settings. One parse per
 * version of a text and one analysis per version and revision of what is known beside it.
 */
export class Workspace {
  readonly documents = new Documents();
  readonly #host: Host;
  readonly #extended: ExtendedFiles;
  readonly #fileFacts: FileFacts;
  readonly #parsed = new Map<string, { version: number; parsed: ParsedConfig }>();
  readonly #analyses = new Map<string, { version: number; revision: number; analysis: Analysis }>();
  readonly #figures = new Map<string, { of: Analysis; shown: ShownFigure | null }>();
  #machine: Facts = {};
  #settings: LanguageSettings = readSettings(null);
  #revision = 0;

  /** `changed`: something beside the texts is known anew, so that every figure and problem may differ. */
  constructor(host: Host, changed: () => void) {
    this.#host = host;
    const again = (): void => {
      this.#revision++;
      changed();
    };
    this.#extended = new ExtendedFiles(host.files, (place) => this.#openAt(place), again);
    this.#fileFacts = new FileFacts(host.files, readDataset, again);
  }

  get settings(): LanguageSettings {
    return this.#settings;
  }

  setSettings(section: unknown): void {
    this.#settings = readSettings(section);
    this.#revision++;
  }

  setMachine(facts: Facts): void {
    this.#machine = facts;
    this.#revision++;
  }

  /** Another answer may come from every file: folders or trust have changed. */
  forgetFiles(): void {
    this.#extended.forgetAll();
    this.#fileFacts.forgetAll();
    this.#revision++;
  }

  /** Without a URI: any of them may have, and nobody told. */
  fileChanged(uri?: string): void {
    const place = uri === undefined ? undefined : this.#host.placeOf(uri);
    this.#extended.readAgain(place);
    this.#fileFacts.lookAgain(place);
  }

  /** A text changed: the files that extend it are out of date too. */
  textChanged(): void {
    this.#revision++;
  }

  close(uri: string): void {
    this.documents.close(uri);
    this.#parsed.delete(uri);
    this.#analyses.delete(uri);
    this.#figures.delete(uri);
    // The file counts again instead of the text.
    this.fileChanged(uri);
    this.#revision++;
  }

  parsed(document: TextDocument): ParsedConfig {
    const known = this.#parsed.get(document.uri);
    if (known?.version === document.version) return known.parsed;
    const parsed = parse(document.getText());
    this.#parsed.set(document.uri, { version: document.version, parsed });
    return parsed;
  }

  /** Undefined when the file is not open. */
  analysis(uri: string): Analysis | undefined {
    const document = this.documents.get(uri)?.text;
    if (document === undefined) return undefined;
    const known = this.#analyses.get(uri);
    if (known?.version === document.version && known.revision === this.#revision) return known.analysis;
    const revision = this.#revision;
    const analysis = this.#analyse(document, known?.analysis);
    this.#analyses.set(uri, { version: document.version, revision, analysis });
    this.#fileFacts.want(wantedPlaces(analysis));
    return analysis;
  }

  /** The figure of the file, or the last one that could be had while it is in the middle of an edit. */
  figure(uri: string): ShownFigure | null {
    const analysis = this.analysis(uri);
    if (analysis === undefined) return null;
    const known = this.#figures.get(uri);
    if (known?.of === analysis) return known.shown;
    const config = analysis.resolution.tentative;
    const figure = config === null ? null : figureOf(config, analysis.world.facts);
    const good = figure !== null && figure.kind !== "cannot";
    const last = known?.shown ?? null;
    const shown: ShownFigure | null =
      good || last === null || last.figure.kind === "cannot"
        ? figure && { figure, stale: false }
        : { figure: last.figure, stale: true };
    this.#figures.set(uri, { of: analysis, shown });
    return shown;
  }

  /** Places outside the open texts that their problems and figures depend on. */
  watched(): string[] {
    const places = this.documents.uris().flatMap((uri) => {
      const analysis = this.#analyses.get(uri)?.analysis;
      return analysis ? namedPlaces(analysis.resolution).filter((named) => named.local) : [];
    });
    return [...new Set(places.map((named) => named.place))].toSorted();
  }

  #analyse(document: TextDocument, before: Analysis | undefined): Analysis {
    const home = this.#host.home;
    const world = (places: readonly Wanted[]): Analysis["world"] => ({
      place: this.#host.placeOf(document.uri),
      read: this.#extended.read,
      facts: this.#facts(places),
      severities: this.#settings.severities,
      ...(home === undefined ? {} : { home }),
    });
    // Which places count is known after resolving, what lies there is needed for it: the last answer is a
    // good guess, and only a config that names new places is resolved twice.
    const guess = before ? wantedPlaces(before) : [];
    const first = analyse(document, this.parsed(document), world(guess));
    const places = wantedPlaces(first);
    if (JSON.stringify(places) === JSON.stringify(guess)) return first;
    return analyse(document, this.parsed(document), world(places));
  }

  #facts(places: readonly Wanted[]): Facts {
    const files = this.#fileFacts.factsFor(places);
    return {
      platform: this.#host.platform,
      ...this.#machine,
      paths: { ...files.paths, ...this.#machine.paths },
      siblings: { ...files.siblings, ...this.#machine.siblings },
      datasets: { ...files.datasets, ...this.#machine.datasets },
      modelConfigs: { ...files.modelConfigs, ...this.#machine.modelConfigs },
      neighbours: { ...files.neighbours, ...this.#machine.neighbours },
    };
  }

  #openAt(place: string): ParsedConfig | undefined {
    const uri = this.documents.uris().find((each) => this.#host.placeOf(each) === place);
    const document = uri === undefined ? undefined : this.documents.get(uri);
    return document && this.parsed(document.text);
  }
}
