/**
 * The image that runs on Modal when a config names none: a small Python with the closed set of packages that
 * trained on GPUs, installed in one go and without a resolver, so that a run there and a run here use the same
 * versions. `unsloth/unsloth:core-…` would be quicker to have, but it holds other versions than our lock.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ModalError } from "./errors.ts";
import type { ImageWish } from "./session.ts";

/** CUDA 13: of the locks the one whose packages were run on GPUs, and it covers every card from the T4 on. */
const LOCK = "cu130.lock";

const BASE = "python:3.12-slim-bookworm";

/** For files only: nothing is installed in it. */
export const UTILITY_IMAGE: ImageWish = { tag: BASE, commands: [], secret: null };

/** Triton and Inductor compile at run time; git is for code that a model repository names. */
const COMPILER =
  "RUN apt-get update && apt-get install -y --no-install-recommends gcc g++ libc6-dev git && rm -rf /var/lib/apt/lists/*";

/** A package that does not import ends the build, not a rented GPU. */
const PROOF = `RUN python -c "import torch, transformers, trl, peft, datasets, bitsandbytes"`;

const LLAMA_CPP = "/opt/llama.cpp";
const LLAMA_CPP_TAG = "b10955";
const GGUF = [
  "RUN apt-get update && apt-get install -y --no-install-recommends cmake make && rm -rf /var/lib/apt/lists/*",
  `RUN git clone --depth 1 --branch ${LLAMA_CPP_TAG} https://github.com/ggml-org/llama.cpp ${LLAMA_CPP} && cmake -S ${LLAMA_CPP} -B ${LLAMA_CPP}/build -DGGML_NATIVE=OFF -DLLAMA_CURL=OFF && cmake --build ${LLAMA_CPP}/build --target llama-quantize -j && cp ${LLAMA_CPP}/build/bin/llama-quantize ${LLAMA_CPP}/`,
  `ENV UNSLOTH_LLAMA_CPP_PATH=${LLAMA_CPP}`,
];

/** `python`: the folder with `requirements/`. `gguf`: with llama.cpp, which only the export to GGUF needs. */
export async function defaultImage(python: string, { gguf = false } = {}): Promise<ImageWish> {
  const file = join(python, "requirements", LOCK);
  const pins = pinsOf(await readFile(file, "utf8"));
  if (pins.length === 0)
    throw new ModalError({
      code: "modal-lock-empty",
      message: `${file} names no packages: the installation is incomplete.`,
      hint: "Install the extension again, or name an image in compute.modal.image.",
    });
  const install = `RUN python -m pip install --no-cache-dir --no-deps ${pins.join(" ")}`;
  return { tag: BASE, commands: [COMPILER, install, PROOF, ...(gguf ? GGUF : [])], secret: null };
}

/** "name==1.2" of every line; the lock is for this one platform, so no line carries a condition. */
export const pinsOf = (lock: string): string[] =>
  lock
    .split("\n")
    .map((line) => line.replace(/#.*$/, "").trim())
    .filter((line) => /^[\w.-]+(?:\[[\w,-]+\])?==[\w.+!-]+$/.test(line));
