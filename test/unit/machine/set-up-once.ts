/** The program of `setup-cut-off.test.ts`: one set-up, as a window makes it. Argument: the wish as JSON. */
import { setUp, type SetupWish } from "../../../src/machine/setup.ts";

const wish: Omit<SetupWish, "onProgress"> = JSON.parse(process.argv[2] ?? "");
await setUp({ ...wish, onProgress: () => {} });
