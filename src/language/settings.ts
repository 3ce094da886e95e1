import type { SeverityOverrides } from "../core/config/validate.ts";

export const HINT_KINDS = ["memory", "batch", "steps", "parameters", "rows", "defaults"] as const;
export type HintKind = (typeof HINT_KINDS)[number];

/** What of the settings concerns the language features. */
export interface LanguageSettings {
  /** `finetune.diagnostics.severity`: by code, "off" to silence. */
  readonly severities: SeverityOverrides;
  /** `finetune.hints.<kind>`: on unless switched off. */
  readonly hints: Readonly<Record<HintKind, boolean>>;
  /** `finetune.lens`. */
  readonly lens: boolean;
}

const LEVELS = ["error", "warning", "information", "hint", "off"] as const;

/** Reads the section `finetune` of the settings; whatever is not as it should be counts as not set. */
export function readSettings(section: unknown): LanguageSettings {
  const severity = member(member(section, "diagnostics"), "severity");
  const severities = Object.entries(isObject(severity) ? severity : {}).flatMap(([code, value]) => {
    const level = LEVELS.find((each) => each === value);
    return level === undefined ? [] : [[code, level] as const];
  });
  const hints = member(section, "hints");
  const on = (kind: HintKind): boolean => member(hints, kind) !== false;
  return {
    severities: Object.fromEntries(severities),
    hints: {
      memory: on("memory"),
      batch: on("batch"),
      steps: on("steps"),
      parameters: on("parameters"),
      rows: on("rows"),
      defaults: on("defaults"),
    },
    lens: member(section, "lens") !== false,
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const member = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined);
