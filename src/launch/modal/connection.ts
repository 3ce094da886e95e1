/** One signed-in client of the SDK: loaded at first use, told who we are and nothing else, renewed when its token dies. */
import { devNull } from "node:os";
import type { ModalClient } from "modal";
import type { Doing } from "./error-words.ts";
import { explain } from "./errors.ts";
import { CODE, grpcCode } from "./grpc.ts";
import type { ModalCredentials } from "./session.ts";
import { type Ears, listen, tap } from "./taps.ts";

export type Log = (level: "debug" | "info" | "warn" | "error", text: string) => void;

export class Connection {
  readonly #secrets = new Set<string>();
  #client: ModalClient | null = null;
  /** A call has worked: from then on a refused token is an expired one. */
  #proven = false;

  constructor(
    readonly credentials: ModalCredentials,
    readonly log: Log,
  ) {
    this.hide(credentials.tokenSecret);
  }

  /** A value that no line of the log may show. */
  hide(secret: string): void {
    if (secret.length >= 4) this.#secrets.add(secret);
  }

  /** Rejects with a `ModalError`. */
  async call<T>(doing: Doing, act: (client: ModalClient) => Promise<T>, ears: Ears = {}): Promise<T> {
    try {
      return await this.try(act, ears);
    } catch (error) {
      throw explain(error, doing);
    }
  }

  /** The same with the SDK's own errors, for who wants to look at them. */
  async try<T>(act: (client: ModalClient) => Promise<T>, ears: Ears = {}): Promise<T> {
    const client = await this.client();
    try {
      const done = await listen(ears, () => act(client));
      this.#proven = true;
      return done;
    } catch (error) {
      if (!this.isExpired(error)) throw error;
      return await listen(ears, async () => act(await this.renewed(client)));
    }
  }

  isExpired(error: unknown): boolean {
    return this.#proven && grpcCode(error) === CODE.unauthenticated;
  }

  async client(): Promise<ModalClient> {
    this.#client ??= await this.#open();
    return this.#client;
  }

  /** A client with a fresh token in the place of `old`, which another call may have replaced already. */
  async renewed(old: ModalClient): Promise<ModalClient> {
    if (this.#client === old) {
      this.log("info", "Modal's token for this connection has expired: a new one is asked for.");
      this.close();
    }
    return this.client();
  }

  close(): void {
    this.#client?.close();
    this.#client = null;
  }

  async #open(): Promise<ModalClient> {
    // The SDK reads the profiles' file when it is loaded. We have read it already, and may have chosen another
    // profile than the active one.
    const { ModalClient: Client } = await withEnv(
      { MODAL_CONFIG_PATH: devNull },
      () => import("./modal-sdk.ts"),
    );
    const { tokenId, tokenSecret, environment, serverUrl } = this.credentials;
    const own = { MODAL_SERVER_URL: serverUrl ?? undefined, MODAL_ENVIRONMENT: environment ?? undefined };
    return withEnv(
      own,
      () =>
        new Client({
          tokenId,
          tokenSecret,
          ...(environment === null ? {} : { environment }),
          logger: this.#logger(),
          logLevel: "debug",
          grpcMiddleware: [tap],
        }),
    );
  }

  #logger() {
    const at =
      (level: Parameters<Log>[0]) =>
      (message: string, ...details: unknown[]): void =>
        this.log(level, this.#redact([message, ...details.map(textOf)].join(" ")));
    return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  }

  #redact(text: string): string {
    let clean = text;
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, "•••");
    return clean;
  }
}

const textOf = (value: unknown): string =>
  value instanceof Error ? value.message : typeof value === "string" ? value : JSON.stringify(value);

/** Variables as the SDK shall see them, for as long as `act` takes; undefined takes one away. */
function withEnv<T>(own: Readonly<Record<string, string | undefined>>, act: () => T): T {
  const before = Object.keys(own).map((name) => [name, process.env[name]] as const);
  setEnv(Object.entries(own));
  const back = (): void => setEnv(before);
  let done: T;
  try {
    done = act();
  } catch (error) {
    back();
    throw error;
  }
  if (done instanceof Promise) void done.then(back, back);
  else back();
  return done;
}

function setEnv(entries: readonly (readonly [string, string | undefined])[]): void {
  for (const [name, value] of entries) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
