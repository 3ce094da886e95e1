/**
 * Every name that package.json and the code share. A unit test compares both sides, so that neither a
 * command without a handler nor a setting that nobody reads can appear.
 */

export const COMMANDS = {
  newConfig: "finetune.newConfig",
  run: "finetune.run",
  stop: "finetune.stop",
  stopNow: "finetune.stopNow",
  resume: "finetune.resume",
  openPanel: "finetune.openPanel",
  openRunFolder: "finetune.openRunFolder",
  openRunConfig: "finetune.openRunConfig",
  openLog: "finetune.openLog",
  compareRuns: "finetune.compareRuns",
  exportRun: "finetune.exportRun",
  askModel: "finetune.askModel",
  filterRuns: "finetune.filterRuns",
  sortRuns: "finetune.sortRuns",
  renameRun: "finetune.renameRun",
  starRun: "finetune.starRun",
  deleteRun: "finetune.deleteRun",
  setUpEnvironment: "finetune.setUpEnvironment",
  doctor: "finetune.doctor",
  checkDataset: "finetune.checkDataset",
  showEstimate: "finetune.showEstimate",
  resetCorrections: "finetune.resetCorrections",
  runNext: "finetune.runNext",
  moveUp: "finetune.moveUp",
  moveDown: "finetune.moveDown",
  cancelWaiting: "finetune.cancelWaiting",
  queueAgain: "finetune.queueAgain",
  runAfter: "finetune.runAfter",
  deleteCheckpoints: "finetune.deleteCheckpoints",
  cleanUp: "finetune.cleanUp",
  explainLog: "finetune.explainLog",
  runAgain: "finetune.runAgain",
  duplicateConfig: "finetune.duplicateConfig",
  moveSecret: "finetune.moveSecret",
  manageTokens: "finetune.manageTokens",
  runOnModal: "finetune.runOnModal",
  modalSignIn: "finetune.modalSignIn",
  modalSignOut: "finetune.modalSignOut",
  modalVerify: "finetune.modalVerify",
  modalDownload: "finetune.modalDownload",
  modalDelete: "finetune.modalDelete",
  modalRefresh: "finetune.modalRefresh",
  modalStrays: "finetune.modalStrays",
  modalDashboard: "finetune.modalDashboard",
  refresh: "finetune.refresh",
} as const;
export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

export const VIEWS = { runs: "finetune.runs", targets: "finetune.targets" } as const;

/** Types of webview panels; `onWebviewPanel:` in package.json activates by them. */
export const PANELS = { run: "finetune.run", compare: "finetune.compare" } as const;

/** Keys of `when` clauses that the code sets. */
export const CONTEXTS = {
  /** A config was found in the workspace. */
  hasConfig: "finetune.hasConfig",
  /** The list of runs hides those that do not fit its filter. */
  filtered: "finetune.filtered",
  /** "ready" | "missing"; unset until somebody looked. */
  environment: "finetune.environment",
} as const;

/** Settings that the extension room reads; key in package.json → default there. */
export const SETTINGS = {
  pythonPath: { key: "finetune.pythonPath", default: "" },
  runsFolder: { key: "finetune.runsFolder", default: "" },
  retentionDays: { key: "finetune.retention.days", default: 0 },
  retentionRuns: { key: "finetune.retention.runs", default: 0 },
  retentionUnexported: { key: "finetune.retention.unexported", default: false },
  notifyWhenFinished: { key: "finetune.notifyWhenFinished", default: true },
} as const;
export type SettingName = keyof typeof SETTINGS;

/** The type of tasks in tasks.json. */
export const TASK_TYPE = "finetune";

/** The language id of configs. */
export const LANGUAGE = "finetune";

/** Flags of a run's `viewItem`; menus show actions by them. */
export const RUN_FLAGS = [
  "stop",
  "stopNow",
  "resume",
  "delete",
  "log",
  "config",
  "waiting",
  "queueAgain",
  "after",
  "checkpoints",
  "again",
  "model",
] as const;
export type RunFlag = (typeof RUN_FLAGS)[number];
