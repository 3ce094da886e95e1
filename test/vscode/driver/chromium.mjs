// A Chromium of the system for playwright-core, which brings none.
import { accessSync, constants } from "node:fs";
import { aptInstall, canInstall } from "../../../.ci/setup/apt.mjs";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * The path of a Chromium; installs one with apt when there is none and we may.
 *
 * @returns {Promise<string>}
 * @throws with what to do when there is none and it cannot be installed
 */
export async function findChromium() {
  const found = firstExecutable();
  if (found !== undefined) return found;
  const missing = "No Chromium or Chrome found. Install one, or name it in FINETUNE_CHROMIUM.";
  if (!canInstall()) throw new Error(missing);
  await aptInstall(["chromium"]);
  const installed = firstExecutable();
  if (installed === undefined) throw new Error(missing);
  return installed;
}

function firstExecutable() {
  return [process.env.FINETUNE_CHROMIUM, ...PLACES].find((place) => {
    if (!place) return false;
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
