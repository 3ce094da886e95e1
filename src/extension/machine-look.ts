/** Looking at this computer: what `Machine` asks for, with everything expected as a value. */
import { LaunchError } from "../launch/launcher.ts";
import { choosePython, type PythonChoice, type PythonWish } from "../machine/python-env.ts";

export { queryGpus as lookForGpus } from "../machine/gpu.ts";

/** `refused`: there is none to train with, and why; to be thrown by whoever needs one. */
export async function lookForPython(wish: PythonWish): Promise<PythonChoice | { readonly refused: Error }> {
  try {
    return await choosePython(wish);
  } catch (error) {
    if (error instanceof LaunchError) return { refused: error };
    throw error;
  }
}
