import type { ReadConfig } from "../core/config/chain.ts";
import { LONGEST_CONFIG, parse, type ParsedConfig } from "../core/config/parse.ts";
import type { Files } from "./files.ts";

type Answer = ParsedConfig | { readonly missing: string };

/**
 * Files that configs extend: the text in the editor where one is open there, else the file, read once
 * and again after it changed. The first question is answered "pending"; `loaded` tells when to ask again.
 */
export class ExtendedFiles {
  readonly #known = new Map<string, Answer | "pending">();
  readonly #files: Files;
  readonly #open: (place: string) => ParsedConfig | undefined;
  readonly #loaded: () => void;

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
    void this.#load(place).then((answer) => {
      // Forgotten meanwhile: the next question starts anew.
      if (this.#known.get(place) !== "pending") return;
      this.#known.set(place, answer);
      this.#loaded();
    });
    return "pending";
  };

  forget(place: string): void {
    this.#known.delete(place);
  }

  forgetAll(): void {
    this.#known.clear();
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
