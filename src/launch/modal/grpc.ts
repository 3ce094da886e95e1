/** What the SDK lets through of the protocol below it, which it does not export. */

export const CODE = {
  cancelled: 1,
  unknown: 2,
  invalid: 3,
  deadline: 4,
  notFound: 5,
  exists: 6,
  denied: 7,
  exhausted: 8,
  precondition: 9,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** The number of an error of the protocol; null: another error. */
export function grpcCode(error: unknown): number | null {
  if (!(error instanceof Error) || error.name !== "ClientError") return null;
  return "code" in error && typeof error.code === "number" ? error.code : null;
}

/** What the server said, in one line, without the call's path and its status in capitals. */
export function serverWords(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const details = "details" in error && typeof error.details === "string" ? error.details : error.message;
  const line = details.split("\n").find((each) => each.trim() !== "") ?? "";
  return line.replace(/^\/[\w.]+\/\w+ [A-Z_]+: /, "").trim();
}
