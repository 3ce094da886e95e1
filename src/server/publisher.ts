import type { Diagnostic } from "vscode-languageserver-types";
import { diagnostics, spanHere, toDiagnostic, type DiagnosticPlaces } from "../language/diagnostics.ts";
import { quietly } from "../language/quiet.ts";
import { Later } from "./later.ts";
import type { Workspace } from "./workspace.ts";

/** After the last key; what is said then leaves out the word being typed. */
const PAUSE_MS = 200;
/** After the last key: nobody types any more, everything is said. */
const SETTLED_MS = 1200;

/** Sends problems when somebody pauses, and at once when they do not type. */
export class Publisher {
  readonly #later = new Later();
  readonly #workspace: Workspace;
  readonly #places: () => DiagnosticPlaces;
  readonly #send: (uri: string, version: number | undefined, found: Diagnostic[]) => void;
  readonly #passed: () => void;

  /** `passed` is called after each pass: new places may have to be watched. */
  constructor(
    workspace: Workspace,
    places: () => DiagnosticPlaces,
    send: (uri: string, version: number | undefined, found: Diagnostic[]) => void,
    passed: () => void,
  ) {
    this.#workspace = workspace;
    this.#places = places;
    this.#send = send;
    this.#passed = passed;
  }

  typed(uri: string): void {
    this.#later.run(`pause ${uri}`, PAUSE_MS, () => this.#publish(uri, true));
    this.#later.run(`settled ${uri}`, SETTLED_MS, () => this.#publish(uri, false));
  }

  /** Somebody types in another file that this one may extend. */
  typedElsewhere(uri: string): void {
    this.#later.runIfIdle(`pause ${uri}`, PAUSE_MS, () => this.#publish(uri, false));
  }

  /** Not typing: a file was opened or saved, or something beside the text is known anew. */
  soon(uri: string): void {
    // While somebody types, their pause comes soon enough.
    this.#later.runIfIdle(`pause ${uri}`, 0, () => this.#publish(uri, false));
  }

  closed(uri: string): void {
    this.#later.cancel(`pause ${uri}`);
    this.#later.cancel(`settled ${uri}`);
    this.#send(uri, undefined, []);
  }

  dispose(): void {
    this.#later.dispose();
  }

  #publish(uri: string, typing: boolean): void {
    const analysis = this.#workspace.analysis(uri);
    const open = this.#workspace.documents.get(uri);
    if (analysis === undefined || open === undefined) return;
    const places = this.#places();
    const found = typing
      ? quietly(
          analysis.problems,
          (problem) => spanHere(problem, analysis),
          analysis.parsed.text,
          open.touched,
        ).map((problem) => toDiagnostic(problem, analysis, places))
      : diagnostics(analysis, places);
    this.#send(uri, open.text.version, found);
    this.#passed();
  }
}
