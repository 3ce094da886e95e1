/** Numbers as people say them: "7.6 GB", "4 min", "6,740". One place, so that editor, panel and CLI agree. */

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** Binary sizes under their everyday names: 7.6 GB, 80 MB, 12 KB. */
export function size(bytes: number): string {
  if (bytes === 0) return "0";
  if (bytes >= 10 * GIB) return `${(bytes / GIB).toFixed(bytes >= 100 * GIB ? 0 : 1)} GB`;
  if (bytes >= 0.95 * GIB) return `${(bytes / GIB).toFixed(1)} GB`;
  if (bytes >= MIB) return `${Math.round(bytes / MIB)} MB`;
  return `${Math.max(1, Math.round(bytes / 1024))} KB`;
}

/** Seconds → "37 s", "4 min", "1 h 20 min", "2 d 3 h". */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** 1204.4 → "1,204". */
export const count = (value: number): string => Math.round(value).toLocaleString("en-US");

/** A loss or another metric: three significant digits, small ones in powers of ten. */
export function metric(value: number): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude < 1e-3 || magnitude >= 1e5) return value.toExponential(1).replace("e+", "e");
  if (magnitude >= 100) return value.toFixed(0);
  return value.toFixed(magnitude >= 10 ? 1 : magnitude >= 0.1 ? 2 : 4);
}

/** How long ago, for lists: "now", "12 min ago", "yesterday", "5 d ago". Both in Unix seconds. */
export function ago(then: number, now: number): string {
  const seconds = now - then;
  if (seconds < 60) return "now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? "yesterday" : `${days} d ago`;
}
