/** What lines of a log mean: their outline, the places they name, and how they look without a terminal. */
import { expect, test } from "vitest";
import { fileLinks } from "../../../../src/core/run/log-links.ts";
import { LogScanner, phaseMark } from "../../../../src/core/run/log-line.ts";
import { logOutline } from "../../../../src/core/run/log-outline.ts";
import { plainLine } from "../../../../src/core/run/plain-line.ts";

test("phases nest, and a traceback lies in the phase that it ended", () => {
  const lines = [
    "hello",
    "==> train",
    "step 1",
    "==> save: checkpoint",
    "<== save",
    "Traceback (most recent call last):",
    '  File "x.py", line 1',
    "ValueError: no",
    "<== train",
    "bye",
  ];
  expect(logOutline(lines)).toEqual([
    {
      kind: "phase",
      title: "train",
      start: 1,
      end: 8,
      parts: [
        { kind: "phase", title: "save", start: 3, end: 4, parts: [] },
        { kind: "traceback", title: "ValueError: no", start: 5, end: 7, parts: [] },
      ],
    },
  ]);
});

test("a killed trainer closes nothing, and the end of a stretch may begin nothing", () => {
  expect(logOutline(["<== load", "==> train", "step 1"])).toEqual([
    { kind: "phase", title: "train", start: 1, end: 2, parts: [] },
  ]);
  expect(logOutline(["==> train", "==> save", "<== train", "x"])).toMatchObject([
    { title: "train", end: 2, parts: [{ title: "save", start: 1, end: 1 }] },
  ]);
  expect(logOutline(["Traceback (most recent call last):"])).toMatchObject([{ start: 0, end: 0 }]);
  expect(logOutline([])).toEqual([]);
});

test.each([
  ["==> train", { begins: true, phase: "train" }],
  ["<== load", { begins: false, phase: "load" }],
  ["==> load: unsloth/x: y", { begins: true, phase: "load" }],
  ["==> nonsense", null],
  ["git log ==> train", null],
])("%s", (line, mark) => expect(phaseMark(line)).toEqual(mark));

test.each([
  ["{'loss': 0.61, 'error_rate': 0.1}", "info"],
  ["0 errors", "info"],
  ["UserWarning: x", "warning"],
  ["\u001b[33mWARNING\u001b[0m x", "warning"],
  ["warning: bf16 is not supported", "warning"],
  ["ValueError: x", "error"],
  ["RuntimeError", "error"],
  ["torch.OutOfMemoryError: CUDA out of memory. Tried", "error"],
  ["Segmentation fault (core dumped)", "error"],
])("%s is %s", (line, severity) => expect(new LogScanner().look(line).severity).toBe(severity));

test.each([
  [' File "/usr/lib/a b.py", line 12, in f', [["/usr/lib/a b.py", 12]]],
  ["data/support.jsonl:212: no answer", [["data/support.jsonl", 212]]],
  ["C:\\x\\y.py:7: UserWarning", [["C:\\x\\y.py", 7]]],
  [
    "./a.yaml:3 and ../b.py:4:9",
    [
      ["./a.yaml", 3],
      ["../b.py", 4],
    ],
  ],
  ['File "<string>", line 1', []],
  ["http://host.py:80/x", []],
  ["at 12:30:00, ratio 1.5:2", []],
  ["v1.2.3:4", []],
])("%s", (line, places) => {
  const links = fileLinks(line);
  expect(links.map(({ path, line: at }) => [path, at])).toEqual(places);
  for (const { start, end, path } of links) expect(line.slice(start, end)).toContain(path);
});

test("a dump of a megabyte is not searched for places, and a bad line costs no time", () => {
  expect(fileLinks("a/".repeat(500_000))).toEqual([]);
  const begun = performance.now();
  fileLinks(`${"a.".repeat(900)}:1`);
  fileLinks(`${"../".repeat(600)}x:1`);
  expect(performance.now() - begun).toBeLessThan(500);
});

test.each([
  ["\u001b[31mred\u001b[0m", "red"],
  ["10 %\r20 %\r", "20 %"],
  ["\u001b]8;;http://x\u0007link\u001b]8;;\u0007", "link"],
  ["\u001b[2K\u001b[1Gdone\u0007", "done"],
  ["a\tb", "a\tb"],
])("%j without a terminal", (line, plain) => expect(plainLine(line)).toBe(plain));
