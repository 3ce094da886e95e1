/** What our things are called on Modal: the same from every window, terminal and machine. */

export const APP = "unsloth-finetune";
export const RUNS_VOLUME = "finetune-runs";
export const CACHE_VOLUME = "finetune-cache";

/** Where the volumes lie in a sandbox. */
export const RUNS_MOUNT = "/finetune";
export const CACHE_MOUNT = "/cache";

/** Folder of a run on its volume, without a leading slash. */
export const runOnVolume = (id: string): string => `runs/${id}`;

/** Modal takes 64 of letters, digits and `-._`. The end of an id is its own, so the front is cut. */
const LONGEST_NAME = 64;

/** Of two sandboxes with the same name Modal refuses the second: no attempt is ever started twice. */
export function sandboxName(id: string, attempt: number, suffix = ""): string {
  const name = `${id}.${attempt}${suffix}`.replace(/[^\w.-]/g, "-");
  return name.slice(-LONGEST_NAME).replace(/^[^A-Za-z0-9]+/, "");
}

const RUN_TAG = "finetune-run";
const ATTEMPT_TAG = "finetune-attempt";
const HOST_TAG = "finetune-host";

/** What every sandbox of ours carries, whatever it does. */
export const OUR_TAGS: Readonly<Record<string, string>> = { finetune: "1" };

export const runTags = (id: string, attempt: number): Record<string, string> => ({
  ...OUR_TAGS,
  [RUN_TAG]: id,
  [ATTEMPT_TAG]: String(attempt),
});

export const allTags = (id: string, attempt: number, host: string): Record<string, string> => ({
  ...runTags(id, attempt),
  [HOST_TAG]: host.slice(0, 60),
});

export interface SandboxOwner {
  readonly run: string | null;
  readonly attempt: number | null;
  /** The machine that launched it. */
  readonly host: string | null;
}

export const ownerOf = (tags: Readonly<Record<string, string>>): SandboxOwner => ({
  run: tags[RUN_TAG] ?? null,
  attempt: /^\d+$/.test(tags[ATTEMPT_TAG] ?? "") ? Number(tags[ATTEMPT_TAG]) : null,
  host: tags[HOST_TAG] ?? null,
});

/** Where a person sees everything that runs and what it costs. */
export const DASHBOARD = "https://modal.com/apps";

/** Commits, templates and versions that the first attempt settled. */
export const RESOLVED = "resolved.json";
