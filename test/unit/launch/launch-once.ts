/** The program of `killed-launcher.test.ts`: starts one run, as a window does, and would live on. Arguments: site as JSON, config. */
import { startRun, type Site } from "../../../src/launch/start.ts";

const [site = "", config = ""] = process.argv.slice(2);
const parsed: Site = JSON.parse(site);
await startRun(parsed, { config });
setInterval(() => {}, 1000);
