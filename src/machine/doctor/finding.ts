/** One thing that doctor has to say. */
export interface Finding {
  /** Stable: for scripts and tests. */
  readonly code: string;
  readonly area: "system" | "gpu" | "python" | "disk" | "hub" | "modal" | "survival";
  /** `problem`: no training until it is solved; `warning`: it may hurt later. */
  readonly level: "fine" | "warning" | "problem";
  readonly message: string;
  /** What to do about it; present whenever something is not fine. */
  readonly fix?: string;
}

export const fine = (area: Finding["area"], code: string, message: string): Finding => ({
  area,
  code,
  level: "fine",
  message,
});

export const warning = (area: Finding["area"], code: string, message: string, fix: string): Finding => ({
  area,
  code,
  level: "warning",
  message,
  fix,
});

export const problem = (area: Finding["area"], code: string, message: string, fix: string): Finding => ({
  area,
  code,
  level: "problem",
  message,
  fix,
});
