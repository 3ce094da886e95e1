/** What the stream of a sandbox lost on its way: the same bytes lie on the volume, with the next commit at the latest. */
import { count } from "../../core/units.ts";
import type { Journal } from "./journal.ts";
import { runOnVolume } from "./names.ts";
import { type PumpContext, volumeOf } from "./pump-context.ts";

const PART = 4 << 20;

export const streamFile = (id: string, attempt: number): string => `${runOnVolume(id)}/stream.${attempt}.log`;

/** All that the sandbox printed so far, part by part; false: it never began. */
export async function readStream(
  { session, id, settings }: Pick<PumpContext, "session" | "id" | "settings">,
  attempt: number,
  onText: (text: string) => void,
): Promise<boolean> {
  const decoder = new TextDecoder();
  for (let offset = 0; ;) {
    const bytes = await session.read(volumeOf({ settings }), streamFile(id, attempt), offset, PART);
    if (bytes === null) return false;
    onText(decoder.decode(bytes, { stream: true }));
    offset += bytes.length;
    if (bytes.length < PART) return true;
  }
}

/** Events that are missing, taken from the volume. Nothing is rejected for want of contact: it is tried again. */
export async function fillFromVolume(context: PumpContext, journal: Journal): Promise<void> {
  let rest = "";
  try {
    await readStream(context, journal.attempt, (text) => {
      const end = (rest + text).lastIndexOf("\n") + 1;
      const whole = (rest + text).slice(0, end);
      rest = (rest + text).slice(end);
      journal.fill(whole);
    });
  } catch (error) {
    if (!(error instanceof Error) || !("passing" in error)) throw error;
    context.log(`stream on the volume: ${error.message}`);
  }
}

/** A gap in a living stream: looked for on the volume, and after a while passed over, so that nobody waits for ever. */
export class Gaps {
  private since: number | null = null;
  private looked = 0;

  constructor(private readonly context: PumpContext) {}

  /** After each piece of the stream. */
  async tend(journal: Journal): Promise<void> {
    if (journal.missing === 0) {
      this.since = null;
      return;
    }
    const { gapLook, gapWait } = this.context.timing;
    this.since ??= Date.now();
    if (Date.now() - this.looked < gapLook) return;
    this.looked = Date.now();
    await fillFromVolume(this.context, journal);
    if (journal.missing > 0 && Date.now() - this.since >= gapWait) passOver(this.context, journal);
  }
}

/** Said in the log of the run: a chart with a hole must not look like a training with one. */
export function passOver({ log }: Pick<PumpContext, "log">, journal: Journal): void {
  const lost = journal.passOver();
  if (lost === 0) return;
  const text = `Modal: ${lost === 1 ? "1 event" : `${count(lost)} events`} of the trainer did not arrive and cannot be read from the volume. The chart has a gap there; the training has none.`;
  log(text);
  journal.note(text);
}

/** By the sandbox's last word, lines of the log that are not here; said with the place where they are. */
export function tellMissingLines(
  { id, log }: Pick<PumpContext, "id" | "log">,
  journal: Journal,
  printed: number,
): void {
  const lost = printed - journal.received.lines;
  if (lost <= 0) return;
  const text = `Modal: ${lost === 1 ? "1 line" : `${count(lost)} lines`} of this log did not arrive. The whole log is on the volume: finetune fetch ${id} stream.${journal.attempt}.log`;
  log(text);
  journal.note(text);
}
