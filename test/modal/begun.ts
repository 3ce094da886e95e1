/** A run on the fake Modal with its pump in this process, and what its tests wait for. */
import { expect, vi } from "vitest";
import { describe as words } from "../../src/core/run/words.ts";
import { STATUS } from "./fake/result.ts";
import { openRig, type Rig, type RigWish } from "./rig.ts";

export const wait = { timeout: 20_000, interval: 20 };

export const end = (name: keyof typeof STATUS, exitcode = 137) => ({
  status: STATUS[name],
  exitcode,
  exception: "",
});

export const range = (to: number): number[] => Array.from({ length: to }, (_, index) => index + 1);

/** `before`: what goes wrong from the start. */
export async function begun(wish: RigWish, before: (rig: Rig) => void = () => undefined, over = {}) {
  const rig = await openRig(wish);
  before(rig);
  const { folder, id } = await rig.prepare();
  const pumped = rig.pump(folder, over);
  const sandbox = async (attempt = 0) => {
    const name = `${id}.${attempt}`;
    await vi.waitFor(() => expect(rig.fake.named(name)).not.toBeNull(), wait);
    const found = rig.fake.named(name);
    if (found === null) throw new Error(name);
    return found;
  };
  const reaches = (step: number) =>
    vi.waitFor(async () => expect((await rig.view(folder)).job.step).toBeGreaterThanOrEqual(step), wait);
  const say = async () => words(await rig.view(folder), Date.now() / 1000);
  return { ...rig, folder, id, pumped, sandbox, reaches, say };
}
