import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { openTerminal, type Terminal } from "./terminal.ts";

let terminal: Terminal;
beforeEach(async () => {
  terminal = await openTerminal();
});
afterEach(() => terminal.close());

const config = (name: string, more = ""): string => `model:
  name: ${name}
  use_exact_model_name: true
dataset: data.jsonl
training:
  gradient_accumulation_steps: 1
${more}`;

const bytes = z.int().positive();
const answer = z.looseObject({
  used_bytes: bytes,
  reserved_bytes: bytes,
  allocated_bytes: bytes,
  band_bytes: z.tuple([bytes, bytes]),
  phase: z.enum(["load", "loss", "backward", "step"]),
  parts: z.record(z.string(), z.int()),
  fits: z
    .array(
      z.looseObject({ name: z.string(), where: z.string(), verdict: z.string(), headroom_bytes: z.int() }),
    )
    .min(5),
  seconds: z.number().nullable(),
  cost_usd: z.number().nullable(),
  assumed: z.array(z.string()),
});

/** An 8B model, 4 bit, 2 × 2,048 tokens: nvidia-smi showed 7.64 GiB on an H100. */
const MEASURED = 7.64 * 2 ** 30;

describe("finetune estimate", () => {
  test("--json: every figure, for the card that is named", async () => {
    await terminal.write("a.finetune.yaml", config("meta-llama/Llama-3.1-8B"));
    const { code, out } = await terminal.run("estimate", "a.finetune.yaml", "--gpu", "H100", "--json");
    const found = answer.parse(JSON.parse(out));
    expect(code).toBe(0);
    expect(Math.abs(found.used_bytes / MEASURED - 1)).toBeLessThan(0.01);
    expect(found.fits[0]).toMatchObject({ name: "H100 SXM 80GB", where: "named", verdict: "far-below" });
    const parts = Object.values(found.parts).reduce((sum, part) => sum + part, 0);
    expect(Math.abs(parts - found.used_bytes)).toBeLessThan(10);
  });

  test("a table for people", async () => {
    await terminal.write("a.finetune.yaml", config("meta-llama/Llama-3.1-8B"));
    const { code, out } = await terminal.run("estimate", "a.finetune.yaml", "--gpu", "RTX 3060");
    expect(code).toBe(0);
    expect(out).toMatch(
      /^≈ 7\.\d GB \(\d\.\d–\d\.\d\) at the peak, in the backward pass, on RTX 3060 12GB\n/,
    );
    expect(out).toMatch(/7–8B class, 4-bit: usually 12–16 GB; this figure is for the batch and length above/);
    expect(out).toMatch(/^ {2}adapters +160 MB/m);
    expect(out).toMatch(/^ {2}RTX 3060 12GB +7\.\d GB of 11\.8 GB +fits$/m);
    expect(out).toMatch(/^ {2}Modal L4 /m);
    expect(out).toMatch(/s a step; the number of rows is not known, so there is no time and no cost/);
  });

  test("with data: steps, time and cost, and what its rows need", async () => {
    const row = JSON.stringify({
      messages: [
        { role: "user", content: "Hello" },
        { role: "assistant", content: "Good day" },
      ],
    });
    await terminal.write(
      "data.jsonl",
      Array.from({ length: 40 }, (_, index) => row.replace("Hello", `Hello ${index}`)).join("\n"),
    );
    await terminal.write("a.finetune.yaml", config("meta-llama/Llama-3.1-8B"));
    const { out } = await terminal.run("estimate", "a.finetune.yaml", "--gpu", "L4");
    expect(out).toMatch(/ · 20 steps$/m);
    expect(out).toMatch(/^ {2}Modal L4 .*≈ \d+ (s|min) +≈ \$0\.\d+$/m);
    expect(out).toMatch(/with rows as long as those of the data ≈ \d\.\d GB/);
  });

  test("a local folder's config.json", async () => {
    await mkdir(join(terminal.folder, "model"));
    const shape = {
      model_type: "llama",
      hidden_size: 2048,
      num_hidden_layers: 16,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      intermediate_size: 8192,
      vocab_size: 128256,
      tie_word_embeddings: true,
      max_position_embeddings: 131072,
    };
    await terminal.write("model/config.json", JSON.stringify(shape));
    await terminal.write("a.finetune.yaml", config("./model"));
    await terminal.write("b.finetune.yaml", config("meta-llama/Llama-3.2-1B"));
    const used = async (file: string) => {
      const { out } = await terminal.run("estimate", file, "--gpu", "H100", "--json");
      return answer.parse(JSON.parse(out)).used_bytes;
    };
    expect(await used("a.finetune.yaml")).toBe(await used("b.finetune.yaml"));
  });

  test("what cannot be estimated says why, never a number", async () => {
    await terminal.write("a.finetune.yaml", config("somebody/blob"));
    const said = await terminal.run("estimate", "a.finetune.yaml", "--gpu", "L4");
    expect(said).toMatchObject({ code: 1, out: "" });
    expect(said.err).toMatch(
      /^Cannot estimate: somebody\/blob is not in the catalogue and its name has no size/m,
    );
    const json = await terminal.run("estimate", "a.finetune.yaml", "--gpu", "L4", "--json");
    expect(JSON.parse(json.out)).toEqual({ cannot: expect.stringMatching(/^somebody\/blob/) });
  });

  test("an estimate does not wait for a correct file", async () => {
    await terminal.write("a.finetune.yaml", `${config("meta-llama/Llama-3.1-8B")}  learning_rte: 1\n`);
    const said = await terminal.run("estimate", "a.finetune.yaml", "--gpu", "L4");
    expect(said.code).toBe(0);
    expect(said.err).toMatch(/^The config has .*finetune validate shows/);
  });

  test("wrong usage", async () => {
    await terminal.write("a.finetune.yaml", config("meta-llama/Llama-3.1-8B"));
    await terminal.write("b.finetune.yaml", "training: {}\n");
    expect(await terminal.run("estimate", "a.finetune.yaml", "--gpu", "RTX 9999")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^No GPU called "RTX 9999" is known\./),
    });
    expect(await terminal.run("estimate")).toMatchObject({ code: 2 });
    expect(await terminal.run("estimate", "b.finetune.yaml")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Cannot estimate: the config names no model or no data yet\./),
    });
  });
});
