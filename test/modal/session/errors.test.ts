/** Every row of the table of errors, thrown by the real SDK against the fake: what a person reads. */
import { expect, test } from "vitest";
import { openSession } from "../../../src/launch/modal/open-session.ts";
import { ERROR_WORDS } from "../../../src/launch/modal/error-words.ts";
import { explain } from "../../../src/launch/modal/errors.ts";
import type { ModalSession } from "../../../src/launch/modal/session.ts";
import type { FakeModal } from "../fake/fake-modal.ts";
import { connect, credentialsFor, failure, never, start, wish } from "./connect.ts";

interface Row {
  readonly situation: string;
  readonly code: string;
  readonly says: RegExp;
  readonly way: RegExp;
  readonly make: (session: ModalSession, fake: FakeModal) => Promise<unknown>;
}

const create = async (session: ModalSession, over: Parameters<typeof wish>[2] = {}): Promise<string> =>
  session.createSandbox(await wish(session, "sleep 30", over), () => undefined, never());

const log = (): void => undefined;

const ROWS: readonly Row[] = [
  {
    situation: "no credentials",
    code: "modal-no-token",
    says: /no Modal token/,
    way: /Sign In to Modal.*MODAL_TOKEN_ID/,
    make: async (_, fake) =>
      (await openSession(credentialsFor(fake, { tokenId: "", tokenSecret: "" }), log)).check(),
  },
  {
    situation: "wrong token",
    code: "modal-token",
    says: /does not know this token/,
    way: /Sign In to Modal.*modal\.com\/settings\/tokens/,
    make: async (_, fake) => (await openSession(credentialsFor(fake, { tokenId: "ak-no" }), log)).check(),
  },
  {
    situation: "a token that may not",
    code: "modal-denied",
    says: /may not do that: read only\./,
    way: /another environment/,
    make: (session, fake) => {
      fake.fail("SandboxCreate", 7, "read only");
      return create(session);
    },
  },
  {
    situation: "secret missing",
    code: "modal-secret-missing",
    says: /no secret wandb/,
    way: /modal\.com\/secrets.*compute\.modal\.secrets/,
    make: (session) => create(session, { secretNames: ["wandb"] }),
  },
  {
    situation: "secret of the registry missing",
    code: "modal-secret-missing",
    says: /no secret registry/,
    way: /modal\.com\/secrets/,
    make: (session) => session.buildImage({ tag: "me/x:1", commands: [], secret: "registry" }, log, never()),
  },
  {
    situation: "volume of the old kind",
    code: "modal-volume-version",
    says: /volume old is of the old kind/,
    way: /compute\.modal\.volume/,
    make: (session, fake) => {
      fake.state.volume("old", 1);
      return create(session, { volumes: { "/runs": "old" } });
    },
  },
  {
    situation: "file missing",
    code: "modal-file-missing",
    says: /^runs\/x\/adapter is not on the volume/,
    way: /Targets/,
    make: (session, fake) => {
      fake.volume("runs");
      return session.download("runs", "runs/x/adapter", "/nonexistent/adapter", () => undefined, never());
    },
  },
  {
    situation: "unknown sandbox",
    code: "modal-sandbox-gone",
    says: /does not know the sandbox sb-AAA/,
    way: /volume/,
    make: (session) => session.outcome(`sb-${"A".repeat(22)}`),
  },
  {
    situation: "the server refuses the GPU's name",
    code: "modal-gpu",
    says: /does not rent this GPU: Unknown GPU type FOO\./,
    way: /compute\.modal\.gpu.*L40S/,
    make: (session, fake) => {
      fake.hooks.gpus = ["T4"];
      return create(session, { gpu: "foo" });
    },
  },
  {
    situation: "a bad count of GPUs",
    code: "modal-gpu-text",
    says: /^T4:zero is not a GPU and a count/,
    way: /A100-80GB:2/,
    make: (session) => create(session, { gpu: "T4:zero" }),
  },
  {
    situation: "a bad time limit",
    code: "modal-timeout-text",
    says: /whole seconds/,
    way: /compute\.modal\.timeout/,
    make: (session) => create(session, { timeoutS: 90.5 }),
  },
  {
    situation: "no more at the moment",
    code: "modal-quota",
    says: /grants no more at the moment: GPU quota of the Starter plan\./,
    way: /budget/,
    make: (session, fake) => {
      fake.fail("SandboxCreate", 8, "GPU quota of the Starter plan");
      return create(session);
    },
  },
  {
    situation: "name in use",
    code: "modal-name-taken",
    says: /running on Modal already/,
    way: /not started twice/,
    make: async (session) => {
      await create(session, { name: "run.0" });
      return create(session, { name: "run.0" });
    },
  },
  {
    situation: "ended by another before it had a machine",
    code: "modal-cancelled",
    says: /withdrawn.*cost nothing/,
    way: /Start the run again/,
    make: async (session, fake) => {
      fake.hooks.schedule = "never";
      const asked = await wish(session, "sleep 30");
      return session.createSandbox(
        asked,
        (id) => fake.sandbox(id).end({ status: 3, exitcode: 137, exception: "" }),
        never(),
      );
    },
  },
  {
    situation: "a request that the server refuses",
    code: "modal-refused",
    says: /refuses this request: memory must be below 344064 MiB\./,
    way: /compute\.modal/,
    make: (session, fake) => {
      fake.fail("SandboxCreate", 3, "memory must be below 344064 MiB");
      return create(session);
    },
  },
  {
    situation: "a fault of the server",
    code: "modal-server",
    says: /fault of its own: lease lost\./,
    way: /status\.modal\.com/,
    make: (session, fake) => {
      fake.fail("SandboxCreate", 13, "lease lost", -1);
      return create(session);
    },
  },
  {
    situation: "server unreachable",
    code: "modal-unreachable",
    says: /cannot be reached/,
    way: /https_proxy.*api\.modal\.com.*modal\.host/,
    make: (session, fake) => {
      fake.wire.unplug();
      return session.check();
    },
  },
  {
    situation: "a file into a sandbox that has ended",
    code: "modal-inside",
    says: /^\/job\/stop in the sandbox did not work/,
    way: /may just have ended/,
    make: async (session, fake) => {
      const id = await start(session, "sleep 30");
      fake.sandbox(id).finish({ status: 1, exitcode: 0, exception: "" });
      return session.writeInside(id, "/job/stop", "1");
    },
  },
  {
    situation: "a local file that is not there",
    code: "modal-local-file",
    says: /^\/nonexistent\/data\.jsonl cannot be read or written on this machine \(ENOENT\)/,
    way: /Check that it exists/,
    make: (session) =>
      session.upload("runs", [{ from: "/nonexistent/data.jsonl", to: "x" }], () => undefined, never()),
  },
  {
    situation: "cancelled while files go up",
    code: "modal-cancelled",
    says: /^It was cancelled/,
    way: /is kept/,
    make: (session) =>
      session.upload("runs", [{ from: Buffer.from("x"), to: "x" }], () => undefined, AbortSignal.abort()),
  },
];

