"""The training methods: which rows each takes, and its trainer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .arguments import common, method_arguments, sft_arguments
from .attempt import Attempt
from .model import Loaded
from .plan import Plan
from .preference_rows import PairRows, PromptRows, RatedRows
from .rewards import reward_functions
from .row_encoder import MakeEncoder
from .sft_rows import SftRows

ENCODERS: dict[str, MakeEncoder] = {
    "sft": SftRows,
    "dpo": PairRows,
    "orpo": PairRows,
    "kto": RatedRows,
    "grpo": PromptRows,
}


def encoder_of(plan: Plan) -> MakeEncoder:
    return ENCODERS[plan.training.method]


@dataclass(frozen=True)
class Parts:
    """What a trainer is put together from."""

    attempt: Attempt
    loaded: Loaded
    train: Any
    evaluation: Any
    output: Path

    @property
    def plan(self) -> Plan:
        return self.attempt.plan

    def shared(self) -> dict[str, Any]:
        """Arguments that every config has."""
        return common(self.plan, self.loaded.model, self.output, self.evaluation is not None)

    def build(self, trainer_class: type, args: Any, callback: Any, **extra: Any) -> Any:
        return trainer_class(
            model=self.loaded.model,
            processing_class=self.loaded.tokenizer,
            args=args,
            train_dataset=self.train,
            eval_dataset=self.evaluation,
            callbacks=[callback],
            **extra,
        )


def make_trainer(parts: Parts, callback: Any) -> Any:
    return {"sft": make_sft, "dpo": make_dpo, "orpo": make_orpo, "kto": make_kto, "grpo": make_grpo}[
        parts.plan.training.method
    ](parts, callback)


def make_sft(parts: Parts, callback: Any) -> Any:
    from trl import SFTTrainer
    from unsloth import UnslothTrainer

    training = parts.plan.training
    args = sft_arguments(parts.plan, parts.loaded.model, parts.output, parts.evaluation is not None)
    for rows in (parts.train, parts.evaluation):
        if rows is not None:
            # Unsloth switches padding-free batches off unless it knows that no row is too long.
            rows._unsloth_truncated_to = parts.plan.model.max_seq_length
    if args.packing:
        from dataclasses import replace

        from trl import pack_dataset

        # The lengths of the rows travel along, so that no row sees another.
        parts = replace(parts, train=pack_dataset(parts.train, args.max_length, args.packing_strategy))
    second_rate = training.embedding_learning_rate is not None or training.loraplus_lr_ratio is not None
    return parts.build(UnslothTrainer if second_rate else SFTTrainer, args, callback)


# Rows are rendered in as many processes as the plan says (workers.py). What is left for TRL is short, and its own
# processes would be forked from this one, which holds CUDA and threads.
IN_THIS_PROCESS = None


def make_dpo(parts: Parts, callback: Any) -> Any:
    from trl import DPOConfig, DPOTrainer

    known = {"max_length": parts.plan.model.max_seq_length, "dataset_num_proc": IN_THIS_PROCESS}
    own = method_arguments(parts.plan, DPOConfig, parts.plan.training.dpo or {}, known)
    return parts.build(DPOTrainer, DPOConfig(**parts.shared(), **own), callback)


def make_kto(parts: Parts, callback: Any) -> Any:
    from trl import KTOConfig, KTOTrainer

    known = {"max_length": parts.plan.model.max_seq_length, "dataset_num_proc": IN_THIS_PROCESS}
    own = method_arguments(parts.plan, KTOConfig, parts.plan.training.kto or {}, known)
    # Its loss needs the order of the rows that it makes itself.
    shared = {name: value for name, value in parts.shared().items() if name != "train_sampling_strategy"}
    return parts.build(KTOTrainer, KTOConfig(**shared, **own), callback)


def make_orpo(parts: Parts, callback: Any) -> Any:
    from trl.experimental.orpo import ORPOConfig, ORPOTrainer

    known = {"max_length": parts.plan.model.max_seq_length, "dataset_num_proc": IN_THIS_PROCESS}
    own = method_arguments(parts.plan, ORPOConfig, parts.plan.training.orpo or {}, known)
    return parts.build(ORPOTrainer, ORPOConfig(**parts.shared(), **own), callback)


def make_grpo(parts: Parts, callback: Any) -> Any:
    from trl import GRPOConfig, GRPOTrainer

    section = dict(parts.plan.training.grpo or {})
    rewards = reward_functions(section.pop("reward_funcs", []), parts.attempt.inputs)
    known = {"use_vllm": False, "shuffle_dataset": all(source.shuffle for source in parts.plan.dataset)}
    own = method_arguments(parts.plan, GRPOConfig, section, known)
    shared = {name: value for name, value in parts.shared().items() if name != "train_sampling_strategy"}
    return parts.build(GRPOTrainer, GRPOConfig(**shared, **own), callback, reward_funcs=rewards)
