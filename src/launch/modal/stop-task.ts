/** Carries a person's stop to the sandbox, and keeps saying that it still costs until Modal confirms its end. */
import type { StopWish } from "./stop-wish.ts";
import { stopWish } from "./stop-wish.ts";
import { DASHBOARD } from "./names.ts";
import { type PumpContext, sleep } from "./pump-context.ts";
import { folderInSandbox } from "./sandbox-wish.ts";

export class StopTask {
  /** Aborted with the first wish: nothing that is only being prepared goes on. */
  readonly preparing = new AbortController();
  private readonly ended = new AbortController();
  private wish: StopWish | null = null;
  /** What ended it, when it was no person. */
  limit: "budget" | "wait" | null = null;
  private sandbox: string | null = null;
  private sent: StopWish | null = null;
  private readonly loop: Promise<void>;

  constructor(
    private readonly context: PumpContext,
    private readonly attempt: number,
  ) {
    this.loop = this.watch();
  }

  get asked(): StopWish | null {
    return this.wish;
  }

  /** The sandbox has a machine: from now on a wish goes there. */
  attach(sandbox: string): void {
    this.sandbox = sandbox;
  }

  /** A limit that should have held by itself: the sandbox is ended from here. */
  endNow(why: "budget" | "wait"): void {
    this.limit ??= why;
    this.wish = "now";
  }

  async close(): Promise<void> {
    this.ended.abort();
    await this.loop;
  }

  /** Looks once, at once: before something that costs is begun. */
  async look(): Promise<StopWish | null> {
    const wished = await stopWish(this.context.folder, this.attempt);
    if (wished !== null && this.wish !== "now") this.wish = wished;
    if (this.wish !== null) this.preparing.abort();
    return this.wish;
  }

  private async watch(): Promise<void> {
    while (!this.ended.signal.aborted) {
      await this.look();
      if (this.wish !== null && this.sandbox !== null && this.sent !== this.wish) {
        await this.send(this.wish, this.sandbox);
      }
      await sleep(this.context.timing.look, this.ended.signal);
    }
  }

  private async send(wish: StopWish, sandbox: string): Promise<void> {
    const { session, keeper, id, log, timing } = this.context;
    try {
      if (wish === "now") {
        await keeper.stage("stopping");
        await session.terminate(sandbox);
        void this.insist(Date.now() + timing.unconfirmed);
      } else {
        await session.writeInside(sandbox, `${folderInSandbox(id)}/stop.${this.attempt}`, "");
      }
      this.sent = wish;
    } catch (error) {
      // Not there yet, or no contact: it is tried again until the sandbox has ended.
      log(`stop ${wish}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** An accepted stop is no stop. */
  private async insist(until: number): Promise<void> {
    await sleep(until - Date.now(), this.ended.signal);
    if (this.ended.signal.aborted) return;
    const { keeper } = this.context;
    keeper.problem({
      code: "modal-stop-unconfirmed",
      message: "Still running on Modal, costs continue.",
      hint: `Modal accepted the stop and does not confirm it. Look at ${DASHBOARD}, or end everything of ours there with: modal app stop ${keeper.value.app}. The sandbox is ${keeper.value.sandbox ?? "not known"}.`,
    });
    // Asked again, in case the first call was lost on their side.
    this.sent = null;
  }
}
