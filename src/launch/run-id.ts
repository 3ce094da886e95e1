/** Names of runs: sorted by time, told apart by name, unique by four random digits. */

/** Longest part of a name in an id: some file systems allow 255 bytes for a whole name, Windows 260 for a path. */
const MAX_SLUG = 40;

/** Letters without accents, digits and dashes; what is left of a name in any script is never empty. */
export function slug(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, "");
  return plain === "" ? "run" : plain;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** `20261125-142233-support-triage-3f9a`: local time, because people read it. */
export function runId(name: string, now: Date, random: number): string {
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const tail = Math.floor(random * 0x10000)
    .toString(16)
    .padStart(4, "0");
  return `${day}-${time}-${slug(name)}-${tail}`;
}
