/** Which matrices get adapters, and how many parameters those are. */
import type { Setup } from "./setup.ts";
import type { Linear, ModelShape } from "./shape.ts";

/** One kind of adapter tensor: its elements, how many there are. */
export interface AdapterTensor {
  readonly elements: number;
  readonly count: number;
}

export interface Adapters {
  readonly parameters: number;
  readonly tensors: readonly AdapterTensor[];
  readonly onQueryKeyValue: boolean;
  readonly onOutput: boolean;
  /** How many of gate, up and down are adapted. */
  readonly mlpParts: number;
  /** Fused experts have adapters of their own. */
  readonly onExperts: boolean;
}

export const NO_ADAPTERS: Adapters = {
  parameters: 0,
  tensors: [],
  onQueryKeyValue: false,
  onOutput: false,
  mlpParts: 0,
  onExperts: false,
};

/** LFM2 calls them so. */
const OTHER_NAMES: Readonly<Record<string, string>> = { gate_proj: "w1", up_proj: "w3", down_proj: "w2" };

const GATE_UP_DOWN = ["gate_proj", "up_proj", "down_proj"] as const;

export function adapters(shape: ModelShape, setup: Setup): Adapters {
  if (setup.method === "full" || setup.rank === 0) return NO_ADAPTERS;
  const { rank } = setup;
  const wants = (name: string): boolean =>
    setup.targets === "all-linear" || setup.targets.has(name) || setup.targets.has(OTHER_NAMES[name] ?? name);
  const tensors: AdapterTensor[] = [];
  let parameters = 0;
  const add = (inputs: number, outputs: number, count: number): void => {
    tensors.push({ elements: rank * inputs, count }, { elements: rank * outputs, count });
    parameters += rank * (inputs + outputs) * count;
  };
  for (const linear of shape.linears)
    if (linear.part !== "expert" && isTarget(linear, wants))
      add(linear.inputs, linear.outputs, linear.count * setup.layerShare);
  if (shape.experts) {
    // The experts of a layer are two fused tensors, and an adapter on them has a pair an expert.
    const { count, layers, width } = shape.experts;
    const pairs = count * layers * setup.layerShare;
    if (wants("gate_proj") || wants("up_proj") || wants("gate_up_proj")) add(shape.hidden, 2 * width, pairs);
    if (wants("down_proj")) add(width, shape.hidden, pairs);
  }
  return {
    parameters,
    tensors,
    onQueryKeyValue: wants("qkv_proj") || (wants("q_proj") && wants("k_proj") && wants("v_proj")),
    onOutput: wants("o_proj") || wants("out_proj"),
    mlpParts: GATE_UP_DOWN.filter(wants).length,
    onExperts: shape.experts !== null && [...GATE_UP_DOWN, "gate_up_proj"].some(wants),
  };
}

/** The names under which adapters meet the matrices of a model, each once, in order. */
export function moduleNames({ linears }: ModelShape): { name: string; part: Linear["part"] }[] {
  const seen = new Set<string>();
  return linears.flatMap(({ name, part }) => {
    // The estimate's own name for experts that every token passes; adapters name them like the others.
    if (name.startsWith("shared_") || seen.has(name)) return [];
    seen.add(name);
    return [{ name, part }];
  });
}

/** `shared_gate_proj` and the like are modules named `gate_proj` in a parent of that name. */
const isTarget = (linear: Linear, wants: (name: string) => boolean): boolean =>
  wants(linear.name) || (linear.name.startsWith("shared_") && wants(linear.name.slice("shared_".length)));
