/** A list of thousands of lines of which only those on screen exist as elements. */
import type { LogLine } from "../core/panel.ts";
import { coloured, marked } from "./ansi.ts";

/** Lines beyond each edge, so that scrolling does not show gaps. */
const SPARE = 12;

export interface LogEvents {
  /** The person scrolled away from the newest line, or back to it. */
  following(follow: boolean): void;
  opened(line: number): void;
}

export class LogView {
  #lines: readonly LogLine[] = [];
  #query = "";
  #follow = true;
  #lineHeight = 18;
  #frame = 0;
  readonly #space = document.createElement("div");
  readonly #window = document.createElement("div");
  readonly #observer: ResizeObserver;

  constructor(
    private readonly scroller: HTMLElement,
    private readonly events: LogEvents,
  ) {
    this.#space.className = "log-space";
    this.#window.className = "log-window";
    this.#space.append(this.#window);
    scroller.append(this.#space);
    scroller.addEventListener("scroll", () => this.#scrolled());
    scroller.addEventListener("dblclick", (event) => this.#open(event));
    this.#observer = new ResizeObserver(() => this.#measure());
    this.#observer.observe(scroller);
  }

  set(lines: readonly LogLine[], query: string, follow: boolean): void {
    if (lines === this.#lines && query === this.#query && follow === this.#follow) return;
    this.#lines = lines;
    this.#query = query;
    this.#follow = follow;
    this.#schedule();
  }

  destroy(): void {
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  /** The person's font size decides the height of a line. */
  #measure(): void {
    const height = Number.parseFloat(getComputedStyle(this.scroller).lineHeight);
    if (Number.isFinite(height)) this.#lineHeight = height;
    this.#schedule();
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const atEnd = scrollTop + clientHeight >= scrollHeight - this.#lineHeight;
    if (atEnd !== this.#follow) {
      this.#follow = atEnd;
      this.events.following(atEnd);
    }
    this.#schedule();
  }

  #open(event: Event): void {
    const row = event.target instanceof Element ? event.target.closest("[data-line]") : null;
    const line = Number(row?.getAttribute("data-line"));
    if (line > 0) this.events.opened(line);
  }

  #schedule(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    const height = this.#lineHeight;
    this.#space.style.height = `${this.#lines.length * height}px`;
    if (this.#follow) this.scroller.scrollTop = this.scroller.scrollHeight;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / height) - SPARE);
    const shown = Math.ceil(this.scroller.clientHeight / height) + 2 * SPARE;
    this.#window.style.transform = `translateY(${first * height}px)`;
    this.#window.replaceChildren(...this.#lines.slice(first, first + shown).map((line) => this.#row(line)));
  }

  #row(line: LogLine): HTMLElement {
    const row = document.createElement("div");
    row.className = "log-line";
    row.dataset["line"] = String(line.number);
    const number = document.createElement("span");
    number.className = "log-number";
    number.textContent = String(line.number);
    number.ariaHidden = "true";
    row.append(number);
    for (const part of coloured(line.text)) {
      for (const { text, hit } of marked(part.text, this.#query)) {
        const span = document.createElement(hit ? "mark" : "span");
        if (part.classes !== "") span.className = part.classes;
        span.textContent = text;
        row.append(span);
      }
    }
    return row;
  }
}
