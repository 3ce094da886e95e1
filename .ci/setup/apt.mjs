// System packages for a machine that has nothing yet.
import { attempt, run } from "./run.mjs";

/** Can this process install system packages without asking anybody? */
export const canInstall = () => process.platform === "linux" && process.getuid?.() === 0;

/**
 * @param {readonly string[]} packages
 * @throws when apt cannot install them
 */
export async function aptInstall(packages) {
  console.log(`Installing ${packages.join(", ")} with apt …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await attempt("apt-get", ["update"], { env }); // one unreachable source must not stop the others
  await run("apt-get", ["install", "--yes", "--no-install-recommends", ...packages], { env });
}
