/** Checking a whole data file: 50 MB of chats, and what the editor reads of them while somebody types. */
import { EDITOR_BYTES, inspect } from "../../src/core/data/inspect.ts";
import { explain } from "../../src/core/failures/explain.ts";
import type { ByteSource } from "../../src/core/data/source.ts";
import { report } from "./measure.ts";

const MB = 1e6;
const SIZE = 50 * MB;

const line = (index: number): string =>
  `${JSON.stringify({
    id: index,
    messages: [
      {
        role: "user",
        content: `Question ${index}: ${"what is it about, and why would one ask? ".repeat(6)}`,
      },
      {
        role: "assistant",
        content: `Answer ${index}: ${"it is about this, and one asks to learn. ".repeat(12)}`,
      },
    ],
  })}\n`;

function chats(bytes: number): ByteSource {
  const parts: string[] = [];
  let length = 0;
  for (let index = 0; length < bytes; index++) {
    const text = line(index);
    parts.push(text);
    length += text.length;
  }
  const data = Buffer.from(parts.join(""));
  return {
    size: data.length,
    read: (offset, size) => Promise.resolve(data.subarray(offset, offset + size)),
  };
}

const source = chats(SIZE);
await inspect(source, { name: "warm.jsonl", limit: 4 * MB });

const editorBegan = performance.now();
const part = await inspect(source, { name: "chats.jsonl", limit: EDITOR_BYTES });
const editorMs = performance.now() - editorBegan;

const heapBefore = process.memoryUsage().heapUsed;
let heapMost = heapBefore;
const began = performance.now();
const whole = await inspect(source, {
  name: "chats.jsonl",
  onRow: (_row, at) => {
    if (at % 2000 === 0) heapMost = Math.max(heapMost, process.memoryUsage().heapUsed);
  },
});
const seconds = (performance.now() - began) / 1000;
if (whole.used !== whole.rows || part.used === 0)
  throw new Error("The rows of this measurement are not right.");

const log = `${"{'loss': 0.61, 'grad_norm': 0.5, 'learning_rate': 0.0002, 'epoch': 0.4} and a few words more\n".repeat(100_000)}RuntimeError: CUDA out of memory\n`;
const logBegan = performance.now();
if (explain(log).length !== 1) throw new Error("The log of this measurement is not understood.");
const logSeconds = (performance.now() - logBegan) / 1000;

report([
  { label: "check a 50 MB data file", value: seconds, unit: "s" },
  { label: "  throughput", value: source.size / MB / seconds, unit: "MB/s" },
  { label: "  heap it needed at most", value: (heapMost - heapBefore) / MB, unit: "MB" },
  { label: "first MiB of a data file (editor)", value: editorMs, unit: "ms" },
  { label: "explain a log: throughput", value: log.length / MB / logSeconds, unit: "MB/s" },
]);
