/** A list of thousands of lines of which only those on screen exist as elements. */
import type { LogLine } from "../core/panel.ts";
import { fileLinks, type FileLink } from "../core/run/log-links.ts";
import { coloured, marked } from "./ansi.ts";

/** Lines beyond each edge, so that scrolling does not show gaps. */
const SPARE = 12;

export interface LogEvents {
  /** The person scrolled away from the newest line, or back to it. */
  following(follow: boolean): void;
  opened(line: number): void;
  /** A place in a file that a line names. */
  followed(path: string, line: number): void;
}

export class LogView {
  #lines: readonly LogLine[] = [];
  #query = "";
  #follow = true;
  #lineHeight = 18;
  #frame = 0;
  /** Elements of the lines that are in the page; those that stay are left alone, so a selection in them holds. */
  readonly #rows = new Map<string, HTMLElement>();
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
    if (query !== this.#query) this.#clear();
    this.#lines = lines;
    this.#query = query;
    this.#follow = follow;
    this.#schedule();
  }

  #clear(): void {
    this.#rows.clear();
    this.#window.replaceChildren();
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
    this.#show(this.#lines.slice(first, first + shown));
  }

  #show(lines: readonly LogLine[]): void {
    const wanted = new Map(lines.map((line) => [`${line.number} ${line.text}`, line]));
    for (const [key, row] of this.#rows) {
      if (wanted.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    let next = this.#window.firstElementChild;
    for (const [key, line] of wanted) {
      const known = this.#rows.get(key);
      if (known !== undefined) {
        next = known.nextElementSibling;
        continue;
      }
      const row = this.#row(line);
      this.#rows.set(key, row);
      this.#window.insertBefore(row, next);
    }
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
    const parts = coloured(line.text);
    const links = fileLinks(parts.map(({ text }) => text).join(""));
    let at = 0;
    for (const { text, classes } of parts) {
      for (const piece of cut(text, at, links)) row.append(this.#piece(piece, classes));
      at += text.length;
    }
    return row;
  }

  #piece({ text, link }: Piece, classes: string): HTMLElement {
    const element = document.createElement(link === null ? "span" : "button");
    element.className = [classes, link === null ? "" : "link"].filter((name) => name !== "").join(" ");
    if (link !== null) {
      // Thousands of lines may hold thousands of links: the keyboard reaches them in the document of the log.
      element.tabIndex = -1;
      element.addEventListener("click", () => this.events.followed(link.path, link.line));
    }
    for (const { text: part, hit } of marked(text, this.#query)) {
      const mark = document.createElement(hit ? "mark" : "span");
      mark.textContent = part;
      element.append(mark);
    }
    return element;
  }
}

interface Piece {
  readonly text: string;
  readonly link: FileLink | null;
}

/** A coloured part that begins at `offset` of its line, cut where links begin and end. */
function cut(text: string, offset: number, links: readonly FileLink[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const link of links) {
    const start = Math.max(at, link.start - offset);
    const end = Math.min(text.length, link.end - offset);
    if (end <= start) continue;
    if (start > at) pieces.push({ text: text.slice(at, start), link: null });
    pieces.push({ text: text.slice(start, end), link });
    at = end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), link: null });
  return pieces;
}
