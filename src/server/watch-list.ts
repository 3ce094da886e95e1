import {
  DidChangeWatchedFilesNotification,
  WatchKind,
  type Connection,
  type Disposable,
  type FileSystemWatcher,
} from "vscode-languageserver";
import { fileName, folderOf } from "../core/config/paths.ts";

/** Asks the editor to tell when one of the named files comes, goes or changes. One registration at a time. */
export class WatchList {
  #places: readonly string[] = [];
  #registration: Promise<Disposable> | null = null;
  readonly #connection: Connection;
  readonly #report: (error: unknown) => void;
  readonly #uriOf: (place: string) => string;

  constructor(connection: Connection, uriOf: (place: string) => string, report: (error: unknown) => void) {
    this.#connection = connection;
    this.#uriOf = uriOf;
    this.#report = report;
  }

  set(places: readonly string[]): void {
    if (JSON.stringify(places) === JSON.stringify(this.#places)) return;
    this.#places = places;
    const before = this.#registration;
    const watchers = places.map((place) => this.#watcher(place));
    this.#registration = watchers.length === 0 ? null : this.#register(watchers);
    // A file that changes between the two is told by one of them.
    void before?.then((old) => old.dispose()).catch(this.#report);
    void this.#registration?.catch(this.#report);
  }

  #register(watchers: FileSystemWatcher[]): Promise<Disposable> {
    return this.#connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
  }

  #watcher(place: string): FileSystemWatcher {
    // A glob: the letters that mean something there are bracketed.
    const pattern = fileName(place).replace(/[*?{}[\]]/g, "[$&]");
    return {
      globPattern: { baseUri: this.#uriOf(folderOf(place)), pattern },
      kind: WatchKind.Create | WatchKind.Change | WatchKind.Delete,
    };
  }
}
