/** The fake Modal, seen through the unmodified SDK: what the other tests lean on. */
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ModalClient } from "modal";
import { expect, onTestFinished, test } from "vitest";
import { FakeModal } from "./fake/fake-modal.ts";
import { serveFake } from "./fake/served.ts";

process.env["no_proxy"] = "127.0.0.1";
process.env["MODAL_CONFIG_PATH"] = "/nonexistent";

async function connected() {
  const fake = await FakeModal.start();
  onTestFinished(() => fake.stop());
  process.env["MODAL_SERVER_URL"] = fake.url;
  const client = new ModalClient({
    tokenId: "ak-test",
    tokenSecret: "as-test",
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const app = await client.apps.fromName("finetune", { createIfMissing: true });
  return { fake, client, app, image: client.images.fromRegistry("python:3.12-slim") };
}

const bash = (script: string): string[] => ["bash", "-c", script];

test("a GPU sandbox runs its command on a volume with its secrets, and is read again from the start", async () => {
  const { fake, client, app, image } = await connected();
  const volume = await client.volumes.fromName("runs", { createIfMissing: true, version: 2 });
  const secret = await client.secrets.fromObject({ HF_TOKEN: "hf_planted" });
  const sandbox = await client.sandboxes.create(app, image, {
    gpu: "L40S:2",
    timeoutMs: 60_000,
    volumes: { "/runs": volume },
    secrets: [secret],
    env: { OUT: "/runs/r1" },
    tags: { run: "r1" },
    command: bash('mkdir -p $OUT; echo "token $HF_TOKEN"; echo one > $OUT/file; sync /runs; exit 7'),
  });
  expect(await sandbox.wait()).toBe(7);
  expect(await sandbox.stdout.readText()).toBe("token hf_planted\n");
  const again = await new ModalClient({ tokenId: "ak-test", tokenSecret: "as-test" }).sandboxes.fromId(
    sandbox.sandboxId,
  );
  expect(await again.stdout.readText()).toBe("token hf_planted\n");
  expect(await readFile(join(fake.volume("runs"), "r1/file"), "utf8")).toBe("one\n");
  expect(fake.syncs()).toHaveLength(1);
});

test("what a sandbox writes is on the volume when it says sync or ends in peace, and not when it is taken away", async () => {
  const { fake, client, app, image } = await connected();
  const volume = await client.volumes.fromName("runs", { createIfMissing: true, version: 2 });
  const run = (script: string) =>
    client.sandboxes.create(app, image, {
      gpu: "T4",
      timeoutMs: 60_000,
      volumes: { "/runs": volume },
      command: bash(script),
    });
  const names = async (): Promise<string[]> => (await readdir(fake.volume("runs"))).sort();
  const taken = await run("echo > /runs/saved; sync /runs; echo > /runs/lost; echo up; sleep 60");
  await taken.stdout.getReader().read();
  expect(await names()).toEqual(["saved"]);
  fake.sandbox(taken.sandboxId).end({ status: 6, exitcode: 0, exception: "" });
  await taken.wait();
  await (await run("echo > /runs/peace")).wait();
  expect(await names()).toEqual(["peace", "saved"]);
});

test("files go into a running sandbox and commands run in it; on workers too", async () => {
  const { client, app, image } = await connected();
  for (const gpu of ["T4", undefined]) {
    const sandbox = await client.sandboxes.create(app, image, {
      ...(gpu === undefined ? {} : { gpu }),
      timeoutMs: 60_000,
      command: bash("until [ -f /job/ready ]; do sleep 0.05; done; cat /job/ready; echo; exec sleep 60"),
    });
    const big = randomBytes(700_000);
    await sandbox.filesystem.writeBytes(big, "/job/big");
    expect(Buffer.from(await sandbox.filesystem.readBytes("/job/big")).equals(big)).toBe(true);
    await sandbox.filesystem.writeText("go", "/job/ready");
    const reader = sandbox.stdout.getReader();
    expect((await reader.read()).value).toContain("go");
    const process = await sandbox.exec(["cat", "/job/ready"]);
    expect([await process.stdout.readText(), await process.wait()]).toEqual(["go", 0]);
    expect(await sandbox.terminate({ wait: true })).toBe(137);
  }
});

test("a stream survives cuts and a restart of the server without a lost or doubled line", async () => {
  const { fake, client, app, image } = await connected();
  const sandbox = await client.sandboxes.create(app, image, {
    gpu: "T4",
    timeoutMs: 60_000,
    command: bash("for i in $(seq 1 40); do echo line$i; sleep 0.05; done"),
  });
  const cuts = setInterval(() => fake.cut(), 150);
  setTimeout(() => void fake.restart(200), 900);
  const text = await sandbox.stdout.readText();
  clearInterval(cuts);
  expect(text).toBe(Array.from({ length: 40 }, (_, index) => `line${index + 1}\n`).join(""));
});

test("as a process of its own it is steered over its control channel", async () => {
  const served = await serveFake({ env: { FROM_IMAGE: "yes" } });
  onTestFinished(() => served.stop());
  await served.hooks({ schedule: "never" });
  process.env["MODAL_SERVER_URL"] = served.url;
  const client = new ModalClient({ tokenId: "ak-test", tokenSecret: "as-test" });
  const app = await client.apps.fromName("finetune", { createIfMissing: true });
  const waiting = client.sandboxes.create(app, client.images.fromRegistry("x"), {
    gpu: "H100",
    name: "stuck",
    tags: { run: "r2" },
  });
  await expect.poll(async () => (await served.state()).sandboxes.length).toBe(1);
  const [sandbox] = (await served.state()).sandboxes;
  expect(sandbox).toMatchObject({ name: "stuck", tags: { run: "r2" }, gpu: "H100", scheduled: false });
  await served.do("end", sandbox?.id, { status: 3, exitcode: 137, exception: "" });
  await expect(waiting).rejects.toThrow("already finished");
});
