/**
 * What reads run folders, as a bundle of its own (`dist/reading.js`): `activate` shows the views, and the checks
 * of what lies on disk are loaded right after it. Nothing here is told apart by `instanceof` across bundles.
 */
export { waitingRuns } from "../../launch/queue.ts";
export { watchRuns } from "../../launch/watch-runs.ts";
export { hasEnvironment } from "../../machine/environment-folder.ts";
export { workspaceRoots } from "./workspace-roots.ts";
