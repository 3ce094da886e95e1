/**
 * What only the real Modal can tell, one question a step. Each step says what it saw; a step that fails says that
 * and the others go on.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ModalError } from "../../../src/launch/modal/errors.ts";
import { UTILITY_IMAGE } from "../../../src/launch/modal/image-wish.ts";
import type { ModalSession, SandboxWish } from "../../../src/launch/modal/session.ts";

export interface Smoke {
  readonly session: ModalSession;
  readonly gpu: string;
  readonly volume: string;
  /** Lines that the session has logged so far. */
  readonly log: readonly string[];
  /** Milliseconds between looks at what changes slowly. */
  readonly interval: number;
  readonly say: (text: string) => void;
  /** Also built and started; null: not tried. */
  readonly otherImage: string | null;
}

export interface Step {
  readonly question: string;
  readonly answer: (smoke: Smoke) => Promise<string>;
}

const never = new AbortController().signal;
const MOUNT = "/smoke";
const TAGS = { finetune: "1", "finetune-kind": "smoke" };

async function wish(
  { session, gpu, volume }: Smoke,
  script: string,
  over: Partial<SandboxWish> = {},
): Promise<SandboxWish> {
  return {
    image: await session.buildImage(UTILITY_IMAGE, () => undefined, never),
    command: ["sh", "-c", script],
    gpu,
    cpu: 1,
    memory: 1024,
    timeoutS: 300,
    region: null,
    name: `smoke-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 6)}`,
    tags: TAGS,
    env: {},
    secretNames: [],
    secretValues: {},
    volumes: { [MOUNT]: volume },
    ...over,
  };
}

async function output({ session }: Smoke, id: string): Promise<string> {
  let text = "";
  for await (const item of session.logs(id, never)) text += item.text;
  return text;
}

async function ended({ session, interval }: Smoke, id: string) {
  for (let looks = 0; looks < 60; looks += 1) {
    const outcome = await session.outcome(id);
    if (outcome !== null) return outcome;
    await sleep(interval);
  }
  return null;
}

const words = (value: unknown): string => JSON.stringify(value);
const failed = (error: unknown): string =>
  error instanceof ModalError ? `${error.code}: ${error.message}` : String(error);

