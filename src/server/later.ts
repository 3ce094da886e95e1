/** One waiting job per key; a new one takes the place of the old, so a burst of calls runs the last. */
export class Later {
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();

  run(key: string, milliseconds: number, job: () => void): void {
    this.cancel(key);
    this.#waiting.set(
      key,
      setTimeout(() => {
        this.#waiting.delete(key);
        job();
      }, milliseconds),
    );
  }

  /** Leaves a job that waits already as it is. */
  runIfIdle(key: string, milliseconds: number, job: () => void): void {
    if (!this.#waiting.has(key)) this.run(key, milliseconds, job);
  }

  cancel(key: string): void {
    clearTimeout(this.#waiting.get(key));
    this.#waiting.delete(key);
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }
}
