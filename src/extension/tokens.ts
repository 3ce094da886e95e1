import { l10n, type Event, type SecretStorage, type SecretStorageChangeEvent } from "vscode";
import { Refusal } from "./refusal.ts";

/** One entry of the storage for all: it cannot be listed on every version of the editor that we support. */
const ENTRY = "finetune.tokens";

/**
 * Tokens by the environment variable they become, in the editor's secret storage and nowhere else. Who
 * reads them hands them to one process and forgets them.
 */
export class Tokens {
  constructor(private readonly storage: SecretStorage) {}

  get onDidChange(): Event<SecretStorageChangeEvent> {
    return this.storage.onDidChange;
  }

  async all(): Promise<Readonly<Record<string, string>>> {
    return read(await this.storage.get(ENTRY));
  }

  /** Rejects when the storage does not give back what it was given: then the token is nowhere. */
  async keep(name: string, token: string): Promise<void> {
    await this.#write({ ...(await this.all()), [name]: token });
    if ((await this.all())[name] !== token) {
      throw new Refusal(
        l10n.t("The editor's secret storage did not keep {0}. Nothing was changed in the file.", name),
      );
    }
  }

  async remove(...names: readonly string[]): Promise<void> {
    const kept = Object.entries(await this.all()).filter(([name]) => !names.includes(name));
    await this.#write(Object.fromEntries(kept));
  }

  async #write(tokens: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(tokens).length === 0) await this.storage.delete(ENTRY);
    else await this.storage.store(ENTRY, JSON.stringify(tokens));
  }
}

/** What cannot be read counts as nothing: another version may have written it. */
function read(entry: string | undefined): Readonly<Record<string, string>> {
  try {
    const found: unknown = JSON.parse(entry ?? "{}");
    if (typeof found !== "object" || found === null) return {};
    return Object.fromEntries(
      Object.entries(found).filter((each): each is [string, string] => typeof each[1] === "string"),
    );
  } catch {
    return {};
  }
}
