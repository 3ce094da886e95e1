/** Builds an image and says what its builder says. What the user cannot help is tried again, and named as such. */
import type { App, Image, ModalClient } from "modal";
import type { Connection } from "./connection.ts";
import { abortable } from "./cancelled.ts";
import { ModalError } from "./errors.ts";
import { grpcCode, serverWords } from "./grpc.ts";
import type { Words } from "./error-words.ts";
import type { ImageWish } from "./session.ts";

/** Milliseconds; rejects when the signal is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** Before the second, third and fourth try. Milliseconds. */
const PAUSES = [5_000, 20_000, 60_000];

/** How much of the builder's end is looked at for a cause. */
const TAIL_LINES = 60;

export async function buildImage(
  connection: Connection,
  appOf: (client: ModalClient) => Promise<App>,
  wish: ImageWish,
  onLine: (line: string) => void,
  signal: AbortSignal,
  pause: Pause,
): Promise<Image> {
  for (let failures = 0; ; failures += 1) {
    const lines = new Lines(onLine);
    try {
      return await abortable(
        connection.try(async (client) => await (await describe(client, wish)).build(await appOf(client)), {
          buildText: (text) => lines.add(text),
        }),
        signal,
      );
    } catch (error) {
      lines.end();
      // What the SDK says itself (a token, a missing secret, no network) has its own words.
      if (!isBuildFailure(error)) throw error;
      const words = causeOf(wish.tag, [...lines.tail, error.message].join("\n"), error.message);
      const ms = PAUSES[failures];
      if (!words.passing || ms === undefined) throw new ModalError(words);
      onLine(`${words.message} Try ${failures + 2} of ${PAUSES.length + 1} follows in ${ms / 1000} seconds.`);
      await pause(ms, signal);
    }
  }
}

async function describe(client: ModalClient, wish: ImageWish): Promise<Image> {
  const secret = wish.secret === null ? undefined : await client.secrets.fromName(wish.secret);
  const base = client.images.fromRegistry(wish.tag, secret);
  return wish.commands.reduce((image, command) => image.dockerfileCommands([command]), base);
}

const isBuildFailure = (error: unknown): error is Error =>
  error instanceof Error && grpcCode(error) === null && error.message.startsWith("Image build for");

const MISSING =
  /manifest unknown|manifest for .* not found|repository does not exist|name unknown|(?:image|tag|manifest).{0,80}not found|not found: .*manifest/i;
const FORBIDDEN = /pull access denied|unauthorized|authentication required|denied: requested access/i;
const NETWORK =
  /\b(?:429|50[0234])\b|too many requests|toomanyrequests|temporary failure|could not resolve|connection (?:reset|refused|timed out)|timed? ?out|tls handshake|unexpected eof|network is unreachable|Max retries exceeded|IncompleteRead|bad gateway|service unavailable|external shut-down/i;

/** Why a build failed, by the end of its log and the builder's own last words. */
function causeOf(tag: string, text: string, message: string): Words {
  if (MISSING.test(text))
    return {
      code: "modal-image-missing",
      message: `The image ${tag} was not found in its registry.`,
      hint: "Correct compute.modal.image, or take it out to use our own.",
    };
  if (FORBIDDEN.test(text))
    return {
      code: "modal-image-denied",
      message: `The registry does not let Modal read the image ${tag}.`,
      hint: "Name a public image in compute.modal.image, or take it out to use our own.",
    };
  if (NETWORK.test(text))
    return {
      code: "modal-image-network",
      message: `A registry or the network failed while Modal built the image ${tag}; nothing is wrong with the config.`,
      hint: "It was tried four times. Start the run again in a while; what was built already is kept.",
      passing: true,
    };
  const said = serverWords(new Error(message.split("\n").slice(1).join("\n")));
  return {
    code: "modal-image-build",
    message: `The image ${tag} could not be built${said === "" ? "." : `: ${said}`}`,
    hint: "The end of the log above shows the command that failed. Without compute.modal.image our own image is used.",
  };
}

/** Text in pieces → whole lines, of which the last are kept. */
class Lines {
  readonly tail: string[] = [];
  #open = "";

  constructor(readonly onLine: (line: string) => void) {}

  add(text: string): void {
    const parts = (this.#open + text).split(/\r?\n/);
    this.#open = parts.pop() ?? "";
    for (const line of parts) this.#tell(line);
  }

  end(): void {
    if (this.#open !== "") this.#tell(this.#open);
    this.#open = "";
  }

  #tell(line: string): void {
    this.tail.push(line);
    if (this.tail.length > TAIL_LINES) this.tail.shift();
    this.onLine(line);
  }
}
