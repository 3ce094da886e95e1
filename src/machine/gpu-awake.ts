import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const DRIVER = "/sys/bus/pci/drivers/nvidia";

/**
 * False while every NVIDIA card of a Linux machine sleeps: asking the driver would wake it and cost a
 * laptop its battery. True where nothing is known.
 */
export async function isGpuAwake(driver = DRIVER): Promise<boolean> {
  const devices = await readdir(driver).catch((): string[] => []);
  const states = await Promise.all(
    devices
      .filter((name) => /^[0-9a-f]{4}:/i.test(name))
      .map((name) => readFile(join(driver, name, "power", "runtime_status"), "utf8").catch(() => "unknown")),
  );
  return states.length === 0 || states.some((state) => state.trim() !== "suspended");
}
