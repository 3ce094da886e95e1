import { EventEmitter, type Disposable, type Event, type Memento } from "vscode";
import type { ModalCredentials } from "../../launch/modal/session.ts";
import type { Tokens } from "../tokens.ts";
import { requireTrust } from "../trust.ts";

/** Which profile of Modal's file was chosen; no token is in it. */
const PROFILE = "finetune.modal.profile";
/** "yes" once something was started on Modal from here: only then is anything of ours looked for there. */
const USED = "finetune.modal.used";

/** Where the token comes from, as far as somebody looked. */
export type SignIn =
  | { readonly kind: "unknown" }
  | { readonly kind: "out" }
  | {
      readonly kind: "in";
      /** null: the editor's own storage or variables. */
      readonly profile: string | null;
      readonly environment: string | null;
      /** Known once Modal has answered. */
      readonly workspace: string | null;
    }
  /** A half token, a broken file. */
  | { readonly kind: "broken"; readonly message: string };

/** Who we are for Modal. Looks at files only when asked, and asks Modal nothing by itself. */
export class ModalAccount implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;
  #state: SignIn = { kind: "unknown" };

  constructor(
    private readonly tokens: Tokens,
    private readonly flags: Memento,
  ) {}

  get state(): SignIn {
    return this.#state;
  }

  get used(): boolean {
    return this.flags.get<string>(USED) === "yes";
  }

  async markUsed(): Promise<void> {
    if (!this.used) await this.flags.update(USED, "yes");
  }

  /** null: nobody has signed in. Rejects with a `LaunchError` when what is there cannot be used. */
  async credentials(): Promise<ModalCredentials | null> {
    requireTrust();
    const { lookForModal } = await import("../on-demand.ts");
    try {
      const found = await lookForModal(await this.tokens.all(), this.flags.get<string>(PROFILE) ?? null);
      if (found === null) this.#set({ kind: "out" });
      else {
        const { profile, environment } = found;
        const known =
          this.#state.kind === "in" && this.#state.profile === profile ? this.#state.workspace : null;
        this.#set({ kind: "in", profile, environment, workspace: known });
      }
      return found;
    } catch (error) {
      this.#set({ kind: "broken", message: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  /** What Modal answered to our sign-in. */
  confirmed(workspace: string | null): void {
    if (this.#state.kind === "in") this.#set({ ...this.#state, workspace });
  }

  /** null: whatever Modal's own tools would take. */
  async choose(profile: string | null): Promise<void> {
    await this.flags.update(PROFILE, profile ?? undefined);
    this.#set({ kind: "unknown" });
  }

  async signOut(): Promise<void> {
    await this.tokens.remove("MODAL_TOKEN_ID", "MODAL_TOKEN_SECRET");
    await this.choose(null);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #set(state: SignIn): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#changed.fire();
  }
}
