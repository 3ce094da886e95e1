import type { LoraInput } from "../schema.ts";
import { effect, NO_EFFECT, type SectionTexts } from "./text.ts";

const peft = (argument: string): string => `FastLanguageModel.get_peft_model(${argument})`;

export const LORA_TEXTS: SectionTexts<LoraInput> = {
  r: {
    sentence: "Rank of the adapters: how much they can learn.",
    more: "8 to 32 suits most tasks; formats and styles need little, new skills more.",
    becomes: peft("r"),
    example: "r: 16",
    effect: effect(
      "adapter, gradient and optimiser grow in proportion: about 0.4 GB at 16 for 8B",
      "hardly any",
      "more capacity, and more overfitting on few rows",
    ),
  },
  lora_alpha: {
    sentence: "Scale of the adapters: their output is multiplied by alpha / r.",
    more: "Equal to r, or twice r, is usual. Much lower than r teaches little at the same learning rate.",
    becomes: peft("lora_alpha"),
    example: "lora_alpha: 16",
    effect: effect("none", "none", "acts like a factor on the learning rate"),
  },
  lora_dropout: {
    sentence: "Share of adapter inputs dropped at random while training.",
    becomes: peft("lora_dropout"),
    example: "lora_dropout: 0",
    effect: effect(
      "slightly more",
      "anything but 0 loses part of Unsloth's fused kernels",
      "may help against overfitting on few rows",
    ),
  },
  bias: {
    sentence: "Which bias terms are trained beside the adapters.",
    becomes: peft("bias"),
    example: "bias: none",
    effect: effect("slightly more", "anything but none loses fused kernels", "rarely any"),
    values: {
      none: "no biases",
      all: "every bias of the model",
      lora_only: "biases of the adapted layers",
    },
  },
  target_modules: {
    sentence: "The layers that get adapters, or `all-linear`.",
    more: "The seven of attention and MLP are the usual choice. Attention alone (q_proj, k_proj, v_proj, o_proj) is the first thing to try when memory is short.",
    becomes: peft("target_modules"),
    example: "target_modules: [q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj]",
    effect: effect(
      "the MLP layers are about two thirds of the adapter",
      "fewer is slightly faster",
      "all seven come closest to full fine-tuning",
    ),
    values: { "all-linear": "every linear layer but the output head" },
  },
  use_rslora: {
    sentence: "Rank-stabilised scale: alpha / √r instead of alpha / r.",
    becomes: peft("use_rslora"),
    example: "use_rslora: true",
    effect: effect("none", "none", "lets a high r use its capacity; lower the learning rate"),
  },
  use_dora: {
    sentence: "DoRA: learns a magnitude for each output beside the adapter.",
    becomes: peft("use_dora"),
    example: "use_dora: true",
    effect: effect(
      "more activations",
      "loses the fused kernels: clearly slower",
      "sometimes better at a low r",
    ),
  },
  init_lora_weights: {
    sentence: "How adapters start.",
    more: "`true` starts them as no change at all. pissa, corda, loftq, lora_ga, mica and orthogonal need a base that is not quantised; pissa, olora, corda, loftq and lora_ga also rewrite the base, so the adapter only fits that rewritten base.",
    becomes: peft("init_lora_weights"),
    example: "init_lora_weights: true",
    effect: effect(
      "none",
      "some take minutes before the first step",
      "data-driven starts can converge faster",
    ),
    values: {
      true: "no change at the start (PEFT's own)",
      false: "random, for tests",
      gaussian: "Gaussian instead of Kaiming",
      eva: "from the data's activations",
      olora: "orthonormal, rewrites the base",
      pissa: "principal directions, rewrites the base",
      corda: "needs a pass over the data first",
      loftq: "makes up for quantisation, needs a 16-bit base",
      orthogonal: "orthogonal, even r only",
      lora_ga: "needs a pass over the data first",
      mica: "minor directions of the weights",
    },
  },
  loftq_config: {
    sentence: "Arguments of LoftQ, with `init_lora_weights: loftq`.",
    becomes: peft("loftq_config"),
    example: "loftq_config: {loftq_bits: 4, loftq_iter: 1}",
    effect: effect(
      "the 16-bit base is loaded",
      "minutes before the first step",
      "recovers part of what quantisation loses",
    ),
  },
  modules_to_save: {
    sentence: "Layers trained whole beside the adapters: embed_tokens, lm_head.",
    more: "For new words, a new language or continued pretraining. Unsloth takes these two only.",
    becomes: peft("modules_to_save"),
    example: "modules_to_save: [embed_tokens, lm_head]",
    effect: effect(
      "a full copy with gradient and optimiser each: 1 to 6 GB for large vocabularies",
      "slower",
      "needed for new tokens; use a lower embedding_learning_rate",
    ),
  },
  layers_to_transform: {
    sentence: "Numbers of the layers that get adapters; all when left out.",
    becomes: peft("layers_to_transform"),
    example: "layers_to_transform: [24, 25, 26, 27]",
    effect: effect("less in proportion", "slightly faster", "less capacity"),
  },
  layers_pattern: {
    sentence: "Name of the list that layers_to_transform counts in.",
    becomes: peft("layers_pattern"),
    example: "layers_pattern: layers",
    effect: NO_EFFECT,
  },
  finetune_last_n_layers: {
    sentence: "Adapters on the last layers only, this many.",
    becomes: peft("finetune_last_n_layers"),
    example: "finetune_last_n_layers: 8",
    effect: effect("less in proportion", "slightly faster", "less capacity"),
  },
  target_parameters: {
    sentence: "Parameters (not layers) that get adapters: the experts of a mixture.",
    becomes: peft("target_parameters"),
    example: "target_parameters: [mlp.experts.gate_up_proj, mlp.experts.down_proj]",
    effect: effect("experts multiply the adapter by their number", "slower", "lets the experts learn"),
  },
  random_state: {
    sentence: "Seed of the adapters' start.",
    becomes: peft("random_state"),
    example: "random_state: 3407",
    effect: NO_EFFECT,
  },
};
