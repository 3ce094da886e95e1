"""Every argument of the trainer, written out: TRL's and Unsloth's defaults differ, and by version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .environment import on_gpu
from .plan import Plan
from .refusal import Refusal

# A rank that fails is seen by its supervisor within a second: this is only for one that hangs.
DDP_TIMEOUT_S = 7200


def precision(plan: Plan, model) -> dict[str, bool]:
    """bf16 and fp16 by what the weights are computed in, unless the plan says so."""
    import torch

    training = plan.training
    dtype = getattr(model, "dtype", torch.float32)
    bf16 = dtype == torch.bfloat16 if training.bf16 == "auto" else bool(training.bf16)
    fp16 = dtype == torch.float16 if training.fp16 == "auto" else bool(training.fp16)
    return {"bf16": bf16, "fp16": fp16 and not bf16}


def common(plan: Plan, model, output: Path, evaluates: bool) -> dict[str, Any]:
    """The arguments that every method has."""
    training = plan.training
    checkpointing = plan.model.use_gradient_checkpointing is not False
    return {
        "output_dir": str(output),
        "per_device_train_batch_size": training.per_device_train_batch_size,
        "per_device_eval_batch_size": training.per_device_eval_batch_size,
        "gradient_accumulation_steps": training.gradient_accumulation_steps,
        "num_train_epochs": training.num_train_epochs or 1.0,
        "max_steps": training.max_steps or -1,
        "learning_rate": training.learning_rate,
        "lr_scheduler_type": training.lr_scheduler_type,
        "lr_scheduler_kwargs": training.lr_scheduler_kwargs or {},
        "warmup_steps": training.warmup_steps,
        "optim": training.optim,
        "weight_decay": training.weight_decay,
        "adam_beta1": training.adam_beta1,
        "adam_beta2": training.adam_beta2,
        "adam_epsilon": training.adam_epsilon,
        "max_grad_norm": training.max_grad_norm,
        "seed": training.seed,
        "data_seed": training.seed,
        "logging_strategy": "steps",
        "logging_steps": training.logging_steps,
        "logging_first_step": False,
        "logging_nan_inf_filter": False,
        "eval_strategy": training.eval_strategy if evaluates else "no",
        "eval_steps": training.eval_steps if training.eval_strategy == "steps" else None,
        "eval_on_start": training.eval_on_start and evaluates,
        # Saving, pruning and the best model are decided by the callback: checkpoints must be whole first.
        "save_strategy": "no",
        "save_total_limit": None,
        "save_only_model": training.save_only_model,
        "load_best_model_at_end": False,
        "report_to": training.report_to or "none",
        "disable_tqdm": True,
        "dataloader_num_workers": 0,
        "dataloader_drop_last": False,
        "dataloader_pin_memory": on_gpu(),
        "train_sampling_strategy": "random" if all(s.shuffle for s in plan.dataset) else "sequential",
        "remove_unused_columns": False,
        "gradient_checkpointing": checkpointing,
        "gradient_checkpointing_kwargs": {"use_reentrant": False} if checkpointing and not on_gpu() else None,
        "average_tokens_across_devices": True,
        # With checkpointing DDP must not search for unused weights; only experts may go without a gradient.
        "ddp_find_unused_parameters": is_moe(model),
        "ddp_timeout": DDP_TIMEOUT_S,
        "include_num_input_tokens_seen": "no",
        "full_determinism": False,
        "use_cpu": not on_gpu(),
        "torch_empty_cache_steps": 250 if on_gpu() else None,
        "push_to_hub": False,
        **precision(plan, model),
    }


def sft_arguments(plan: Plan, model, output: Path, evaluates: bool):
    """SFTConfig, or Unsloth's own when it is needed for a second learning rate."""
    from trl import SFTConfig
    from unsloth import UnslothTrainingArguments

    training = plan.training
    own = {}
    cls = SFTConfig
    if training.embedding_learning_rate is not None:
        own["embedding_learning_rate"] = training.embedding_learning_rate
    if training.loraplus_lr_ratio is not None:
        own["loraplus_lr_ratio"] = training.loraplus_lr_ratio
    if own:
        cls = UnslothTrainingArguments
    packing = training.packing and on_gpu()
    padding_free = None if training.padding_free == "auto" else bool(training.padding_free)
    return cls(
        **common(plan, model, output, evaluates),
        **own,
        neftune_noise_alpha=training.neftune_noise_alpha,
        # Rows are tokenised by us; the trainer must neither add nor cut anything.
        dataset_kwargs={"skip_prepare_dataset": True},
        dataset_text_field="text",
        dataset_num_proc=None,  # the rows are tokenised already
        max_length=plan.model.max_seq_length,
        shuffle_dataset=False,
        packing=packing,
        packing_strategy=training.packing_strategy,
        eval_packing=False if training.eval_packing is None else training.eval_packing and packing,
        padding_free=padding_free if on_gpu() else False,
        completion_only_loss=False,
        assistant_only_loss=False,
        loss_type="nll",
        activation_offloading=False,
        **({"router_aux_loss_coef": 0.001} if is_moe(model) else {}),
    )


def method_arguments(plan: Plan, config_class: type, section: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """The method's own section of the plan: every key is an argument of its config. Raises Refusal."""
    from dataclasses import fields

    names = {field.name for field in fields(config_class)}
    for key in section:
        if key not in names:
            raise Refusal(
                "method-argument-unknown",
                f"training.{plan.training.method}.{key} is no argument of this version's {config_class.__name__}",
                f"training.{plan.training.method}.{key}",
            )
    return {**known, **section}


def is_moe(model) -> bool:
    config = getattr(model, "config", None)
    return any(getattr(config, name, None) for name in ("num_local_experts", "num_experts", "n_routed_experts"))
