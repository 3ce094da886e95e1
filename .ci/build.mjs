// npm run build: all bundles into dist/.
import { ensureNodeModules } from "./setup/node-modules.mjs";
import { buildBundles } from "./setup/bundles.mjs";

await ensureNodeModules();
await buildBundles();
