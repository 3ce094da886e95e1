/** All that the fake Modal remembers; it outlives a restart of the server in front of it. */
import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { ServerError, Status } from "nice-grpc";
import { Container, type ContainerOptions, makeBin } from "./container.ts";
import { type Hooks, noHooks } from "./hooks.ts";
import { newId, newWorkerId } from "./ids.ts";
import { mountVolume } from "./mount.ts";
import { type Definition, FakeSandbox, type Tag } from "./sandbox.ts";

export interface FakeVolume {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly folder: string;
}

export interface FakeSecret {
  readonly id: string;
  /** Null: made for one sandbox. */
  readonly name: string | null;
  readonly env: Readonly<Record<string, string>>;
}

export interface FakeImage {
  readonly id: string;
  readonly commands: readonly string[];
  built: boolean;
}

/** One call that came in. */
export interface Call {
  readonly rpc: string;
  readonly t: number;
  /** Of calls with one request. */
  readonly request: unknown;
}

export interface Account {
  readonly tokenId: string;
  readonly tokenSecret: string;
  readonly workspace: string;
}

export class State {
  readonly apps = new Map<string, string>();
  readonly images = new Map<string, FakeImage>();
  readonly volumes = new Map<string, FakeVolume>();
  readonly secrets = new Map<string, FakeSecret>();
  readonly sandboxes = new Map<string, FakeSandbox>();
  readonly calls: Call[] = [];
  hooks: Hooks = noHooks();
  /** Tokens of an earlier generation are refused. */
  generation = 0;
  readonly syncLog: string;
  readonly #bin: string;

  constructor(
    readonly root: string,
    readonly account: Account,
    readonly containers: ContainerOptions,
  ) {
    for (const folder of ["volumes", "blocks", "containers"])
      mkdirSync(join(root, folder), { recursive: true });
    this.syncLog = join(root, "sync.log");
    this.#bin = makeBin(join(root, "bin"), containers.python, this.syncLog);
  }

  /** A made-up folder per volume; the name stays readable. */
  volume(name: string, version: number): FakeVolume {
    const known = [...this.volumes.values()].find((volume) => volume.name === name);
    if (known !== undefined) return known;
    const folder = mkdtempSync(join(this.root, "volumes", `${name.replace(/[^\w-]/g, "_")}-`));
    const made = { id: newId("vo"), name, version, folder };
    this.volumes.set(made.id, made);
    return made;
  }

  volumeById(id: string): FakeVolume {
    return this.volumes.get(id) ?? refuse(`Volume ${id} not found`);
  }

  sandbox(id: string): FakeSandbox {
    return this.sandboxes.get(id) ?? refuse("Sandbox not found");
  }

  byTask(taskId: string): FakeSandbox {
    const found = [...this.sandboxes.values()].find(({ facts }) => facts.taskId === taskId);
    return found ?? refuse("Task not found");
  }

  addSandbox(
    appId: string,
    tags: readonly Tag[],
    definition: Definition,
    worker: boolean,
    extraEnv: Readonly<Record<string, string>>,
  ): FakeSandbox {
    this.#checkName(definition.name);
    const root = mkdtempSync(join(this.root, "containers", "c-"));
    const mounts = definition.volumeMounts.map(({ mountPath, volumeId }) =>
      mountVolume(root, mountPath, this.volumeById(volumeId).folder),
    );
    const secrets = definition.secretIds.map((id) => this.secrets.get(id)?.env ?? {});
    const sandbox = new FakeSandbox(
      {
        id: worker ? newWorkerId() : newId("sb"),
        taskId: newId("ta"),
        appId,
        tags,
        definition,
        worker,
        env: Object.assign({}, ...secrets, extraEnv) as Record<string, string>,
      },
      new Container(root, mounts, this.#bin, this.containers),
    );
    this.sandboxes.set(sandbox.facts.id, sandbox);
    this.#schedule(sandbox);
    return sandbox;
  }

  #schedule(sandbox: FakeSandbox): void {
    const { schedule } = this.hooks;
    const start = (): void => sandbox.start(this.hooks.dieAtStart);
    if (schedule === 0) start();
    else if (schedule !== "never") setTimeout(start, schedule).unref();
  }

  #checkName(name: string | undefined): void {
    if (!name) return;
    for (const other of this.sandboxes.values())
      if (other.name === name && other.result === null)
        throw new ServerError(Status.ALREADY_EXISTS, `A sandbox with the name ${name} is running already`);
  }
}

function refuse(message: string): never {
  throw new ServerError(Status.NOT_FOUND, message);
}
