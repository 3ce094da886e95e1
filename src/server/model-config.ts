import type { Files } from "./files.ts";

/** A config.json beyond this describes no model. */
const LARGEST = 1 << 20;

/** The description of a model folder: `config.json`, or `adapter_config.json` of an adapter. Null where there is none. */
export async function readModelConfig(files: Files, folder: string): Promise<unknown> {
  for (const name of ["adapter_config.json", "config.json"]) {
    const text = await files.read(`${folder}/${name}`, async (source) =>
      source.size > LARGEST ? null : new TextDecoder().decode(await source.read(0, source.size)),
    );
    if (text === null) continue;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Half written or no JSON: the checks say that the folder is no model.
      continue;
    }
  }
  return null;
}
