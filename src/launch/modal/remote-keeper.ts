/** The pump's view of its run, in memory and in `remote.json`: written whole, at most about once a second. */
import type { Remote, RemoteProblem } from "../../core/run/remote.ts";
import { writeRemote } from "../remote-file.ts";

const WRITE_EVERY_MS = 1000;
/** Readers take silence for a dead pump: something is written at least this often. */
const BEAT_MS = 15_000;

type Stage = Remote["stage"];
type Paid = Remote["paid"][number];

export class RemoteKeeper {
  private last = 0;
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();
  private readonly beat: NodeJS.Timeout;

  constructor(
    private readonly folder: string,
    private current: Remote,
    private readonly holds: () => boolean,
  ) {
    this.beat = setInterval(() => this.change({}), BEAT_MS);
    this.beat.unref();
  }

  get value(): Remote {
    return this.current;
  }

  /** Is on the disk within about a second. */
  change(part: Partial<Remote>): void {
    this.current = { ...this.current, ...part };
    const wait = this.last + WRITE_EVERY_MS - Date.now();
    if (wait <= 0) this.writeLater();
    else this.timer ??= setTimeout(() => this.writeLater(), wait);
  }

  /** Is on the disk when it resolves: what must be known after a crash. */
  async now(part: Partial<Remote>): Promise<void> {
    this.current = { ...this.current, ...part };
    await this.write();
  }

  stage(stage: Stage, part: Partial<Remote> = {}): Promise<void> {
    const since = stage === this.current.stage ? this.current.since : now();
    return this.now({ stage, since, detail: null, progress: null, ...part });
  }

  contact(ok: boolean, reason: string | null = null): void {
    if (this.current.contact.ok === ok) return;
    this.change({ contact: { ok, since: now(), reason } });
  }

  problem(problem: RemoteProblem | null): void {
    this.change({ problem });
  }

  /** A sandbox has its machine since then; told again, only an earlier time counts. */
  paidFrom(from: number, kind: Paid["kind"] = "train", rate: number | null = null): void {
    const { attempt, paid } = this.current;
    const mine = paid.find((span) => span.attempt === attempt && span.kind === kind && span.to === null);
    if (mine === undefined) this.change({ paid: [...paid, { attempt, kind, from, to: null, rate }] });
    else if (from < mine.from) this.replace(mine, { ...mine, from });
  }

  /** It is paid no longer. */
  paidTo(to: number, kind: Paid["kind"] = "train"): void {
    const { attempt, paid } = this.current;
    const mine = paid.find((span) => span.attempt === attempt && span.kind === kind && span.to === null);
    if (mine !== undefined) this.replace(mine, { ...mine, to: Math.max(to, mine.from) });
  }

  async close(): Promise<void> {
    clearInterval(this.beat);
    if (this.timer !== null) await this.write();
    await this.writing;
  }

  private replace(old: Paid, span: Paid): void {
    this.change({ paid: this.current.paid.map((each) => (each === old ? span : each)) });
  }

  /** A full disk is not the end of a pump: the next writing says the same and more. */
  private writeLater(): void {
    this.write().catch(() => undefined);
  }

  private write(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.last = Date.now();
    this.writing = this.writing
      .catch(() => undefined)
      .then(async () => {
        if (!this.holds()) return;
        this.current = { ...this.current, written: now() };
        await writeRemote(this.folder, this.current);
      });
    return this.writing;
  }
}

/** Unix seconds. */
export const now = (): number => Date.now() / 1000;
