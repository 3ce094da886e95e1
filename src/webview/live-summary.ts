/** What a screen reader is told while a run goes on: a new sentence at most every so often, never the same twice. */
const CALM_MS = 15_000;

export class LiveSummary {
  readonly element = document.createElement("p");
  #said = "";
  #next = "";
  #timer = 0;
  #lastSpoken = 0;

  constructor() {
    this.element.className = "hidden";
    this.element.role = "status";
    this.element.ariaLive = "polite";
  }

  say(sentence: string): void {
    this.#next = sentence;
    if (sentence === this.#said || this.#timer !== 0) return;
    const wait = Math.max(0, this.#lastSpoken + CALM_MS - Date.now());
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      this.#lastSpoken = Date.now();
      this.#said = this.#next;
      this.element.textContent = this.#said;
    }, wait);
  }
}
