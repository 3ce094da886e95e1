/** Where the shape of a config's model comes from: catalogue, a local folder's `config.json`, or only its size. */
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import type { Cannot } from "./cannot.ts";
import { findModel, fourBitOf, type FourBit } from "./catalog.ts";
import { readModelConfig, type LocalQuantisation } from "./model-config.ts";
import { shapeOf, type ModelShape } from "./shape.ts";
import { billionsInName, shapeOfSize } from "./size-class.ts";

export interface ModelSource {
  readonly shape: ModelShape;
  readonly from: "catalogue" | "folder" | "size";
  readonly fourBit: FourBit | null;
  /** How much the 4-bit repository keeps in 16 bit is the share of its family. */
  readonly keptIsGuess: boolean;
  /** What was taken for granted, in sentences. */
  readonly assumed: readonly string[];
}

export function modelSource(config: ResolvedConfig, facts: Facts): ModelSource | Cannot {
  const { name, input } = config.model;
  if (input !== null) return localSource(name, config.locals[input]?.path, facts);
  return namedSource(name, config.model.use_exact_model_name) ?? sizeSource(name);
}

function namedSource(name: string, exactName: boolean): ModelSource | null {
  const found = findModel(name);
  if (!found) return null;
  const shape = shapeOf(found.model);
  if (!shape.modelled) return sizeSourceOf(name, shape.parameters / 1e9, shape);
  const fourBit = fourBitOf(name, found.model, exactName);
  const keptIsGuess = fourBit !== null && fourBit.kept === null;
  return {
    shape,
    from: "catalogue",
    fourBit: keptIsGuess ? { ...fourBit, kept: likelyKept(shape) } : fourBit,
    keptIsGuess,
    assumed: [
      ...(found.exact ? [] : [`${name} is taken to have the shape of ${found.model.display}.`]),
      ...(keptIsGuess ? [unknownShare(fourBit.repo)] : []),
    ],
  };
}

/** Shares of 16-bit weights in dynamic repositories of a family, from those whose totals are published. */
const KEPT_SHARE: Readonly<Record<string, number>> = {
  llama: 0.03,
  mistral: 0.03,
  qwen2: 0.15,
  phi3: 0.065,
  gemma3: 0.15,
  gemma3_text: 0.04,
  qwen3_vl: 0.14,
};
/** Fused experts are quantised whole, so with them at most the rest stays in 16 bit. */
const likelyKept = (shape: ModelShape): number =>
  Math.min(
    (KEPT_SHARE[shape.type] ?? 0.1) * shape.quantisable,
    shape.quantisable - (shape.experts?.parameters ?? 0),
  );
const unknownShare = (repo: string): string =>
  `How much ${repo} keeps in 16 bit is not published; the share of its family is used.`;

function localSource(name: string, path: string | undefined, facts: Facts): ModelSource | Cannot {
  const json = path === undefined ? undefined : facts.modelConfigs?.[path];
  if (json === undefined) return sizeSource(name);
  const read = readModelConfig(json);
  if ("cannot" in read) return read;
  if ("base" in read) {
    const base = namedSource(read.base, false) ?? sizeSource(read.base);
    if ("cannot" in base) return base;
    return { ...base, assumed: [...base.assumed, `${name} is an adapter of ${read.base}.`] };
  }
  const shape = shapeOf(read.record);
  return {
    shape,
    from: "folder",
    keptIsGuess: false,
    fourBit: localFourBit(name, read.quantisation, shape),
    assumed: read.assumed,
  };
}

function localFourBit(
  name: string,
  quantisation: LocalQuantisation | null,
  shape: ModelShape,
): FourBit | null {
  if (quantisation === null || !quantisation.fourBit) return null;
  const kept = shape.quantisable * quantisation.keptShare;
  return { repo: name, kept, dynamic: kept > 0 };
}

function sizeSource(name: string): ModelSource | Cannot {
  const billions = billionsInName(name);
  if (billions === null)
    return {
      cannot: `${name} is not in the catalogue and its name has no size; a local folder with its config.json would do`,
    };
  return sizeSourceOf(name, billions, null);
}

function sizeSourceOf(name: string, billions: number, known: ModelShape | null): ModelSource {
  const shape = {
    ...shapeOfSize(billions),
    ...(known ? { id: known.id, display: known.display, type: known.type } : { display: name }),
  };
  const why = known ? "its layout is not modelled" : "it is not in the catalogue";
  return {
    shape,
    from: "size",
    fourBit: null,
    keptIsGuess: false,
    assumed: [`${name}: ${why}; taken as an ordinary model of ${round(billions)} billion parameters.`],
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;