export const STEPS: readonly Step[] = [
  {
    question: "Who are we?",
    answer: async ({ session }) => words(await session.check()),
  },
  {
    question: "Under which names does the workspace tell its prices, and do we understand them?",
    answer: async ({ session, log }) => {
      const prices = await session.rates();
      return `${log.findLast((line) => line.includes("prices")) ?? "nothing logged"}; understood: ${words(prices?.gpus ?? null)}`;
    },
  },
  {
    question: "What does the server say to a GPU that does not exist?",
    answer: async (smoke) => {
      const asked = await wish(smoke, "true", { gpu: "NOSUCH" });
      const abort = AbortSignal.timeout(60_000);
      return smoke.session
        .createSandbox(asked, () => undefined, abort)
        .then(
          (id) => `it made ${id}`,
          (error: unknown) => failed(error),
        );
    },
  },
  {
    question: "Which driver does the machine have, and does sync put a file on the volume at once?",
    answer: async (smoke) => {
      const { session, volume, interval } = smoke;
      const script = [
        "nvidia-smi --query-gpu=name,driver_version --format=csv,noheader || echo no nvidia-smi",
        `mkdir -p ${MOUNT}/s; echo one > ${MOUNT}/s/synced; begun=$(date +%s%N)`,
        `sync ${MOUNT} && echo "synced in $(( ($(date +%s%N) - begun) / 1000000 )) ms"`,
        `echo two > ${MOUNT}/s/background`,
        "mkdir -p /job; until [ -f /job/enough ]; do sleep 1; done; exit 7",
      ].join("\n");
      const created = Date.now();
      const id = await session.createSandbox(await wish(smoke, script), () => undefined, never);
      const waited = Math.round((Date.now() - created) / 1000);
      const there = async (name: string): Promise<boolean> =>
        (await session.read(volume, `s/${name}`, 0, 10)) !== null;
      const since = async (name: string): Promise<string> => {
        const begun = Date.now();
        for (let looks = 0; looks < 20; looks += 1) {
          if (await there(name)) return `after ${Math.round((Date.now() - begun) / 1000)} s`;
          await sleep(interval);
        }
        return "not yet";
      };
      const seen = `synced ${await since("synced")}, without sync ${await since("background")}`;
      const found = (await session.find(TAGS)).some((each) => each.id === id);
      const inside = await session.execInside(id, ["sh", "-c", "touch /job/enough; echo ok"]);
      const outcome = await ended(smoke, id);
      const text = (await output(smoke, id)).trim().replaceAll("\n", " | ");
      return `machine after ${waited} s; printed "${text}"; outside: ${seen}; found by tag: ${found}; exec: ${words(inside)}; end: ${words(outcome)}; sandbox ${id}`;
    },
  },
  {
    question: "Does a terminated sandbox get a signal first, and how does it end?",
    answer: async (smoke) => {
      const script = "trap 'echo got TERM; sync; exit 0' TERM; echo up; while true; do sleep 0.2; done";
      const id = await smoke.session.createSandbox(await wish(smoke, script), () => undefined, never);
      await sleep(Math.min(3000, smoke.interval));
      await smoke.session.terminate(id);
      const outcome = await ended(smoke, id);
      return `printed "${(await output(smoke, id)).trim().replaceAll("\n", " | ")}", end: ${words(outcome)}`;
    },
  },
  {
    question: "How does a sandbox end at its time limit?",
    answer: async (smoke) => {
      const asked = await wish(smoke, "trap 'echo got TERM' TERM; sleep 600", { timeoutS: 10 });
      const id = await smoke.session.createSandbox(asked, () => undefined, never);
      return `${words(await ended(smoke, id))}, printed "${(await output(smoke, id)).trim()}"`;
    },
  },
  {
    question: "Does a line of 64 KiB arrive whole, and are 20,000 lines all there when read after the end?",
    answer: async (smoke) => {
      const script = `head -c 65000 /dev/zero | tr '\\0' x; echo; seq 1 20000`;
      const id = await smoke.session.createSandbox(await wish(smoke, script), () => undefined, never);
      await ended(smoke, id);
      const lines = (await output(smoke, id)).split("\n");
      return `first line ${lines[0]?.length ?? 0} characters, ${lines.length - 2} further lines; read again later with --reread ${id}`;
    },
  },
  {
    question: "A CPU sandbox: its output, its end, is it found by tag while it runs?",
    answer: async (smoke) => {
      const asked = await wish(smoke, "echo hello; sleep 5", { gpu: null });
      const id = await smoke.session.createSandbox(asked, () => undefined, never);
      const found = (await smoke.session.find(TAGS)).some((each) => each.id === id);
      return `found: ${found}, printed "${(await output(smoke, id)).trim()}", end: ${words(await ended(smoke, id))}`;
    },
  },
  {
    question: "Files straight on the volume: 9 MiB up, listed, down, removed.",
    answer: async ({ session, volume }) => {
      const data = Buffer.alloc(9 * 1024 * 1024, "finetune");
      await session.upload(volume, [{ from: data, to: "s/big" }], () => undefined, never);
      const listed = await session.list(volume, "s", true);
      const end = await session.read(volume, "s/big", data.length - 8, 100);
      await session.remove(volume, "s");
      const left = await session.list(volume, "s", true);
      return `${words(listed)}, its end "${Buffer.from(end ?? []).toString()}", left: ${left.length}`;
    },
  },
  {
    question: "Does another image build and start unchanged?",
    answer: async (smoke) => {
      if (smoke.otherImage === null) return "not tried; name one with --image";
      const wished = { tag: smoke.otherImage, commands: [], secret: null };
      const image = await smoke.session.buildImage(wished, (line) => smoke.say(`    ${line}`), never);
      const script =
        'python -c "import torch; print(torch.__version__, torch.version.cuda, torch.cuda.is_available())"';
      const asked = await wish(smoke, script, { image, memory: 8192 });
      const id = await smoke.session.createSandbox(asked, () => undefined, never);
      return `${words(await ended(smoke, id))}, printed "${(await output(smoke, id)).trim()}"`;
    },
  },
];

/** Answers in order, told as they come. */
export async function runSmoke(smoke: Smoke, steps = STEPS): Promise<{ question: string; answer: string }[]> {
  const answers: { question: string; answer: string }[] = [];
  for (const { question, answer } of steps) {
    smoke.say(question);
    const told = await answer(smoke).catch((error: unknown) => `could not be seen (${failed(error)})`);
    smoke.say(`  ${told}`);
    answers.push({ question, answer: told });
  }
  return answers;
}
