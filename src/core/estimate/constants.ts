/**
 * Every number of the memory model that is not arithmetic, with where it comes from. Bytes unless named.
 *
 * measured: our own runs on one H200 and one H100 (torch 2.11.0+cu130, transformers 5.17, unsloth and
 * unsloth_zoo 2026.10.9, trl 1.13.0, bitsandbytes 0.50.2). layout: follows from the file or tensor layout.
 * source: read in those versions' source. fitted: chosen so that the measured runs agree.
 * published: printed by others. assumed: nobody measured it; the band says so.
 */
export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

/** Changes with every change of a number here or of a formula. */
export const MODEL_VERSION = "2026.11-1";
/** The libraries the figures hold for. */
export const LIBRARY_VERSION = "unsloth 2026.10.9, torch 2.11";

export const WEIGHTS = {
  /** layout: half a byte, one absmax byte a 64 block, four bytes a 256 of those. */
  nf4BytesPerWeight: 1 / 2 + 1 / 64 + 4 / (64 * 256),
  /** layout: code book and nested statistics of a quantised tensor. */
  nf4BytesPerTensor: 2048,
  /** layout: int8 weight, one fp32 scale an output row. */
  int8BytesPerRow: 4,
} as const;

export const OPTIMISER = {
  /** layout: two int8 states, one fp32 scale a block of 256 for each. */
  blockwise8bit: 2 + 8 / 256,
  /** source: bitsandbytes keeps smaller tensors in fp32. */
  blockwiseMinimum: 4096,
} as const;

export const CUBLAS_WORKSPACE = {
  /** measured: 32 MiB, taken by the forward and again by the backward thread. */
  hopper: 32 * MIB,
  /** published: before Hopper. */
  earlier: 8.125 * MIB,
} as const;

export const OFFLOAD = {
  /** source: below this sequence length "unsloth" checkpointing becomes the plain one. */
  minimumSequence: 512,
  /** source: smaller layer inputs stay on the GPU. */
  minimumInput: 2 * MIB,
} as const;

/** measured: cuDNN attention pads each sequence up to the next multiple (a full one at an exact multiple). */
export const CUDNN_BLOCK = 128;

/** fitted: MLP live set on compiled blocks, in tokens × width × element size. */
export const COMPILED_MLP = { qlora: 4.5, other: 5, gemma3: 6, int8: 6 } as const;

/** fitted: the embedding gradient's phase of full fine-tuning. */
export const TAIL_EXTRA = 20 * MIB;

export const LOSS = {
  /** source: the row-chunk rule of the fused linear cross-entropy. */
  rowsMinimum: 512,
  rowsMaximum: 4096,
  referenceVocabulary: 151_936,
  rowBytesLimit: 2 * GIB,
  /** measured: bytes a logit really costs. */
  bytesPerLogit: 4,
  bytesPerRowHidden: 8,
  /** source: the tiled form: frozen head, larger vocabulary, Ampere or later. */
  tile: 16_384,
  tileVocabulary: 32_768,
  tileCapability: 8,
  tileRows: 4096,
  /** source: smaller cards tile whatever the batch. */
  tileAlwaysBelow: 24.5 * GIB,
  /** source: the older loss assumes this many bytes a logit when it counts its chunks. */
  olderBytesPerLogit: 16,
  olderRoom: 4 * GIB,
} as const;

/** fitted: reserved minus allocated. */
export const FRAGMENTATION = {
  base: 75 * MIB,
  share: 0.03,
  shareLimit: 150 * MIB,
  nf4Share: 0.006,
} as const;

/** What a process holds outside the allocator. */
export const CONTEXT = {
  /** measured (H100, H200): after CUDA start and imports. */
  hopper: 718 * MIB,
  /** published: RTX 6000 Ada with CUDA 13. */
  ada: 426 * MIB,
  /** published: RTX 5060 Ti, 314 to 334 MiB. */
  consumerBlackwell: 324 * MIB,
  /** assumed: between the two. */
  other: 570 * MIB,
  /** fitted: libraries loaded by the first step, pinned buffers, int8 kernels, compiled Gemma 3 blocks. */
  firstStep: 40 * MIB,
  offload: 70 * MIB,
  int8: 50 * MIB,
  gemma3: 230 * MIB,
  /** measured on 2 × H100: NCCL, and what the first GPU pays for each further rank. */
  nccl: 780 * MIB,
  furtherRank: 0.7 * GIB,
} as const;

/** What PyTorch sees of the driver's total where nobody printed it: median of the known cards. */
export const USABLE_SHARE = 0.983;

export const BAND = {
  /** measured: fresh runs predicted before measuring. */
  base: 150 * MIB,
  adapters: 0.02,
  full: 0.04,
  /** assumed: context of a card that nobody measured. */
  context: 150 * MIB,
} as const;

/** Upward widening, as a share of the used memory, of what is not measured or not modelled. */
export const WIDEN = {
  /** published: notebook runs on T4, L4 and A100 reserved 2 to 29 % more, median 13 %, on older versions. */
  otherCard: 0.06,
  windows: 0.05,
  fp32Family: 0.08,
  dynamicRepository: 0.06,
  gemma3: 0.08,
  hybrid: 0.13,
  gemma2: 0.05,
  otherFamily: 0.05,
  experts: 0.2,
  tower: 0.1,
  /** measured, one point each: DoRA used 40 to 60 % more, dropout is modelled from one run. */
  dora: 0.6,
  dropout: 0.03,
  trainedEmbedding: 0.04,
  reference: 0.05,
  grpo: 0.6,
  balanced: 0.1,
  ddpOther: 0.1,
  fp32Activations: 0.1,
} as const;
