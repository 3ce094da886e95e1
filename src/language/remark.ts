import type { ConfigPath } from "../core/config/problem.ts";

/** Text behind a value, before it has a place in the document. */
export interface Remark {
  readonly path: ConfigPath;
  readonly text: string;
  readonly tooltip: string;
  /** Behind the key of a section instead of its value. */
  readonly atKey?: boolean;
}
