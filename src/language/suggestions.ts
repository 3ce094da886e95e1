import { isCannot } from "../core/estimate/cannot.ts";
import { moduleNames } from "../core/estimate/adapters.ts";
import { modelSource } from "../core/estimate/model-source.ts";
import { MODAL_PRICES } from "../core/estimate/prices.ts";
import { runEstimate } from "../core/estimate/run-estimate.ts";
import { money } from "../core/estimate/sentences.ts";
import { SEVEN_TARGETS } from "../core/config/defaults.ts";
import { keyOf } from "../core/config/value.ts";
import { duration, size } from "../core/units.ts";
import type { Analysis } from "./analysis.ts";
import { CHAT_TEMPLATES } from "../core/config/chat-templates.ts";
import type { CompletionWorld, Entry, Suggestion } from "./completion-world.ts";
import type { Cursor } from "./cursor.ts";
import { modelChoices } from "./model-choices.ts";

/** What completion needs at a cursor; only what the key there asks for is worked out. */
export function completionWorld(
  analysis: Analysis,
  cursor: Cursor,
  entries: readonly Entry[],
): CompletionWorld {
  const { resolution, world } = analysis;
  const key = keyOf(cursor.path);
  const only = <T>(wanted: readonly string[], make: () => readonly T[]): readonly T[] =>
    wanted.includes(key) ? make() : [];
  return {
    place: world.place,
    value: resolution.value,
    facts: world.facts,
    entries,
    models: only(["model", "model.name"], () => modelChoices(resolution.tentative, world.facts)),
    targetModules: only(["lora.target_modules"], () => targetModules(analysis)),
    modalGpus: only(["compute.modal.gpu"], () => modalGpus(analysis)),
    chatTemplates: CHAT_TEMPLATES.map((value) => ({ value })),
  };
}

/** The matrices of this very model; the usual seven where its layout is not known. */
function targetModules({ resolution, world }: Analysis): readonly Suggestion[] {
  const config = resolution.tentative;
  const source = config && modelSource(config, world.facts);
  if (source === null || isCannot(source) || !source.shape.modelled)
    return SEVEN_TARGETS.map((value) => ({ value }));
  const parts = { attention: "attention", mlp: "MLP", expert: "experts", mamba: "Mamba", other: "" };
  return moduleNames(source.shape)
    .filter(({ part }) => part !== "other")
    .map(({ name, part }) => ({ value: name, detail: parts[part] }));
}

/** Modal's cards with what this run would need and cost on them. */
function modalGpus({ resolution, world }: Analysis): readonly Suggestion[] {
  const found = resolution.tentative && runEstimate(resolution.tentative, { facts: world.facts });
  const fits = found === null || isCannot(found) ? [] : found.fits.filter((fit) => fit.where === "modal");
  return Object.entries(MODAL_PRICES.gpus).map(([value, perSecond]) => {
    const fit = fits.find((each) => each.name === value);
    const hourly = `${money(3600 * perSecond)} an hour`;
    if (fit === undefined) return { value, detail: hourly };
    const words =
      fit.verdict === "does-not-fit" ? "does not fit" : fit.verdict === "tight" ? "tight" : "fits";
    const run =
      fit.cost_usd === null || fit.seconds === null
        ? ""
        : ` · ≈ ${money(fit.cost_usd)}, ${duration(fit.seconds)}`;
    return { value, detail: `${size(fit.usable_bytes)} · ${words}${run} · ${hourly}` };
  });
}
