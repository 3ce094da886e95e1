/**
 * The handle on a fake Modal that another process runs: hooks, actions and what it has seen, by HTTP and JSON.
 *
 *     POST /hooks   a part of Hooks
 *     POST /do      {"action": "cut" | "restart" | …, "arguments": […]}
 *     GET  /state   View
 */
import { createServer, type IncomingMessage } from "node:http";
import type { FakeModal } from "./fake-modal.ts";
import type { Hooks } from "./hooks.ts";
import type { Result } from "./result.ts";

export interface View {
  readonly sandboxes: readonly {
    readonly id: string;
    readonly name: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly gpu: string;
    readonly scheduled: boolean;
    readonly pid: number | null;
    readonly created: number;
    readonly result: Result | null;
    /** All that it has printed. */
    readonly output: string;
  }[];
  /** Name → folder. */
  readonly volumes: Readonly<Record<string, string>>;
  /** How often each call came in. */
  readonly calls: Readonly<Record<string, number>>;
  readonly syncs: readonly string[];
}

export type Action =
  "cut" | "restart" | "unplug" | "plug" | "expireTokens" | "reset" | "stop" | "end" | "addSecret";

export async function openControl(fake: FakeModal, onStop: () => void): Promise<string> {
  const server = createServer((request, response) => {
    answer(fake, request)
      .then((value) => response.end(JSON.stringify(value ?? null)))
      .then(() => {
        if (request.url === "/stop") onStop();
      })
      .catch((error: unknown) => {
        response.statusCode = 500;
        response.end(JSON.stringify({ error: String(error) }));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The control channel has no port.");
  return `http://127.0.0.1:${address.port}`;
}

async function answer(fake: FakeModal, request: IncomingMessage): Promise<unknown> {
  if (request.url === "/state") return viewOf(fake);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString() || "{}") as unknown;
  if (request.url === "/hooks") return Object.assign(fake.hooks, body as Partial<Hooks>);
  if (request.url === "/do") return act(fake, body as { action: Action; arguments: never[] });
  if (request.url === "/stop") return fake.stop();
  throw new Error(`${request.url} is not known here`);
}

function act(fake: FakeModal, { action, arguments: args }: { action: Action; arguments: never[] }): unknown {
  const actions: Record<Action, (...given: never[]) => unknown> = {
    cut: () => fake.cut(),
    restart: (ms: number) => fake.restart(ms),
    unplug: () => fake.wire.unplug(),
    plug: () => fake.wire.plug(),
    expireTokens: () => fake.expireTokens(),
    reset: () => fake.reset(),
    stop: () => fake.stop(),
    end: (id: string, result: Result, grace: number) => fake.sandbox(id).end(result, grace),
    addSecret: (name: string, env: Record<string, string>) => fake.addSecret(name, env),
  };
  return actions[action](...args);
}

export function viewOf(fake: FakeModal): View {
  const calls: Record<string, number> = {};
  for (const { rpc } of fake.state.calls) calls[rpc] = (calls[rpc] ?? 0) + 1;
  return {
    sandboxes: [...fake.state.sandboxes.values()].map((sandbox) => ({
      id: sandbox.facts.id,
      name: sandbox.name,
      tags: Object.fromEntries(sandbox.facts.tags.map(({ tagName, tagValue }) => [tagName, tagValue])),
      gpu: sandbox.facts.definition.resources?.gpuConfig?.gpuType ?? "",
      scheduled: sandbox.scheduled,
      pid: sandbox.pid,
      created: sandbox.created,
      result: sandbox.result,
      output: sandbox.log.map(({ text }) => text).join(""),
    })),
    volumes: Object.fromEntries([...fake.state.volumes.values()].map(({ name, folder }) => [name, folder])),
    calls,
    syncs: fake.syncs(),
  };
}
