const SECONDS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;

/** Seconds of "90m", "1h30m", "4h", "45s" or a number of seconds; undefined for anything else. */
export function seconds(value: unknown): number | undefined {
  if (typeof value === "number") return value > 0 ? value : undefined;
  if (typeof value !== "string") return undefined;
  const parts = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(value.trim());
  if (!parts) return undefined;
  const [, days, hours, minutes, rest] = parts;
  const total =
    Number(days ?? 0) * SECONDS.d +
    Number(hours ?? 0) * SECONDS.h +
    Number(minutes ?? 0) * SECONDS.m +
    Number(rest ?? 0);
  return total > 0 ? total : undefined;
}
