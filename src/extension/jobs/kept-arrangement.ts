import { EventEmitter, type Disposable, type Event, type Memento } from "vscode";
import { readArrangement, type Arrangement } from "./arrangement.ts";

const KEY = "runs.arrangement";

/** How the person of this workspace looks at the list; nothing about a run is kept here. */
export class KeptArrangement implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;
  #now: Arrangement;

  constructor(private readonly memento: Memento) {
    this.#now = readArrangement(memento.get(KEY));
  }

  get now(): Arrangement {
    return this.#now;
  }

  async change(part: Partial<Arrangement>): Promise<void> {
    this.#now = { ...this.#now, ...part };
    this.#changed.fire();
    await this.memento.update(KEY, this.#now);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
