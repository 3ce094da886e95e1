/** Merged models and GGUF files of a run on Modal, made on a sandbox without a GPU over the same volume. */
import { LONGEST_SANDBOX } from "../../core/run/modal-settings.ts";
import type { Plan } from "../../core/run/plan.ts";
import { readExportLine } from "../export-lines.ts";
import { lastWords } from "../last-words.ts";
import { LaunchError } from "../launcher.ts";
import { imageOf } from "./image-of.ts";
import { type PumpContext, volumeOf } from "./pump-context.ts";
import { cpuRate, pricesOf } from "./rate.ts";
import { now } from "./remote-keeper.ts";
import { exportWish } from "./sandbox-wish.ts";
import { readLine } from "./sandbox-line.ts";
import { uploadRun } from "./upload-run.ts";

export interface ExportOnModal {
  /** What to make, in the words of a plan. */
  readonly items: Plan["save"];
  /** The one method that a person named, which may be one that no plan can name; null: all of `items`. */
  readonly method: string | null;
  /** Of the model; null: not known. */
  readonly parameters: number | null;
  readonly signal: AbortSignal;
  /** An artifact or error, without number and time. */
  readonly onEvent: (event: Record<string, unknown>) => void;
  readonly onPhase: (text: string) => void;
}

/** Of a pump, or of a person who asks for an export afterwards. */
export type ExportContext = Pick<
  PumpContext,
  "session" | "keeper" | "settings" | "id" | "folder" | "plan" | "inputs" | "secrets" | "log"
>;

/** Seconds: a conversion of the largest models takes hours, and a CPU is cheap. */
const LONGEST_EXPORT = Math.min(LONGEST_SANDBOX, 6 * 3600);
const GIB = 1024;

/** 32-bit weights once, and their 16-bit copy: MiB. */
function memoryFor(parameters: number | null, reserved: number): number {
  if (parameters === null) return Math.max(reserved, 32 * GIB);
  return Math.max(reserved, Math.ceil((parameters * 6.5) / 2 ** 20) + 8 * GIB);
}

/** Methods that failed. Rejects with a `LaunchError` when no sandbox came to be. */
export async function exportOnModal(context: ExportContext, wish: ExportOnModal): Promise<string[]> {
  const { session, keeper, settings, id, folder, plan } = context;
  const { attempt } = keeper.value;
  const name = `export-${Date.now().toString(36)}`;
  const memory = memoryFor(wish.parameters, settings.memory);
  const rate = cpuRate(settings, memory, await pricesOf(context));
  const times = {
    timeoutS: LONGEST_EXPORT,
    hardEndS: LONGEST_EXPORT - 60,
    deadlineS: LONGEST_EXPORT - 120,
    limit: "timeout" as const,
  };
  const asked = { ...plan, save: wish.items, limits: { deadline_s: null, stall_s: null } };
  const upload = { folder, id, volume: volumeOf(context), plan: asked, inputs: context.inputs, record: null };
  await uploadRun(session, upload, () => undefined, wish.signal);
  const image = await session.buildImage(await imageOf(folder, "export"), wish.onPhase, wish.signal);
  const wished = { id, attempt, plan, settings, times, image, secrets: context.secrets };
  const sandbox = await session.createSandbox(
    exportWish(wished, name, argumentsOf(wish), memory),
    () => undefined,
    wish.signal,
  );
  keeper.paidFrom(now(), "export", rate);
  const cancel = (): void =>
    void session.terminate(sandbox).catch((error: unknown) => context.log(String(error)));
  wish.signal.addEventListener("abort", cancel, { once: true });
  try {
    return await listen(context, sandbox, wish);
  } finally {
    wish.signal.removeEventListener("abort", cancel);
    keeper.paidTo(now(), "export");
  }
}

const argumentsOf = ({ method, items }: ExportOnModal): string[] =>
  method === null
    ? []
    : [
        "--method",
        method,
        ...items.flatMap((item) => item.quantization_method.flatMap((name) => ["--quantization", name])),
      ];

async function listen(
  { session, folder }: ExportContext,
  sandbox: string,
  wish: ExportOnModal,
): Promise<string[]> {
  const made: string[] = [];
  const log: string[] = [];
  let failed = false;
  let ended = false;
  const take = (raw: string): void => {
    const { box, text } = readLine(raw);
    if (box?.kind === "end") ended = box.exit_code === 0;
    if (text === null) return;
    const said = readExportLine(text);
    if (said === null) log.push(text);
    else if (said.type === "phase") {
      if (said.state === "begin") wish.onPhase(said.detail ?? said.name);
    } else if (said.type === "artifact") {
      made.push(said.kind);
      wish.onEvent(said);
    } else {
      failed = true;
      wish.onEvent({ ...said, phase: "export", traceback: "" });
    }
  };
  let rest = "";
  for await (const { fd, text } of session.logs(sandbox, wish.signal)) {
    if (fd === 2) log.push(text.trimEnd());
    else {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(take);
    }
  }
  if (rest !== "") take(rest);
  const wanted = wish.method === null ? wish.items.map(({ method }) => method) : [wish.method];
  const missing = wanted.filter((method) => !made.includes(method));
  if (missing.length === 0) return [];
  if (!failed && !ended) {
    const reason = lastWords(log.slice(-200)) ?? "it says nothing";
    throw new LaunchError(
      "export-failed",
      `The export on Modal failed: ${reason}`,
      "The training itself is safe; try again with finetune export.",
      folder,
    );
  }
  return missing;
}
