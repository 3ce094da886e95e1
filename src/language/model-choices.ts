import { isCannot } from "../core/estimate/cannot.ts";
import type { Card } from "../core/estimate/card.ts";
import { allModels, type CatalogModel } from "../core/estimate/catalog.ts";
import { estimate } from "../core/estimate/estimate.ts";
import { modelSource } from "../core/estimate/model-source.ts";
import { targetsOf } from "../core/estimate/targets.ts";
import { verdict, type Verdict } from "../core/estimate/verdict.ts";
import { parse } from "../core/config/parse.ts";
import { resolve } from "../core/config/resolve.ts";
import type { Facts } from "../core/facts.ts";
import type { ResolvedConfig } from "../core/run/plan.ts";
import { size } from "../core/units.ts";
import type { Suggestion } from "./completion-world.ts";
import { runsOnCpu } from "./figure.ts";

export const EMBEDDED: Suggestion = {
  value: "smollm2-135m-instruct",
  detail: "comes with the set-up, trains on any CPU",
};

/** Before a model is named: what most configs look like. */
const USUAL = "model: unsloth/Llama-3.2-1B-Instruct\ndataset: rows.jsonl\n";

/**
 * Models of the catalogue by name: with a card known, those that fit with the settings as they stand
 * first, the largest of them at the top; then those that are tight; then the rest.
 */
export function modelChoices(tentative: ResolvedConfig | null, facts: Facts): Suggestion[] {
  const config = tentative ?? usualConfig();
  if (config === null) return [EMBEDDED];
  const card = targetsOf(config, facts).chosen?.card ?? null;
  const rated = allModels()
    .map((model) => rate(model, config, facts, card))
    .toSorted((a, b) => a.rank - b.rank || (a.rank < 2 ? b.bytes - a.bytes : a.bytes - b.bytes));
  const named = rated.flatMap(({ model, detail }) => namesOf(model).map((value) => ({ value, detail })));
  return runsOnCpu(config, facts) ? [EMBEDDED, ...named] : [...named, EMBEDDED];
}

const usualConfig = (): ResolvedConfig | null =>
  resolve(parse(USUAL), { path: "/", read: () => ({ missing: "" }) }).tentative;

interface Rated {
  readonly model: CatalogModel;
  readonly rank: number;
  readonly bytes: number;
  readonly detail: string;
}

const RANKS: Readonly<Record<Verdict, number>> = { fits: 0, "far-below": 1, tight: 2, "does-not-fit": 3 };
const WORDS: Readonly<Record<Verdict, string>> = {
  fits: "fits",
  "far-below": "fits",
  tight: "tight",
  "does-not-fit": "does not fit",
};

function rate(model: CatalogModel, config: ResolvedConfig, facts: Facts, card: Card | null): Rated {
  const name = model.hubs[0] ?? model.id;
  const asked: ResolvedConfig = { ...config, model: { ...config.model, name, input: null, embedded: null } };
  const source = modelSource(asked, facts);
  const found = isCannot(source) ? source : estimate(asked, { facts, card, source, rows: "data" });
  if (isCannot(found)) return { model, rank: 4, bytes: Infinity, detail: model.display };
  const [low, high] = found.band_bytes;
  const fit = card && verdict({ low, high }, card);
  const words = fit === null || card === null ? "" : ` · ${WORDS[fit]} ${card.name}`;
  return {
    model,
    rank: fit === null ? 2 : RANKS[fit],
    bytes: found.used_bytes,
    detail: `≈ ${size(found.used_bytes)}${words}`,
  };
}

/** Unsloth's copies where there are any, else the maker's; models that were taught to answer first. */
function namesOf(model: CatalogModel): string[] {
  const copies = [...Object.keys(model.dynamic), ...model.plain].map((name) => `unsloth/${name}`);
  const names = [...new Set(copies.length > 0 ? copies : model.hubs)];
  return names.toSorted((a, b) => Number(isChat(b)) - Number(isChat(a)));
}

const isChat = (name: string): boolean => /instruct|chat|-it\b/i.test(name);
