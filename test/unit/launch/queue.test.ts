import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diskUse } from "../../../src/launch/disk-use.ts";
import { moveAhead, moveBy, nameBefore, queueFolder, readQueue } from "../../../src/launch/queue.ts";
import { scratch } from "./scratch.ts";

async function queue(...tickets: readonly [name: string, state: "waiting" | "holding"][]): Promise<string> {
  const data = await scratch();
  await mkdir(queueFolder(data));
  for (const [index, [name, state]] of tickets.entries()) {
    const value = {
      token: name,
      run: `/runs/${name}`,
      attempt: 0,
      state,
      devices: ["cpu"],
      all: true,
      pid: 1,
    };
    await writeFile(
      join(queueFolder(data), `50-17950000${index}0000000000-${name}.json`),
      JSON.stringify(value),
    );
  }
  return data;
}
const order = async (data: string): Promise<string[]> => (await readQueue(data)).map(({ token }) => token);

test("no queue, torn tickets and foreign files are no error", async () => {
  const data = await scratch();
  expect(await readQueue(data)).toEqual([]);
  await mkdir(queueFolder(data));
  await writeFile(join(queueFolder(data), "00-1-torn.json"), '{"tok');
  await writeFile(join(queueFolder(data), "lock"), "");
  expect(await readQueue(data)).toEqual([]);
});

test("a waiting run moves before all that wait, or before one of them; who holds a device stays", async () => {
  const data = await queue(["a", "holding"], ["b", "waiting"], ["c", "waiting"], ["d", "waiting"]);
  await moveAhead(data, "/runs/d");
  expect(await order(data)).toEqual(["a", "d", "b", "c"]);
  await moveAhead(data, "/runs/c", "/runs/b");
  expect(await order(data)).toEqual(["a", "d", "c", "b"]);
  await moveAhead(data, "/runs/d");
  expect(await order(data)).toEqual(["a", "d", "c", "b"]);
  await expect(moveAhead(data, "/runs/a")).rejects.toMatchObject({ code: "not-waiting" });
  await expect(moveAhead(data, "/runs/b", "/runs/gone")).rejects.toMatchObject({
    message: "gone does not wait any more.",
  });
  expect(await readdir(queueFolder(data))).toHaveLength(4);
});

test("up and down by one place, and no further than the ends; a link to the folder means the same run", async () => {
  const data = await queue(["a", "holding"], ["b", "waiting"], ["c", "waiting"], ["d", "waiting"]);
  await moveBy(data, "/runs/d", -1);
  expect(await order(data)).toEqual(["a", "b", "d", "c"]);
  await moveBy(data, "/elsewhere/b", 1);
  expect(await order(data)).toEqual(["a", "d", "b", "c"]);
  await moveBy(data, "/runs/d", -1);
  await moveBy(data, "/runs/c", 1);
  expect(await order(data)).toEqual(["a", "d", "b", "c"]);
  await expect(moveBy(data, "/runs/a", 1)).rejects.toMatchObject({
    code: "not-waiting",
    message: "a does not wait any more.",
  });
});

test("fifty moves to the front keep their order", async () => {
  const data = await queue(
    ...Array.from({ length: 10 }, (_, index): [string, "waiting"] => [`r${index}`, "waiting"]),
  );
  const expected = await order(data);
  for (let move = 0; move < 50; move += 1) {
    const name = `r${(move * 7) % 10}`;
    await moveAhead(data, `/runs/${name}`);
    expected.unshift(...expected.splice(expected.indexOf(name), 1));
    expect(await order(data)).toEqual(expected);
  }
});

test.each([
  ["50-3000000000-c.json", "10-2000000000-b.json", undefined, "10-1000000000-c.json"],
  ["50-3000000000-c.json", "10-2000000000-b.json", "10-1000000000-a.json", "10-1500000000-c.json"],
  ["50-3000000000-c.json", "50-2000000000-b.json", "10-9000000000-a.json", "50-1000000000-c.json"],
  ["50-3000000000-c.json", "10-1000000001-b.json", undefined, "10-0000000001-c.json"],
])("%s before %s and after %s: %s", (moved, other, previous, expected) => {
  const name = nameBefore(moved, other, previous);
  expect(name).toBe(expected);
  expect([previous ?? "", name, other].toSorted()).toEqual([previous ?? "", name, other]);
});

test("what a run takes: by part, links as links", async () => {
  const root = await scratch();
  const outside = join(root, "outside");
  const run = join(root, "run");
  await mkdir(outside);
  await writeFile(join(outside, "weights"), Buffer.alloc(1_000_000));
  await mkdir(join(run, "checkpoints", "checkpoint-1"), { recursive: true });
  await writeFile(join(run, "checkpoints", "checkpoint-1", "model"), Buffer.alloc(5000));
  await writeFile(join(run, "run.json"), "{}");
  await symlink(outside, join(run, "linked"));
  const { total, parts } = await diskUse(run);
  expect(parts).toMatchObject({ checkpoints: 5000, "run.json": 2 });
  expect(total).toBeLessThan(10_000);
});
