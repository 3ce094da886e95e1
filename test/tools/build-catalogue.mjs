#!/usr/bin/env node
// Makes the catalogues of src/core/estimate/data from the research files (model and GPU catalogue with
// their sources and cross-checks), keeping only what an estimate needs:
//   node test/tools/build-catalogue.mjs MODEL_CATALOG.json GPU_CATALOG.json && npx prettier --write src/core/estimate/data
// The inputs are needed only to renew the data, never to build.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [modelsFile, gpusFile] = process.argv.slice(2);
if (!modelsFile || !gpusFile) {
  console.error("usage: build-catalogue.mjs MODEL_CATALOG.json GPU_CATALOG.json");
  process.exit(2);
}
const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const source = read(modelsFile);

/** Unsloth re-uploads these with the Llama or Mistral layout, so its hand-written kernels run them. */
const REUPLOADED_AS_LLAMA = new Set(["phi-3-mini", "phi-3.5-mini", "phi-3-medium", "phi-4"]);

/** The fields that every model has, in the order that `core/estimate/catalog.ts` reads. */
const COMMON = [
  "hidden_size",
  "num_hidden_layers",
  "num_attention_heads",
  "num_key_value_heads",
  "head_dim",
  "intermediate_size",
  "vocab_size",
  "tie_word_embeddings",
  "max_position_embeddings",
];
const NOT_NEEDED = ["attn_logit_softcapping", "final_logit_softcapping", "cross_attention_layers"];

function compactModel(model) {
  const more = Object.fromEntries(
    Object.entries(model.arch).filter(([key]) => !COMMON.includes(key) && !NOT_NEEDED.includes(key)),
  );
  if (!more.moe?.num_experts) delete more.moe;
  const { basis: _, ...vision } = model.vision ?? {};
  const inMapper = (model.unsloth_4bit ?? []).filter((repo) => repo.in_mapper || repo.kind === "dynamic");
  const ofKind = (kind) => inMapper.filter((repo) => repo.kind === kind);
  const known = new Set(model.hf.map((hub) => hub.split("/")[1].toLowerCase()));
  return {
    id: model.id,
    display: model.display,
    type: model.model_type,
    ...(model.family === "decoder" ? {} : { family: model.family }),
    path: REUPLOADED_AS_LLAMA.has(model.id) ? "A" : model.unsloth_path,
    hubs: model.hf,
    unsloth: model.unsloth_16bit.map(bare).filter((name) => !known.has(name.toLowerCase())),
    dynamic: Object.fromEntries(
      ofKind("dynamic").map((repo) => [bare(repo.repo), repo.kept_16bit_linear_params ?? null]),
    ),
    plain: ofKind("plain").map((repo) => bare(repo.repo)),
    size: COMMON.map((key) => Number(model.arch[key] ?? 0)),
    ...(Object.keys(more).length > 0 ? { more } : {}),
    ...(model.vision ? { vision } : {}),
    ...(model.family === "not_modelled" ? { parameters: model.params.published } : {}),
  };
}

/** "unsloth/Qwen3-4B-unsloth-bnb-4bit" → "Qwen3-4B" */
function bare(repo) {
  return repo.replace(/^unsloth\//, "").replace(/(-unsloth)?-bnb-4bit$/, "");
}

const gpus = read(gpusFile).gpus.map((gpu) => ({
  name: gpu.name,
  capability: gpu.compute_capability,
  mib: gpu.vram_mib,
  ...(gpu.torch_total_gib ? { usable_gib: Math.min(...gpu.torch_total_gib) } : {}),
  kind: gpu.class,
  smi: gpu.nvidia_smi_names,
}));

const lines = (items) => `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]\n`;
const data = join(root, "src/core/estimate/data");
writeFileSync(join(data, "models.json"), lines(source.models.map(compactModel)));
writeFileSync(join(data, "gpus.json"), lines(gpus));
writeFileSync(
  join(root, "test/fixtures/estimate/published-parameters.json"),
  `${JSON.stringify(
    Object.fromEntries(
      source.models.filter((m) => m.params.published).map((m) => [m.id, m.params.published]),
    ),
    null,
    1,
  )}\n`,
);
