/** A session over the real SDK, connected to a fake Modal of its own; both go with the test. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { credentialsOf } from "../../../src/launch/modal/credentials.ts";
import { openSession, type SessionOptions } from "../../../src/launch/modal/open-session.ts";
import type { ModalSession, SandboxWish } from "../../../src/launch/modal/session.ts";
import { FakeModal, type FakeOptions } from "../fake/fake-modal.ts";

// grpc-js sends even 127.0.0.1 through a proxy.
process.env["no_proxy"] = "127.0.0.1";

export interface Connected {
  readonly fake: FakeModal;
  readonly session: ModalSession;
  /** Everything that the session and the SDK have logged. */
  readonly log: string[];
}

export async function connect(options: FakeOptions & SessionOptions = {}): Promise<Connected> {
  const fake = await FakeModal.start(options);
  onTestFinished(() => fake.stop());
  const log: string[] = [];
  const session = await openSession(credentialsFor(fake), (level, text) => log.push(`${level} ${text}`), {
    pause: async () => undefined,
    ...options,
  });
  onTestFinished(() => session.close());
  return { fake, session, log };
}

export const credentialsFor = (fake: FakeModal, over: object = {}) =>
  credentialsOf(
    JSON.stringify({
      ...fake.account,
      environment: null,
      profile: null,
      serverUrl: fake.url,
      ...over,
    }),
  );

/** A GPU sandbox that runs a script; `over` replaces what a test is about. */
export async function wish(
  session: ModalSession,
  script: string,
  over: Partial<SandboxWish> = {},
): Promise<SandboxWish> {
  const image =
    over.image ??
    (await session.buildImage(
      { tag: "python:3.12-slim", commands: [], secret: null },
      () => undefined,
      never(),
    ));
  return {
    image,
    command: ["bash", "-c", script],
    gpu: "T4",
    cpu: 4,
    memory: 16_384,
    timeoutS: 60,
    region: null,
    name: `test-${Math.random().toString(36).slice(2)}`,
    tags: {},
    env: {},
    secretNames: [],
    secretValues: {},
    volumes: {},
    ...over,
  };
}

/** Starts one and gives its id when it has its machine. */
export const start = async (
  session: ModalSession,
  script: string,
  over: Partial<SandboxWish> = {},
): Promise<string> => session.createSandbox(await wish(session, script, over), () => undefined, never());

export const never = (): AbortSignal => new AbortController().signal;

/** What came on one stream until the end. */
export async function readAll(session: ModalSession, id: string, fd: 1 | 2 = 1): Promise<string> {
  let text = "";
  for await (const item of session.logs(id, never())) if (item.fd === fd) text += item.text;
  return text;
}

export async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "finetune modal "));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** How the work failed: code, message and hint; fails the test when it did not. */
export async function failure(
  work: Promise<unknown>,
): Promise<{ code: string; message: string; hint: string }> {
  try {
    await work;
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && "hint" in error)
      return error as { code: string; message: string; hint: string } & Error;
    throw error;
  }
  throw new Error("It did not fail.");
}
