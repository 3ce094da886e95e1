/**
 * A Modal of our own for the unmodified SDK: the control plane, the workers and the block store on 127.0.0.1.
 * A sandbox's command runs as a process of this machine; volumes and containers are folders below `root`.
 *
 *     const modal = await FakeModal.start();
 *     process.env.no_proxy = "127.0.0.1";   // grpc-js sends even this address through a proxy
 *     … credentials {tokenId: modal.account.tokenId, …, serverUrl: modal.url}
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CallContext,
  createServer,
  type Server,
  type ServerMiddlewareCall,
  ServerError,
  Status,
} from "nice-grpc";
import { Blocks } from "./blocks.ts";
import type { ContainerOptions } from "./container.ts";
import { type Definitions, loadDefinitions } from "./definitions.ts";
import { failIfAsked, type Hooks, noHooks } from "./hooks.ts";
import { jwtIsGood } from "./ids.ts";
import { logCalls } from "./log-calls.ts";
import { objectCalls } from "./objects.ts";
import { routerCalls } from "./router-calls.ts";
import type { FakeSandbox } from "./sandbox.ts";
import { sandboxCalls } from "./sandbox-calls.ts";
import { type Account, State } from "./state.ts";
import { volumeCalls } from "./volume-calls.ts";
import { Wire } from "./wire.ts";

export interface FakeOptions extends Partial<ContainerOptions> {
  readonly account?: Partial<Account>;
  /** 0: any free one. */
  readonly port?: number;
}

const ACCOUNT: Account = { tokenId: "ak-test", tokenSecret: "as-test", workspace: "test-workspace" };

export class FakeModal {
  readonly state: State;
  readonly blocks: Blocks;
  #server: Server | null = null;

  private constructor(
    readonly definitions: Definitions,
    readonly wire: Wire,
    options: FakeOptions,
  ) {
    const { account, python = null, env = {}, override = {}, folders = ["/job"] } = options;
    const root = mkdtempSync(join(tmpdir(), "fake-modal-"));
    this.state = new State(root, { ...ACCOUNT, ...account }, { python, env, override, folders });
    this.blocks = new Blocks(this.state);
  }

  static async start(options: FakeOptions = {}): Promise<FakeModal> {
    const fake = new FakeModal(await loadDefinitions(), await Wire.open(options.port ?? 0), options);
    await fake.blocks.open();
    await fake.#serve();
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.wire.port}`;
  }

  get account(): Account {
    return this.state.account;
  }

  get hooks(): Hooks {
    return this.state.hooks;
  }

  reset(): void {
    this.state.hooks = noHooks();
  }

  /** How often a call came in. */
  count(rpc: string): number {
    return this.state.calls.filter((call) => call.rpc === rpc).length;
  }

  fail(rpc: string, code: number, message: string, times = 1): void {
    this.hooks.faults.push({ rpc, code, message, times });
  }

  sandbox(id: string): FakeSandbox {
    return this.state.sandbox(id);
  }

  /** The newest sandbox of this name, living or not. */
  named(name: string): FakeSandbox | null {
    return [...this.state.sandboxes.values()].toReversed().find((sandbox) => sandbox.name === name) ?? null;
  }

  /** Folder of a volume, made when missing. */
  volume(name: string): string {
    return this.state.volume(name, 2).folder;
  }

  addSecret(name: string, env: Readonly<Record<string, string>>): void {
    const id = `st-${name}`;
    this.state.secrets.set(id, { id, name, env });
  }

  /** Tokens given so far are refused from now on. */
  expireTokens(): void {
    this.state.generation += 1;
  }

  /** All connections break; new ones are taken at once. */
  cut(): void {
    this.wire.cut();
  }

  /** The server goes and another takes its place on the same port, with all that the first one knew. */
  async restart(downMs = 300): Promise<void> {
    this.wire.unplug();
    this.#server?.forceShutdown();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    await this.#serve();
    this.wire.plug();
  }

  /** Arguments of every `sync` that a container has called. */
  syncs(): string[] {
    try {
      return readFileSync(this.state.syncLog, "utf8").trimEnd().split("\n");
    } catch {
      return [];
    }
  }

  /** Ends everything that it has started and removes its folder. */
  stop(): void {
    for (const sandbox of this.state.sandboxes.values())
      sandbox.finish({ status: 3, exitcode: 137, exception: "" });
    this.wire.close();
    this.#server?.forceShutdown();
    this.blocks.close();
    rmSync(this.state.root, { recursive: true, force: true, maxRetries: 5 });
  }

  async #serve(): Promise<void> {
    const { state, blocks, definitions } = this;
    const server = createServer({ "grpc.max_receive_message_length": 100 * 1024 * 1024 }).use(
      (call, context) => this.#enter(call, context),
    );
    const { controlPlane, router } = definitions;
    server.add(controlPlane, {
      ...refusals(controlPlane),
      ...objectCalls(state),
      ...sandboxCalls(state, () => this.wire.port),
      ...logCalls(state),
      ...volumeCalls(state, blocks),
    } as never);
    server.add(router, { ...refusals(router), ...routerCalls(state) } as never);
    this.wire.leadTo(await server.listen("127.0.0.1:0"));
    this.#server = server;
  }

  async *#enter<Request, Response>(call: ServerMiddlewareCall<Request, Response>, context: CallContext) {
    const rpc = call.method.path.split("/").at(-1) ?? "";
    const request: unknown = call.requestStream ? null : call.request;
    this.state.calls.push({ rpc, t: Date.now() / 1000, request });
    this.#authorize(call.method.path, rpc, context);
    failIfAsked(this.hooks, rpc);
    return yield* call.next(call.request, context);
  }

  #authorize(path: string, rpc: string, { metadata }: CallContext): void {
    const refuse = (why: string): never => {
      throw new ServerError(Status.UNAUTHENTICATED, why);
    };
    const { account, generation } = this.state;
    if (!path.startsWith("/modal.client.")) {
      if (!jwtIsGood(metadata.get("authorization")?.replace(/^Bearer /, ""), generation))
        refuse("The worker token has expired");
      return;
    }
    if (
      metadata.get("x-modal-token-id") !== account.tokenId ||
      metadata.get("x-modal-token-secret") !== account.tokenSecret
    )
      refuse("Token ID is malformed or token is invalid");
    if (rpc !== "AuthTokenGet" && !jwtIsGood(metadata.get("x-modal-auth-token"), generation))
      refuse("The auth token has expired");
  }
}

/** Every call of a service that is not played says so. */
function refusals({ methods }: Definitions["router"]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(methods).map(([name, { responseStream }]) => {
      const refuse = (): never => {
        throw new ServerError(Status.UNIMPLEMENTED, `${name} is not played`);
      };
      return [
        name,
        responseStream
          ? async function* () {
              yield refuse();
            }
          : async () => refuse(),
      ];
    }),
  );
}
