/** Starts a fake Modal as a process of its own and steers it: for pumps and editors, which are processes too. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Action, View } from "./control.ts";
import type { FakeOptions } from "./fake-modal.ts";
import type { Hooks } from "./hooks.ts";
import type { Account } from "./state.ts";

export interface ServedFake {
  /** For `MODAL_SERVER_URL` and `ModalCredentials.serverUrl`. */
  readonly url: string;
  readonly root: string;
  readonly account: Account;
  hooks(part: Partial<Hooks>): Promise<void>;
  do(action: Action, ...args: readonly unknown[]): Promise<void>;
  state(): Promise<View>;
  stop(): Promise<void>;
}

export async function serveFake(options: FakeOptions = {}): Promise<ServedFake> {
  const script = fileURLToPath(new URL("serve.mjs", import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, FAKE_MODAL: JSON.stringify(options) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const said = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`The fake Modal ended with ${code} before it listened.`)));
  });
  const { control, ...place } = JSON.parse(said) as Pick<ServedFake, "url" | "root" | "account"> & {
    control: string;
  };
  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${control}${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
  };
  return {
    ...place,
    hooks: (part) => post("/hooks", part),
    do: (action, ...args) => post("/do", { action, arguments: args }),
    state: async () => (await (await fetch(`${control}/state`)).json()) as View,
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.stdin.end();
      }),
  };
}
