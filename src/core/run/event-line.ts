/** An event as a line for people: what a log, a pipe or a terminal without a cursor shows. */
import { count, duration, metric, size } from "../units.ts";
import type { EventOf, KnownEvent } from "./event.ts";

/** Columns of the first word: "data      1,204 rows". */
const WORD = 9;
const line = (word: string, text: string): string => `${word.padEnd(WORD)} ${text}`;

/** null: nothing that a person waits for. Steps are told apart by `isToldStep`. */
export function eventLine(event: KnownEvent): string | null {
  switch (event.type) {
    case "started":
      return event.resumed_from === null
        ? null
        : line("resumed", `from step ${count(event.resumed_from.step)}`);
    case "environment":
      return line("device", deviceText(event));
    case "model":
      return line("model", modelText(event));
    case "dataset":
      return line("data", datasetText(event));
    case "step":
      return line("train", stepText(event));
    case "eval":
      return line("eval", evalText(event));
    case "checkpoint":
      return line("saved", `checkpoint of step ${count(event.step)}, ${size(event.bytes)}`);
    case "artifact":
      return line(event.kind === "adapter" ? "adapter" : "export", `${event.path}/, ${size(event.bytes)}`);
    case "warning":
      return line("warning", [event.message, event.hint].filter((text) => text !== undefined).join(" "));
    case "error":
      return line("error", [event.message, event.hint].filter((text) => text !== undefined).join(" "));
    case "finished":
      return line(event.status, finishedText(event));
    case "phase":
      // The other phases are told by what comes out of them.
      return event.name === "queued" && event.state === "begin" ? line("queued", event.detail ?? "") : null;
    case "memory":
    case "sample":
    case "heartbeat":
      return null;
  }
}

/** About fifty lines a run, the first and the last step always among them. */
export function isToldStep({ step, max_steps }: EventOf<"step">): boolean {
  return step === 1 || step === max_steps || step % Math.max(1, Math.ceil(max_steps / 50)) === 0;
}

function deviceText({ backend, devices, versions }: EventOf<"environment">): string {
  const names = devices.map(({ name, total_bytes }) =>
    total_bytes === null ? name : `${name}, ${size(total_bytes)}`,
  );
  const unsloth = versions["unsloth"];
  return [backend === "cpu" ? "CPU" : null, ...names, unsloth === undefined ? null : `unsloth ${unsloth}`]
    .filter((part) => part !== null)
    .join(" · ");
}

/** "8.03 B", "4.9 M", "42 K" */
function millions(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} B`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e8 ? 0 : 1)} M`;
  return `${Math.round(value / 1e3)} K`;
}

function modelText(event: EventOf<"model">): string {
  const share = (100 * event.trainable_parameters) / event.parameters;
  return [
    event.class,
    `${millions(event.parameters)} parameters`,
    `${millions(event.trainable_parameters)} trained (${share.toFixed(share < 10 ? 2 : 0)} %)`,
    event.quantization === "none" ? null : event.quantization,
    event.dtype,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

function datasetText({ split, rows, skipped, skipped_total, tokens }: EventOf<"dataset">): string {
  const first = skipped[0];
  const where = first === undefined ? "" : `line ${first.line ?? "?"}: ${first.message}`;
  const more = skipped_total > 1 ? "; …" : "";
  const left = skipped_total === 0 ? "" : `, ${count(skipped_total)} skipped (${where}${more})`;
  return `${split === "eval" ? "evaluation: " : ""}${count(rows)} rows${left}, p95 ${count(tokens.p95)} tokens`;
}

function stepText({ step, max_steps, loss, learning_rate, tokens, seconds }: EventOf<"step">): string {
  return [
    `${step}/${max_steps}`,
    loss === null ? "loss not finite" : `loss ${metric(loss)}`,
    learning_rate === null ? null : `lr ${metric(learning_rate)}`,
    seconds > 0 ? `${count(tokens / seconds)} tok/s` : null,
  ]
    .filter((part) => part !== null)
    .join("  ");
}

function evalText({ step, metrics, best, seconds }: EventOf<"eval">): string {
  const loss = metrics["eval_loss"];
  const shown = loss === undefined || loss === null ? "no loss" : `loss ${metric(loss)}`;
  return `step ${count(step)}  ${shown}${best ? "  best so far" : ""}  ${duration(seconds)}`;
}

function finishedText({
  step,
  train_loss,
  seconds,
  incomplete,
  reason,
  status,
}: EventOf<"finished">): string {
  return [
    status === "succeeded" || reason === undefined ? null : `(${reason})`,
    `${count(step)} steps in ${duration(seconds)}`,
    train_loss === null ? null : `mean loss ${metric(train_loss)}`,
    incomplete.length === 0 ? null : `not exported: ${incomplete.join(", ")}`,
  ]
    .filter((part) => part !== null)
    .join(", ");
}
