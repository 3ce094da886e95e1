/**
 * The identity of a row: for duplicates, for train/eval overlap, and for the split, which the trainer makes
 * with the same two functions (vectors: test/fixtures/data/hashes.json).
 *
 * hash  = the first 16 hexadecimal digits of SHA-256 over the UTF-8 of the canonical JSON (keys sorted, no
 *         white space, characters beyond ASCII as they are) of the normalised row, after white space in each
 *         of its texts was squeezed: runs of the characters of `whitespace` in formats.json become one space,
 *         and none is left at the ends.
 * split = the first 8 hexadecimal digits of SHA-256 over "<seed>:<hash>", as a share of 2^32. A row belongs to
 *         the evaluation data when this is below the wanted share: appending rows moves no other, and copies of
 *         a row go the same way.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { canonicalJson } from "../config/canonical-json.ts";
import { squeeze } from "./blank.ts";
import type { Row } from "./row.ts";

const HASH_DIGITS = 16;
const SHARE_DIGITS = 8;

export const rowHash = (row: Row): string => digest(canonicalJson(squeezed(row))).slice(0, HASH_DIGITS);

/** From 0 (included) to 1 (excluded). */
export const splitValue = (hash: string, seed: number): number =>
  Number.parseInt(digest(`${seed}:${hash}`).slice(0, SHARE_DIGITS), 16) / 2 ** 32;

const digest = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

function squeezed(value: unknown): unknown {
  if (typeof value === "string") return squeeze(value);
  if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(squeezed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, squeezed(inner)]));
}
