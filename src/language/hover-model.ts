import { findModel, fourBitOf } from "../core/estimate/catalog.ts";
import { shapeOf } from "../core/estimate/shape.ts";
import { count, size } from "../core/units.ts";
import type { Analysis } from "./analysis.ts";

/** The model's card: size, layers, context, what Unsloth loads for it in 4 bit. Null for a model we do not know. */
export function modelMarkdown({ resolution }: Analysis): string | null {
  const config = resolution.tentative;
  if (config === null) return null;
  if (config.model.embedded !== null) {
    return "**SmolLM2 135M Instruct** · 0.13 B parameters · made on this machine by the set-up, without a download from the Hub · trains on any CPU";
  }
  const found = config.model.input === null ? findModel(config.model.name) : undefined;
  if (found === undefined) return null;
  const shape = shapeOf(found.model);
  const facts = [
    `**${found.model.display}**`,
    `${billions(shape.parameters)} parameters`,
    ...(shape.modelled ? [`${shape.layers} layers`] : []),
    ...(shape.maxPositions > 0 ? [`${count(shape.maxPositions)} context`] : []),
    ...(shape.experts ? [`${shape.experts.count} experts, ${shape.experts.perToken} a token`] : []),
  ];
  const sibling = fourBitOf(config.model.name, found.model, config.model.use_exact_model_name);
  if (sibling !== null && config.model.load_in_4bit && shape.quantisable > 0) {
    const kept =
      sibling.kept === null || sibling.kept === 0
        ? ""
        : ` (keeps ${((100 * sibling.kept) / shape.quantisable).toFixed(1)} % in 16 bit: +${size(1.5 * sibling.kept)})`;
    facts.push(`loads \`${sibling.repo}\`${kept}`);
  }
  const guess = found.exact
    ? ""
    : `\n\nTaken to have the shape of ${found.model.display}: same name, another owner.`;
  return facts.join(" · ") + guess;
}

const billions = (parameters: number): string =>
  `${(parameters / 1e9).toFixed(parameters >= 1e10 ? 1 : 2)} B`;
