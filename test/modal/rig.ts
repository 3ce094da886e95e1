/** A project whose runs go to a fake Modal: real SDK, real pump, the counting trainer in the "container". */
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Plan } from "../../src/core/run/plan.ts";
import { findExecutable } from "../../src/launch/executable.ts";
import { loadConfig } from "../../src/launch/load-config.ts";
import { FIRST_ATTEMPT } from "../../src/launch/local.ts";
import { makePlan } from "../../src/launch/make-plan.ts";
import { findCredentials } from "../../src/launch/modal/credentials.ts";
import { makeReady } from "../../src/launch/modal/launcher.ts";
import { openSession } from "../../src/launch/modal/open-session.ts";
import type { PumpTiming } from "../../src/launch/modal/pump-context.ts";
import { pump } from "../../src/launch/modal/pump.ts";
import type { ModalSession } from "../../src/launch/modal/session.ts";
import type { ModalSite } from "../../src/launch/modal/site.ts";
import { createRunFolder } from "../../src/launch/run-folder.ts";
import { openRun, type RunView } from "../../src/launch/runs.ts";
import type { Site } from "../../src/launch/start.ts";
import { scratch } from "../unit/launch/scratch.ts";
import { FakeModal } from "./fake/fake-modal.ts";
import { program } from "./program.ts";

/** What tests wait for; milliseconds. */
export const QUICK: PumpTiming = {
  retry: [50, 100, 200],
  backoff: [100],
  look: 50,
  unconfirmed: 1000,
  longestWait: 60_000,
  gapLook: 200,
  gapWait: 60_000,
};

/** More than enough for 20 counted steps. */
export const ROWS = '{"prompt": "a", "completion": "b"}\n';

export interface Rig {
  readonly root: string;
  readonly fake: FakeModal;
  readonly config: string;
  readonly site: Site & { readonly modal: ModalSite };
  /** A run that no pump looks after yet. */
  prepare(estimateS?: number | null): Promise<{ folder: string; plan: Plan; id: string }>;
  session(): Promise<ModalSession>;
  /** A pump in this process; resolves when it has nothing more to do. */
  pump(folder: string, over?: Partial<PumpTiming>): Promise<string>;
  view(folder: string): Promise<RunView>;
}

export interface RigWish {
  /** COUNT_… of the counting trainer. */
  readonly count?: Record<string, string>;
  /** YAML under `compute.modal`. */
  readonly modal?: string;
  /** More YAML. */
  readonly more?: string;
  readonly env?: Record<string, string>;
  /** Stands for the sandbox's `python`. */
  readonly python?: string;
  /** Folder with the trainer's package; the counting one by default. */
  readonly trainer?: string;
  /** The whole config instead of the usual one. */
  readonly config?: string;
  /** The account's token secret. */
  readonly secret?: string;
  /** Laid over the environment of the sandbox; null takes a variable away. */
  readonly override?: Record<string, string | null>;
}

/** The counting trainer with the real main process of a sandbox around it. */
async function trainerFolder(root: string): Promise<string> {
  const folder = join(root, "installed");
  const repository = join(import.meta.dirname, "..", "..");
  await cp(join(repository, "test", "unit", "launch", "trainer"), folder, { recursive: true });
  for (const name of ["container", "events", "files", "clock"]) {
    const file = join("finetune_trainer", `${name}.py`);
    await cp(join(repository, "python", file), join(folder, file));
  }
  await cp(join(repository, "python", "requirements"), join(folder, "requirements"), { recursive: true });
  return folder;
}

const usual = ({ modal, more }: RigWish): string =>
  [
    "model: smollm2-135m-instruct",
    "dataset: data.jsonl",
    `compute: {target: modal, modal: {gpu: L40S, image: "me/own:1"${modal === undefined ? "" : `, ${modal}`}}}`,
    more ?? "",
  ].join("\n");

export async function openRig(wish: RigWish = {}): Promise<Rig> {
  process.env["no_proxy"] = "127.0.0.1";
  process.env["MODAL_CONFIG_PATH"] = "/nonexistent";
  const root = await scratch();
  const python = wish.python ?? (await findExecutable("python3"));
  const fake = await FakeModal.start({
    python,
    env: { ...wish.count },
    ...(wish.secret === undefined ? {} : { account: { tokenSecret: wish.secret } }),
    ...(wish.override === undefined ? {} : { override: wish.override }),
  });
  onTestFinished(() => fake.stop());
  const config = join(root, "support.finetune.yaml");
  await mkdir(join(root, ".finetune"));
  await writeFile(join(root, "data.jsonl"), ROWS);
  await writeFile(config, wish.config ?? usual(wish));
  const env = {
    PATH: process.env["PATH"],
    HOME: root,
    no_proxy: "127.0.0.1",
    MODAL_SERVER_URL: fake.url,
    MODAL_TOKEN_ID: fake.account.tokenId,
    MODAL_TOKEN_SECRET: fake.account.tokenSecret,
    FINETUNE_PUMP_TIMING: JSON.stringify({ ...QUICK, shortestAttempt: 1 }),
    ...wish.env,
  };
  const credentials = findCredentials({ env, secret: null, tomlText: null, profile: null });
  const site = {
    python: "",
    trainer: wish.trainer ?? (await trainerFolder(root)),
    cache: join(root, "cache"),
    data: join(root, "data"),
    env,
    hasGpu: false,
    modal: { credentials, env, program: await program() },
  };
  const session = async (): Promise<ModalSession> => {
    if (credentials === null) throw new Error("the rig is signed in");
    const opened = await openSession(credentials, () => undefined, { pause: async () => undefined });
    onTestFinished(() => opened.close());
    return opened;
  };
  return {
    root,
    fake,
    config,
    site,
    session,
    async prepare(estimateS = null) {
      const { config: resolved, texts, problems } = await loadConfig(config);
      if (resolved === null) throw new Error(JSON.stringify(problems));
      const { plan, inputs } = await makePlan(resolved);
      const folder = await createRunFolder({
        root,
        plan,
        inputs,
        config: texts,
        target: "modal",
        estimate: null,
        git: null,
        now: new Date(),
        random: Math.random,
      });
      await makeReady({ modal: site.modal, trainer: site.trainer, estimateS }, FIRST_ATTEMPT, plan, folder);
      return { folder, plan, id: folder.split("/").at(-1) ?? "" };
    },
    async pump(folder, over = {}) {
      const own = await session();
      return pump({
        folder,
        session: own,
        secrets: {},
        timing: { ...QUICK, ...over },
        shortestAttempt: 1,
        log: () => undefined,
      });
    },
    async view(folder) {
      const found = await openRun(folder);
      if (found === null) throw new Error(`${folder} is no run`);
      return found;
    },
  };
}
