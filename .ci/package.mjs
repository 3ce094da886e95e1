// npm run package: one .vsix in the project folder.
import path from "node:path";
import { ensureNodeModules } from "./setup/node-modules.mjs";
import { projectRoot } from "./setup/places.mjs";
import { packageVsix } from "./setup/vsix.mjs";

await ensureNodeModules();
const { file, bytes } = await packageVsix(projectRoot);
console.log(`${path.relative(projectRoot, file)}  ${(bytes / 1024 / 1024).toFixed(2)} MB`);
