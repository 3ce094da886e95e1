/** Identifiers of the shape that the SDK reads: the form of a sandbox's id decides which protocol it speaks. */
import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** "sb-" and 22 letters and digits: a GPU sandbox of the control plane. */
export const newId = (prefix: string): string =>
  `${prefix}-${Array.from(randomBytes(22), (byte) => ALPHABET[byte % ALPHABET.length]).join("")}`;

/** Any other length: a CPU sandbox of the workers. */
export const newWorkerId = (): string => `sb-${randomBytes(13).toString("hex").toUpperCase()}`;

/** Three parts are enough for the SDK: it reads `exp` and checks no signature. `generation` is for us. */
export function newJwt(seconds: number, generation: number): string {
  const claims = { exp: Math.floor(Date.now() / 1000) + seconds, generation };
  return ["e30", Buffer.from(JSON.stringify(claims)).toString("base64url"), "x"].join(".");
}

export function jwtIsGood(token: string | undefined, generation: number): boolean {
  const claims = token?.split(".")[1];
  if (claims === undefined) return false;
  const read = JSON.parse(Buffer.from(claims, "base64url").toString()) as { exp: number; generation: number };
  return read.exp > Date.now() / 1000 && read.generation === generation;
}
