import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { defaultImage, pinsOf, UTILITY_IMAGE } from "../../../src/launch/modal/image-wish.ts";
import { connect, failure, never } from "./connect.ts";

const wished = { tag: "me/trainer:1.2", commands: ["RUN one", "RUN two"], secret: null };

test("each command is a layer, the builder's lines come as they are printed, and a built image is there at once", async () => {
  const { fake, session } = await connect();
  const lines: string[] = [];
  const id = await session.buildImage(wished, (line) => lines.push(line), never());
  expect([...fake.state.images.values()].map(({ commands }) => commands)).toEqual([
    ["FROM me/trainer:1.2"],
    ["FROM base", "RUN one"],
    ["FROM base", "RUN two"],
  ]);
  expect(lines).toHaveLength(9);
  expect(lines[0]).toBe("#1 FROM base");
  const again: string[] = [];
  expect(await session.buildImage(wished, (line) => again.push(line), never())).toBe(id);
  expect(again).toEqual([]);
});

test("a registry that fails twice is tried again with pauses, and the log says so", async () => {
  const pauses: number[] = [];
  const { fake, session } = await connect({
    pause: async (ms) => {
      pauses.push(ms);
    },
  });
  fake.hooks.buildFailures = [
    {
      lines: ["#4 pulling layer", "error: 500 Internal Server Error"],
      exception: "Image build failed: see the log",
      times: 2,
    },
  ];
  const lines: string[] = [];
  await session.buildImage(wished, (line) => lines.push(line), never());
  expect(pauses).toEqual([5_000, 20_000]);
  const told = lines.filter((line) => line.includes("A registry or the network failed"));
  expect(told).toEqual([
    expect.stringMatching(/nothing is wrong with the config\. Try 2 of 4 follows in 5 seconds\.$/),
    expect.stringMatching(/Try 3 of 4 follows in 20 seconds\.$/),
  ]);
});

test("after four tries it is the registry's fault by name", async () => {
  const { fake, session } = await connect();
  fake.hooks.buildFailures = [
    { lines: ["429 Too Many Requests"], exception: "toomanyrequests: rate limit", times: -1 },
  ];
  expect(await failure(session.buildImage(wished, () => undefined, never()))).toMatchObject({
    code: "modal-image-network",
    message: expect.stringContaining("me/trainer:1.2"),
    hint: expect.stringContaining("tried four times"),
  });
  expect(fake.count("ImageJoinStreaming")).toBe(4);
});

test.each([
  [
    "manifest for me/trainer:1.2 not found: manifest unknown",
    "modal-image-missing",
    /not found in its registry/,
    /Correct compute\.modal\.image/,
  ],
  [
    "pull access denied, repository may require docker login",
    "modal-image-denied",
    /does not let Modal read/,
    /public image/,
  ],
  [
    "error: subprocess exited with 1: no matching distribution for torch==99",
    "modal-image-build",
    /could not be built: error: subprocess exited with 1/,
    /end of the log/,
  ],
])("%s is not tried again: %s", async (exception, code, says, way) => {
  const { fake, session } = await connect();
  fake.hooks.buildFailures = [{ lines: ["#1 FROM"], exception, times: -1 }];
  const failed = await failure(session.buildImage(wished, () => undefined, never()));
  expect(failed).toMatchObject({
    code,
    message: expect.stringMatching(says),
    hint: expect.stringMatching(way),
  });
  expect(fake.count("ImageJoinStreaming")).toBe(1);
});

test.each([
  [3, "terminated due to external shut-down", "modal-image-network"],
  [4, "timed out", "modal-image-network"],
])("a build that ends with status %i (%s): %s", async (status, _, code) => {
  const { fake, session } = await connect();
  fake.hooks.buildFailures = [{ lines: [], exception: "", status, times: -1 }];
  expect(await failure(session.buildImage(wished, () => undefined, never()))).toMatchObject({
    code,
    message: expect.stringMatching(/registry or the network failed.*nothing is wrong with the config/),
    hint: expect.stringMatching(/tried four times.*in a while/),
  });
});

test("cancelling leaves the build at once, while it runs and while it pauses", async () => {
  const { fake, session } = await connect({ pause: (ms, signal) => sleep(ms, undefined, { signal }) });
  fake.hooks.buildFailures = [{ lines: ["502 Bad Gateway"], exception: "x", times: -1 }];
  const abort = new AbortController();
  const building = failure(
    session.buildImage(wished, (line) => line.includes("Try 2") && abort.abort(), abort.signal),
  );
  expect(await building).toMatchObject({ code: "modal-cancelled" });
  expect(await failure(session.buildImage(wished, () => undefined, AbortSignal.abort()))).toMatchObject({
    code: "modal-cancelled",
  });
});

test("our own image installs the lock in one go, on a base of a fixed version, with a compiler", async () => {
  const { tag, commands } = await defaultImage("python");
  expect(tag).toBe("python:3.12-slim-bookworm");
  expect(UTILITY_IMAGE).toEqual({ tag, commands: [], secret: null });
  const installs = commands.filter((command) => command.includes("pip install"));
  expect(installs).toHaveLength(1);
  expect(installs[0]).toMatch(/--no-deps .*\btorch==2\.11\.0 .*\bunsloth==2026\.10\.9\b/);
  expect(installs[0]?.match(/==/g)?.length).toBeGreaterThan(80);
  expect(commands[0]).toContain("gcc");
  expect(commands.join("\n")).not.toMatch(/COPY|#|;/);
  const withGguf = await defaultImage("python", { gguf: true });
  expect(withGguf.commands.slice(0, commands.length)).toEqual(commands);
  expect(withGguf.commands.at(-1)).toBe("ENV UNSLOTH_LLAMA_CPP_PATH=/opt/llama.cpp");
});

test("every line of a lock is either a comment or a pin of it", () => {
  expect(pinsOf("# a\n\ntorch==2.11.0\nnumpy==2.4.6 # why\nhf[x]==1.0+cu1\nnot a pin\n")).toEqual([
    "torch==2.11.0",
    "numpy==2.4.6",
    "hf[x]==1.0+cu1",
  ]);
});
