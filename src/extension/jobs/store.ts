import { EventEmitter, l10n, workspace, type Disposable, type Event, type LogOutputChannel } from "vscode";
import { homedir } from "node:os";
import type { RunsChange, RunsWatch } from "../../launch/watch-runs.ts";
import type { RunView } from "../../launch/runs.ts";
import { dataFolder } from "../../launch/places.ts";
import { detail, reason } from "../log.ts";
import { runsRoot } from "../settings.ts";
import { confinement } from "../trust.ts";

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
  #hasRefused = false;
  /** A list of a thousand rows asks for each of them. */
  #views: readonly RunView[] = [];
  #byFolder: ReadonlyMap<string, RunView> = new Map();
  #places: ReadonlyMap<string, number> = new Map();
  #timer: NodeJS.Timeout | null = null;
  #disposed = false;

  constructor(private readonly log: LogOutputChannel) {}

  /** Begins to read; never rejects, `onDidFail` tells. */
  async start(): Promise<void> {
    await this.refresh();
    if (!this.#disposed) this.#timer = setInterval(() => void this.#look(), ROOTS_EVERY_MS);
  }

  /** Newest first. */
  views(): readonly RunView[] {
    return this.#views;
  }

  /** Id of a waiting run → its place in the queue, from 0. */
  places(): ReadonlyMap<string, number> {
    return this.#places;
  }

  find(folder: string): RunView | undefined {
    return this.#byFolder.get(folder);
  }

  async refresh(): Promise<void> {
    await this.#follow();
    await this.#watch?.refresh();
    this.#tellRefused();
    await this.#followQueue();
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#watch?.close();
    this.#changed.dispose();
    this.#failed.dispose();
  }

  async #look(): Promise<void> {
    await this.#follow();
    this.#tellRefused();
    await this.#followQueue();
  }

  /** Another window may have moved tickets: the queue is read as long as a run of this one waits. */
  async #followQueue(): Promise<void> {
    const queued = this.#views.filter(({ state }) => state === "queued");
    if (queued.length === 0) return;
    try {
      const { waitingRuns } = await import("./reading.ts");
      const ids = await waitingRuns(
        dataFolder({ platform: process.platform, env: process.env, home: homedir() }),
      );
      const places = new Map(ids.map((id, place) => [id, place]));
      const moved = queued.filter(({ id }) => places.get(id) !== this.#places.get(id));
      this.#places = places;
      if (moved.length > 0 && !this.#disposed) this.#changed.fire({ changed: moved, removed: [] });
    } catch (error) {
      this.log.error(`Reading the queue: ${detail(error)}`);
    }
  }

  async #follow(): Promise<void> {
    try {
      const { watchRuns, workspaceRoots } = await import("./reading.ts");
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
          this.#tell(l10n.t("Runs cannot be read: {0}", reason(error)));
        },
        confinement,
      );
      this.#watch = watch;
      await watch.ready;
      const now = new Set(watch.views().map(({ folder }) => folder));
      this.#take(watch, { changed: [], removed: before.filter((folder) => !now.has(folder)) });
    } catch (error) {
      this.log.error(`Looking for runs: ${detail(error)}`);
      this.#tell(l10n.t("Runs cannot be read: {0}", reason(error)));
    }
  }

  #take(watch: RunsWatch, change: RunsChange): void {
    this.#views = watch.views();
    this.#byFolder = new Map(this.#views.map((view) => [view.folder, view]));
    this.#changed.fire(change);
  }

  /** A run that is left out is named, with the file that leads elsewhere. */
  #tellRefused(): void {
    const refused = this.#watch?.refused() ?? [];
    const [first] = refused;
    if (first !== undefined) {
      this.#tell(
        l10n.t(
          "Restricted Mode: {0} leads out of this workspace. Runs that are not shown for such a reason: {1}.",
          first,
          refused.length,
        ),
      );
    } else if (this.#hasRefused) this.#tell(null);
    this.#hasRefused = first !== undefined;
  }

  #tell(trouble: string | null): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#failed.fire(trouble);
  }
}

const sameItems = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);
