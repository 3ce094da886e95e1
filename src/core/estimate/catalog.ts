/** Models that we know by name. The data is made by `test/tools/build-catalogue.mjs`. */
import type { Architecture, Family, ModelRecord, Tower } from "./architecture.ts";
import modelData from "./data/models.json" with { type: "json" };

interface ModelLine {
  readonly id: string;
  readonly display: string;
  readonly type: string;
  readonly family?: Family;
  readonly path: "A" | "B";
  readonly hubs: readonly string[];
  readonly unsloth: readonly string[];
  /** Dynamic 4-bit repositories: bare name → weights kept in 16 bit, null where not known. */
  readonly dynamic: Readonly<Record<string, number | null>>;
  /** Plain 4-bit repositories that Unsloth takes of itself. */
  readonly plain: readonly string[];
  readonly size: readonly number[];
  readonly more?: Partial<Architecture>;
  readonly vision?: Tower;
  readonly parameters?: number;
}

// The script writes the file and a test reads every entry; inferred JSON types have no unions of literals.
const LINES = modelData as unknown as readonly ModelLine[];

export interface CatalogModel extends ModelRecord {
  /** Repositories of its makers. */
  readonly hubs: readonly string[];
  readonly dynamic: Readonly<Record<string, number | null>>;
  readonly plain: readonly string[];
}

export interface FoundModel {
  readonly model: CatalogModel;
  /** False: another owner's repository of the same name, so the same shape is likely, not certain. */
  readonly exact: boolean;
}

const FOUR_BIT = /(-unsloth)?-bnb-4bit$/;
const DYNAMIC = /-unsloth-bnb-4bit$/;

/** Same model, same key: owner, case, 4-bit suffix and makers' habits of naming left out. */
function key(name: string): string {
  const bare = name.trim().toLowerCase().replace(/\/+$/, "").split("/").at(-1) ?? "";
  return bare
    .replace(FOUR_BIT, "")
    .replace(/-bf16$/, "")
    .replace(/^meta-/, "")
    .replace(/-hf$/, "")
    .replaceAll(/[\s_]+/g, "-");
}

const BY_KEY: ReadonlyMap<string, ModelLine> = indexModels();

function indexModels(): Map<string, ModelLine> {
  const index = new Map<string, ModelLine>();
  const add = (name: string, line: ModelLine): void => {
    if (!index.has(key(name))) index.set(key(name), line);
  };
  for (const line of LINES)
    for (const name of [line.id, ...line.hubs, ...line.unsloth, ...Object.keys(line.dynamic), ...line.plain])
      add(name, line);
  for (const line of LINES) add(line.display, line);
  return index;
}

const OWNERS: ReadonlySet<string> = new Set(
  ["unsloth", ...LINES.flatMap((line) => line.hubs.map((hub) => hub.split("/")[0] ?? ""))].map((owner) =>
    owner.toLowerCase(),
  ),
);

/** A model by hub id, Unsloth's repositories (16 and 4 bit), our own id or its display name; any case. */
export function findModel(name: string): FoundModel | undefined {
  const line = BY_KEY.get(key(name));
  if (!line) return undefined;
  const slash = name.indexOf("/");
  return { model: modelOf(line), exact: slash < 0 || OWNERS.has(name.slice(0, slash).toLowerCase()) };
}

export const allModels = (): CatalogModel[] => LINES.map(modelOf);

function modelOf(line: ModelLine): CatalogModel {
  const [
    hidden = 0,
    layers = 0,
    heads = 0,
    kvHeads = 0,
    headDim = 0,
    width = 0,
    vocab = 0,
    tied = 0,
    positions = 0,
  ] = line.size;
  return {
    id: line.id,
    display: line.display,
    type: line.type,
    family: line.family ?? "decoder",
    path: line.path,
    hubs: line.hubs,
    dynamic: line.dynamic,
    plain: line.plain,
    arch: {
      hidden_size: hidden,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      num_key_value_heads: kvHeads,
      head_dim: headDim,
      intermediate_size: width,
      vocab_size: vocab,
      tie_word_embeddings: tied === 1,
      max_position_embeddings: positions,
      ...line.more,
    },
    ...(line.vision ? { vision: line.vision } : {}),
    ...(line.parameters ? { parameters: line.parameters } : {}),
  };
}

/** The 4-bit repository that Unsloth loads for a name; null: none is known, it quantises while loading. */
export interface FourBit {
  readonly repo: string;
  /** Weights kept in 16 bit; null: a dynamic repository whose share nobody published. */
  readonly kept: number | null;
  readonly dynamic: boolean;
}

/** @param exactName `use_exact_model_name`: no other repository is taken. */
export function fourBitOf(name: string, model: CatalogModel, exactName: boolean): FourBit | null {
  const wanted = key(name);
  const named = FOUR_BIT.test(name.toLowerCase());
  if (exactName && !named) return null;
  const dynamic = Object.keys(model.dynamic).find((repo) => key(repo) === wanted);
  const plainOnly = named && !DYNAMIC.test(name.toLowerCase());
  if (dynamic !== undefined && !plainOnly)
    return {
      repo: `unsloth/${dynamic}-unsloth-bnb-4bit`,
      kept: model.dynamic[dynamic] ?? null,
      dynamic: true,
    };
  if (plainOnly) return { repo: name, kept: 0, dynamic: false };
  if (named) return { repo: name, kept: null, dynamic: true };
  const plain = model.plain.find((repo) => key(repo) === wanted);
  return plain === undefined ? null : { repo: `unsloth/${plain}-bnb-4bit`, kept: 0, dynamic: false };
}
