import type { ReadConfig } from "../core/config/chain.ts";
import { LONGEST_CONFIG, parse, type ParsedConfig } from "../core/config/parse.ts";
import type { Files } from "./files.ts";

type Answer = ParsedConfig | { readonly missing: string };

/**
 * Files that configs extend: the text in the editor where one is open there, else the file. The first
 * question is answered "pending"; `loaded` tells when to ask again. After a change the old answer holds
 * until the new one is there.
 */
export class ExtendedFiles {
  readonly #known = new Map<string, Answer | "pending">();
  /** The load that counts, by place. */
  readonly #loads = new Map<string, number>();
  readonly #files: Files;
  readonly #open: (place: string) => ParsedConfig | undefined;
  readonly #loaded: () => void;
  #count = 0;

  constructor(files: Files, open: (place: string) => ParsedConfig | undefined, loaded: () => void) {
    this.#files = files;
    this.#open = open;
    this.#loaded = loaded;
  }

  readonly read: ReadConfig = (place) => {
    const open = this.#open(place);
    if (open !== undefined) return open;
    const known = this.#known.get(place);
    if (known !== undefined) return known;
    this.#known.set(place, "pending");
    this.#start(place);
    return "pending";
  };

  /** The file may have changed; all of them without a place. */
  readAgain(place?: string): void {
    for (const known of this.#known.keys()) if (place === undefined || known === place) this.#start(known);
  }

  forgetAll(): void {
    this.#known.clear();
    this.#loads.clear();
  }

  #start(place: string): void {
    const load = ++this.#count;
    this.#loads.set(place, load);
    void this.#load(place).then((answer) => {
      if (this.#loads.get(place) !== load) return;
      const before = this.#known.get(place);
      this.#known.set(place, answer);
      if (!same(before, answer)) this.#loaded();
    });
  }

  async #load(place: string): Promise<Answer> {
    const { kind } = await this.#files.stat(place);
    switch (kind) {
      case "missing":
        return { missing: "there is no such file." };
      case "refused":
        return { missing: "it lies where nothing is read (outside the workspace, or no regular file)." };
      case "folder":
        return { missing: "it is a folder; name a .finetune.yaml file." };
      case "file":
        break;
    }
    const text = await this.#files.read(place, async (source) =>
      // A little more than is allowed, so that a longer file is seen to be too long.
      new TextDecoder().decode(await source.read(0, Math.min(source.size, 4 * LONGEST_CONFIG + 4))),
    );
    return text === null ? { missing: "it could not be read." } : parse(text);
  }
}

function same(before: Answer | "pending" | undefined, now: Answer): boolean {
  if (before === undefined || before === "pending") return false;
  if ("missing" in before || "missing" in now) return JSON.stringify(before) === JSON.stringify(now);
  return before.text === now.text;
}
