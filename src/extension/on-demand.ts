/**
 * What is loaded when it is first needed, as a bundle of its own (`dist/on-demand.js`): a window that only
 * shows its runs starts without the checks of configs and the estimates. Classes exist once in each bundle, so
 * nothing here is told apart by `instanceof` across the two.
 */
export { perform } from "./commands/perform.ts";
export { chooseRuns } from "./commands/compare-runs.ts";
export { guarded } from "./commands/guard.ts";
export { ComparisonFeed } from "./compare/feed.ts";
export { tidyRuns } from "./housekeeping/tidy.ts";
export { lookForModal } from "./modal/look.ts";
export { modalGpuRows, modalVolumeRows } from "./modal/rows.ts";
export { startFollowing } from "./modal/site.ts";
export { tellStrays } from "./modal/strays.ts";
export { lookForGpus, lookForPython } from "./machine-look.ts";
export { keepChart, performAction } from "./panel/actions.ts";
export { PanelFeed } from "./panel/feed.ts";
export { tellFacts } from "./server-facts.ts";