/** A stack, a status in capitals, the path of a call, a class of the SDK. */
const JARGON =
  /\n\s+at |\b(?!MODAL_)[A-Z]{4,}_[A-Z_]+\b|UNAUTHENTICATED|UNAVAILABLE|modal\.client|ClientError|\bgRPC\b|[a-z]Error\b|undefined|\[object/;

test.each(ROWS)("$situation: $code", async ({ code, says, way, make }) => {
  const { session, fake } = await connect();
  const failed = await failure(make(session, fake));
  expect(failed).toMatchObject({
    code,
    message: expect.stringMatching(says),
    hint: expect.stringMatching(way),
  });
  expect(`${failed.message} ${failed.hint}`).not.toMatch(JARGON);
});

/** What takes 21 minutes, or a mode that is not built yet: the SDK's classes by name. */
const NAMED = [
  ["ResourceExhaustedError", "create", "modal-no-capacity", /no L40S free for 21 minutes.*cost nothing/],
  ["TimeoutError", "sandbox", "modal-no-answer", /did not answer in time/],
  ["SandboxTimeoutError", "create", "modal-no-answer", /did not answer in time/],
  ["RemoteError", "function", "modal-call-ended", /cancelled or failed/],
  ["NotFoundError", "app", "modal-app-missing", /no app L40S/],
  ["NotFoundError", "volume", "modal-volume-missing", /no volume L40S/],
  ["InvalidError", "sign-in", "modal-mixed-tokens", /OAuth/],
  ["WeirdError", "sandbox", "modal-unknown", /something unexpected: Token and OAuth\./],
] as const;

test.each(NAMED)("%s while doing %s: %s", (name, what, code, says) => {
  const error = new Error("Token and OAuth\n    at somewhere (x.js:1)");
  error.name = name;
  const failed = explain(error, { what, name: "L40S" });
  expect(failed).toMatchObject({ code, message: expect.stringMatching(says) });
  expect(`${failed.message} ${failed.hint}`).not.toMatch(JARGON);
  expect(failed.hint).not.toBe("");
});

test("what is nothing like an error is still told", () => {
  expect(explain("x", { what: "file", name: "y" })).toMatchObject({ code: "modal-unknown" });
});

test("every sentence of the table is shown by one of these, and every one says what to do", () => {
  const shown = new Set<string>([...ROWS.map(({ code }) => code), ...NAMED.map(([, , code]) => code)]);
  const all = ERROR_WORDS.map(({ words }) => words("said", { what: "create", name: "x" }));
  expect(all.length).toBeGreaterThan(20);
  expect(all.map(({ code }) => code).filter((code) => !shown.has(code))).toEqual([]);
  expect(all.filter(({ hint }) => hint.length < 10)).toEqual([]);
});
