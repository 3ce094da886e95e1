import { EventEmitter, workspace, type Disposable, type Event, type LogOutputChannel } from "vscode";
import { watchRuns, type RunsChange, type RunsWatch } from "../../launch/watch-runs.ts";
import type { RunView } from "../../launch/runs.ts";
import { detail, reason } from "../log.ts";
import { runsRoot } from "../settings.ts";
import { workspaceRoots } from "./workspace-roots.ts";

/** A terminal may launch from a root that nobody knew: looked for this often. */
const ROOTS_EVERY_MS = 2000;

/**
 * The runs of this workspace, read from their folders. Nothing is kept here that the folders do not say,
 * so a reload, a second window and the command line all show the same.
 */
export class JobStore implements Disposable {
  readonly #changed = new EventEmitter<RunsChange>();
  readonly #failed = new EventEmitter<string | null>();
  readonly onDidChange: Event<RunsChange> = this.#changed.event;
  /** Why runs cannot be read, in a sentence; null when they can again. */
  readonly onDidFail: Event<string | null> = this.#failed.event;
  #watch: RunsWatch | null = null;
  #roots: readonly string[] = [];
  #trouble: string | null = null;
  /** A list of a thousand rows asks for each of them. */
  #views: readonly RunView[] = [];
  #byFolder: ReadonlyMap<string, RunView> = new Map();
  #timer: NodeJS.Timeout | null = null;
  #disposed = false;

  constructor(private readonly log: LogOutputChannel) {}

  /** Begins to read; never rejects, `onDidFail` tells. */
  async start(): Promise<void> {
    await this.refresh();
    if (!this.#disposed) this.#timer = setInterval(() => void this.#follow(), ROOTS_EVERY_MS);
  }

  /** Newest first. */
  views(): readonly RunView[] {
    return this.#views;
  }

  find(folder: string): RunView | undefined {
    return this.#byFolder.get(folder);
  }

  async refresh(): Promise<void> {
    await this.#follow();
    await this.#watch?.refresh();
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#watch?.close();
    this.#changed.dispose();
    this.#failed.dispose();
  }

  async #follow(): Promise<void> {
    try {
      const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
      const roots = await workspaceRoots(
        folders.map(({ uri }) => uri.fsPath),
        runsRoot(),
      );
      if (this.#disposed || sameItems(roots, this.#roots)) return;
      this.#roots = roots;
      const before = [...this.#byFolder.keys()];
      this.#watch?.close();
      const watch = watchRuns(
        roots,
        (change) => {
          this.#tell(null);
          this.#take(watch, change);
        },
        (error) => {
          this.log.error(`Reading runs: ${detail(error)}`);
          this.#tell(`Runs cannot be read: ${reason(error)}`);
        },
      );
      this.#watch = watch;
      await watch.ready;
      const now = new Set(watch.views().map(({ folder }) => folder));
      this.#take(watch, { changed: [], removed: before.filter((folder) => !now.has(folder)) });
    } catch (error) {
      this.log.error(`Looking for runs: ${detail(error)}`);
      this.#tell(`Runs cannot be read: ${reason(error)}`);
    }
  }

  #take(watch: RunsWatch, change: RunsChange): void {
    this.#views = watch.views();
    this.#byFolder = new Map(this.#views.map((view) => [view.folder, view]));
    this.#changed.fire(change);
  }

  #tell(trouble: string | null): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#failed.fire(trouble);
  }
}

const sameItems = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);
