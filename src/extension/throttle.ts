import type { Disposable } from "vscode";

/**
 * Collects keys and hands them over together: at once after a quiet time, else when the pause is over.
 * Nothing is lost, and `handle` is called at most once in `pause` milliseconds.
 */
export class Throttle<T> implements Disposable {
  readonly #waiting = new Set<T>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #disposed = false;

  constructor(
    private readonly pause: number,
    private readonly handle: (keys: ReadonlySet<T>) => void,
  ) {}

  push(...keys: readonly T[]): void {
    if (this.#disposed) return;
    for (const key of keys) this.#waiting.add(key);
    if (this.#timer === null && this.#waiting.size > 0) this.#flush();
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  #flush(): void {
    const keys = new Set(this.#waiting);
    this.#waiting.clear();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#waiting.size > 0) this.#flush();
    }, this.pause);
    this.handle(keys);
  }
}
