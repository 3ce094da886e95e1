/** Which checkpoints of a run are whole on its volume: the same rule as on a disk (`checkpoints.ts`). */
import * as z from "zod";
import type { WholeCheckpoint } from "../checkpoints.ts";
import { runOnVolume } from "./names.ts";
import type { ModalSession } from "./session.ts";

const MARK = "COMPLETE.json";
const MARK_BYTES = 1 << 22;
const completeSchema = z.looseObject({
  step: z.int().nonnegative(),
  files: z.record(z.string(), z.int().nonnegative()),
});

/** Newest first. */
export async function volumeCheckpoints(
  session: Pick<ModalSession, "list" | "read">,
  volume: string,
  id: string,
): Promise<WholeCheckpoint[]> {
  const home = runOnVolume(id);
  const files = new Map(
    (await session.list(volume, `${home}/checkpoints`, true))
      .filter(({ kind }) => kind === "file")
      .map(({ path, bytes }) => [path.slice(home.length + 1), bytes]),
  );
  const folders = new Set(
    [...files.keys()].flatMap((path) => /^checkpoints\/checkpoint-\d+(?=\/)/.exec(path)?.[0] ?? []),
  );
  const found: WholeCheckpoint[] = [];
  for (const path of folders) {
    const bytes = await session.read(volume, `${home}/${path}/${MARK}`, 0, MARK_BYTES);
    const complete = bytes === null ? null : parse(bytes);
    if (complete === null) continue;
    const sizes = Object.entries(complete.files);
    if (!sizes.every(([name, size]) => files.get(`${path}/${name}`) === size)) continue;
    found.push({ step: complete.step, path, bytes: sizes.reduce((sum, [, size]) => sum + size, 0) });
  }
  return found.sort((a, b) => b.step - a.step);
}

function parse(bytes: Uint8Array): z.infer<typeof completeSchema> | null {
  try {
    return completeSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null;
  } catch {
    return null; // Torn: it is not whole.
  }
}
