/** A fake Modal as a process of its own (serve.mjs starts it): one line of JSON says where it listens. */
import { openControl } from "./control.ts";
import { FakeModal, type FakeOptions } from "./fake-modal.ts";

// No argument: tests look for their tokens in all command lines.
const options = JSON.parse(process.env["FAKE_MODAL"] ?? "{}") as FakeOptions;
const fake = await FakeModal.start(options);
const leave = (): void => {
  fake.stop();
  process.exit(0);
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, leave);
// Whoever started it holds its input: when that ends, so does this.
process.stdin.on("end", leave).resume();
const control = await openControl(fake, leave);
console.log(JSON.stringify({ url: fake.url, control, root: fake.state.root, account: fake.account }));
