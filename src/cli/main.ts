/** The program `finetune`: hands the process to the command line. */
import { commandLine } from "./command-line.ts";
import type { Io } from "./verb.ts";

const interrupts = [new AbortController(), new AbortController()] as const;
let pressed = 0;
process.on("SIGINT", () => {
  interrupts[pressed]?.abort(new Error("interrupted"));
  pressed += 1;
  if (pressed > interrupts.length) process.exit(130);
});

// Whoever reads may leave first: `finetune logs | head`.
process.stdout.on("error", (error: Error & { code?: string }) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  columns: process.stdout.isTTY ? process.stdout.columns : null,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interrupt: interrupts[0].signal,
  interruptNow: interrupts[1].signal,
  onClosed: (work) => {
    for (const signal of ["SIGHUP", "SIGTERM"] as const) {
      process.once(signal, () => void work().finally(() => process.exit(129)));
    }
  },
};

void commandLine(process.argv.slice(2), io).then((code) => {
  process.exitCode = code;
});
