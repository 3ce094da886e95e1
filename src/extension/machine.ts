import {
  EventEmitter,
  Uri,
  commands,
  extensions,
  type Disposable,
  type Event,
  type LogOutputChannel,
  workspace,
} from "vscode";
import { homedir } from "node:os";
import type { Facts } from "../core/facts.ts";
import { cacheFolder, dataFolder } from "../launch/places.ts";
import type { ModalSite } from "../launch/modal/site.ts";
import type { Site } from "../launch/start.ts";
import { withTokens } from "../launch/token-names.ts";
import type { GpuAnswer } from "../machine/gpu.ts";
import type { PythonChoice } from "../machine/python-env.ts";
import { CONTEXTS } from "./contributions.ts";
import { detail } from "./log.ts";
import { readText, runsRoot } from "./settings.ts";
import type { Tokens } from "./tokens.ts";
import { requireTrust } from "./trust.ts";

/** What this computer can train with, as far as somebody asked. */
export interface MachineState {
  /** undefined: not looked at yet. */
  readonly python?: PythonChoice | { readonly missing: string };
  readonly gpus?: GpuAnswer;
}

/** The computer that the extension runs on: its Python, its GPUs, its folders. Looks only when asked. */
export class Machine implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;
  readonly #forgotten = new EventEmitter<void>();
  readonly onDidForget: Event<void> = this.#forgotten.event;
  readonly cache: string;
  readonly data: string;
  #state: MachineState = {};

  constructor(
    private readonly extension: Uri,
    private readonly tokens: Tokens,
    private readonly log: LogOutputChannel,
  ) {
    const surroundings = { platform: process.platform, env: process.env, home: homedir() };
    this.cache = cacheFolder(surroundings);
    this.data = dataFolder(surroundings);
  }

  get state(): MachineState {
    return this.#state;
  }

  /** Folder with the locks of the environments. */
  get requirements(): string {
    return Uri.joinPath(this.extension, "python", "requirements").fsPath;
  }

  /** Folder that holds the trainer's package. */
  get trainer(): string {
    return Uri.joinPath(this.extension, "python").fsPath;
  }

  /** What runs have measured is forgotten: whoever read it reads again. */
  forgot(): void {
    this.#forgotten.fire();
  }

  /**
   * What a launch needs to know; rejects with a `LaunchError` when there is no Python to train with. A run on
   * Modal needs none.
   */
  async site(near: string, modal?: ModalSite): Promise<Site> {
    const [python, gpus, tokens] = await Promise.all([
      modal === undefined ? this.python(Uri.file(near)) : { python: "" },
      this.gpus(),
      this.tokens.all(),
    ]);
    const root = runsRoot(Uri.file(near));
    return {
      python: python.python,
      trainer: this.trainer,
      cache: this.cache,
      data: this.data,
      env: withTokens(process.env, tokens),
      hasGpu: "gpus" in gpus && gpus.gpus.length > 0,
      ...(modal === undefined ? {} : { modal }),
      ...(root === undefined ? {} : { runsRoot: root }),
    };
  }

  async facts(): Promise<Facts> {
    const gpus = await this.gpus();
    return "gpus" in gpus ? { gpus: gpus.gpus } : {};
  }

  /** The interpreter that would train; rejects with a `LaunchError`, in Restricted Mode with a `Refusal`. */
  async python(scope?: Uri): Promise<PythonChoice> {
    requireTrust();
    const { lookForPython } = await import("./on-demand.ts");
    const found = await lookForPython({
      explicit: readText("pythonPath", scope) ?? process.env["FINETUNE_PYTHON"],
      cache: this.cache,
      active: await activePython(scope),
    });
    if ("refused" in found) {
      this.#set({ python: { missing: found.refused.message } });
      throw found.refused;
    }
    this.#set({ python: found });
    return found;
  }

  /** In Restricted Mode nothing is started, so nothing is known. */
  async gpus(): Promise<GpuAnswer> {
    if (!workspace.isTrusted) return { failed: "Restricted Mode" };
    const { lookForGpus } = await import("./on-demand.ts");
    const gpus = await lookForGpus();
    this.#set({ gpus });
    return gpus;
  }

  /** A cheap look for the welcome view: nothing is started, so an interpreter of one's own counts unseen. */
  async lookForEnvironment(): Promise<void> {
    try {
      const { hasEnvironment } = await import("./jobs/reading.ts");
      const ready =
        (await hasEnvironment(this.cache)) ||
        (readText("pythonPath") ?? process.env["FINETUNE_PYTHON"]) !== undefined;
      await commands.executeCommand("setContext", CONTEXTS.environment, ready ? "ready" : "missing");
    } catch (error) {
      this.log.error(`Looking for environments: ${detail(error)}`);
    }
  }

  dispose(): void {
    this.#changed.dispose();
    this.#forgotten.dispose();
  }

  #set(part: MachineState): void {
    this.#state = { ...this.#state, ...part };
    if (part.python !== undefined) {
      const ready = "missing" in part.python ? "missing" : "ready";
      void commands.executeCommand("setContext", CONTEXTS.environment, ready);
    }
    this.#changed.fire();
  }
}

/** What the Python extension has active; undefined without it. Only the part of its API that is used here. */
interface PythonExtension {
  readonly environments: { getActiveEnvironmentPath(resource?: Uri): { readonly path: string } };
}

async function activePython(scope: Uri | undefined): Promise<string | undefined> {
  const extension = extensions.getExtension<PythonExtension>("ms-python.python");
  if (extension === undefined) return undefined;
  const { environments } = extension.isActive ? extension.exports : await extension.activate();
  const { path } = environments.getActiveEnvironmentPath(scope);
  return path === "" ? undefined : path;
}
