/**
 * The images of a run, kept in its folder when it is made: an attempt that is started after an update of the
 * extension runs what the first one ran.
 */
import { join } from "node:path";
import * as z from "zod";
import type { ModalSettings } from "../../core/run/modal-settings.ts";
import { readJson, writeJson } from "../json-file.ts";
import { LaunchError } from "../launcher.ts";
import { defaultImage } from "./image-wish.ts";
import type { ImageWish } from "./session.ts";

const wishSchema = z.looseObject({
  tag: z.string(),
  commands: z.array(z.string()),
  secret: z.string().nullable(),
});
const imagesSchema = z.looseObject({ train: wishSchema, export: wishSchema });

const imagesFile = (folder: string): string => join(folder, "images.json");

/** `python`: the folder with the trainer's package and `requirements/`. */
export async function keepImages(
  folder: string,
  { image }: Pick<ModalSettings, "image">,
  python: string,
): Promise<void> {
  const own = image === null ? null : { tag: image, commands: [], secret: null };
  const before = await readJson(imagesFile(folder), imagesSchema);
  // A resume goes on in what the run began with, unless its config names another one now.
  if (before !== null && own === null && before.train.commands.length > 0) return;
  const train = own ?? (await defaultImage(python));
  await writeJson(imagesFile(folder), { train, export: own ?? (await defaultImage(python, { gguf: true })) });
}

export async function imageOf(folder: string, what: "train" | "export"): Promise<ImageWish> {
  const images = await readJson(imagesFile(folder), imagesSchema);
  if (images !== null) return images[what];
  throw new LaunchError(
    "images-missing",
    `images.json of ${folder} is missing or damaged: nobody knows in which image this run began.`,
    "Start a new run of its config.",
    folder,
  );
}
