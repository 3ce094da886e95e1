"""The plan: every value explicit, decoded strictly. This package has no defaults of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


class PlanError(Exception):
    """The plan cannot be read or asks for something that does not exist. The process ends with code 2."""


@dataclass(frozen=True)
class Model:
    name: str
    input: str | None
    embedded: str | None
    revision: str | None
    max_seq_length: int
    dtype: str
    load_in_4bit: bool
    load_in_8bit: bool
    load_in_16bit: bool
    full_finetuning: bool
    use_exact_model_name: bool
    trust_remote_code: bool
    attn_implementation: str | None
    offload_embedding: bool | str
    rope_scaling: dict[str, Any] | None
    use_gradient_checkpointing: bool | str
    adapter_mode: str | None


@dataclass(frozen=True)
class Lora:
    r: int
    lora_alpha: float
    lora_dropout: float
    bias: str
    target_modules: list[str] | str
    use_rslora: bool
    use_dora: bool
    init_lora_weights: bool | str
    loftq_config: dict[str, Any] | None
    modules_to_save: list[str] | None
    layers_to_transform: list[int] | None
    layers_pattern: str | None
    finetune_last_n_layers: int | None
    target_parameters: list[str] | None
    random_state: int


@dataclass(frozen=True)
class Source:
    """One entry of `dataset` or `eval_dataset`."""

    label: str
    input: str | None
    hub: dict[str, Any] | None
    format: str
    columns: dict[str, str]
    prompt_template: str
    chat_template: str | dict[str, str]
    train_on_responses_only: bool | str
    overlength: str
    system_message: str | None
    max_samples: int | None
    shuffle: bool
    weight: float
    dataset_num_proc: int | None


@dataclass(frozen=True)
class Training:
    method: str
    per_device_train_batch_size: int
    per_device_eval_batch_size: int
    gradient_accumulation_steps: int
    num_train_epochs: float | None
    max_steps: int | None
    learning_rate: float
    embedding_learning_rate: float | None
    loraplus_lr_ratio: float | None
    lr_scheduler_type: str
    lr_scheduler_kwargs: dict[str, Any] | None
    warmup_steps: float
    optim: str
    weight_decay: float
    adam_beta1: float
    adam_beta2: float
    adam_epsilon: float
    max_grad_norm: float
    neftune_noise_alpha: float | None
    bf16: bool | str
    fp16: bool | str
    packing: bool
    packing_strategy: str
    eval_packing: bool | None
    padding_free: bool | str
    seed: int
    logging_steps: int
    save_strategy: str
    save_steps: float | None
    save_minutes: float | None
    save_total_limit: int | None
    save_only_model: bool
    eval_strategy: str
    eval_steps: float | None
    eval_on_start: bool
    load_best_model_at_end: bool
    metric_for_best_model: str
    greater_is_better: bool
    early_stopping_patience: int | None
    eval_samples: int
    report_to: list[str]
    dpo: dict[str, Any] | None
    orpo: dict[str, Any] | None
    kto: dict[str, Any] | None
    grpo: dict[str, Any] | None


@dataclass(frozen=True)
class Save:
    method: str
    quantization_method: list[str]
    push_to_hub: str | None
    private: bool
    overwrite: bool


@dataclass(frozen=True)
class Limits:
    deadline_s: float | None
    stall_s: float | None


@dataclass(frozen=True)
class Plan:
    version: int
    plan_id: str
    name: str
    model: Model
    lora: Lora | None
    dataset: list[Source]
    eval_dataset: list[Source] | None
    test_size: float | None
    training: Training
    save: list[Save]
    compute: dict[str, Any]
    limits: Limits
    inputs: dict[str, dict[str, Any]]
    raw: dict[str, Any]
    """The plan as it lies in the file, for comparison when a run is resumed."""


def _build(cls: type, value: Any, path: str) -> Any:
    if not isinstance(value, dict):
        raise PlanError(f"plan.json: {path} must be an object")
    names = {field.name for field in fields(cls)} - {"raw"}
    for missing in sorted(names - value.keys()):
        raise PlanError(f"plan.json: {path}.{missing} is missing; the plan and the trainer are of different versions")
    for unknown in sorted(value.keys() - names):
        raise PlanError(f"plan.json: {path}.{unknown} is unknown to this trainer; the plan is of a newer version")
    return cls(**value)


def _sources(value: list[Any], path: str) -> list[Source]:
    return [_build(Source, item, f"{path}[{index}]") for index, item in enumerate(value)]


def decode(raw: dict[str, Any]) -> Plan:
    """A plan from its JSON object. Raises PlanError that names the key."""
    if raw.get("version") != 1:
        raise PlanError(f"plan.json: version {raw.get('version')!r} is not 1; update the extension or the trainer")
    names = {field.name for field in fields(Plan)} - {"raw"}
    for missing in sorted(names - raw.keys()):
        raise PlanError(f"plan.json: {missing} is missing; the plan and the trainer are of different versions")
    for unknown in sorted(raw.keys() - names):
        raise PlanError(f"plan.json: {unknown} is unknown to this trainer; the plan is of a newer version")
    evals = raw["eval_dataset"]
    return Plan(
        version=1,
        plan_id=raw["plan_id"],
        name=raw["name"],
        model=_build(Model, raw["model"], "model"),
        lora=None if raw["lora"] is None else _build(Lora, raw["lora"], "lora"),
        dataset=_sources(raw["dataset"], "dataset"),
        eval_dataset=None if evals is None else _sources(evals, "eval_dataset"),
        test_size=raw["test_size"],
        training=_build(Training, raw["training"], "training"),
        save=[_build(Save, item, f"save[{index}]") for index, item in enumerate(raw["save"])],
        compute=raw["compute"],
        limits=_build(Limits, raw["limits"], "limits"),
        inputs=raw["inputs"],
        raw=raw,
    )


def read_plan(run: Path) -> tuple[Plan, dict[str, Path]]:
    """`plan.json` and `inputs.json` of a run folder. A path that is not absolute is relative to that folder."""
    try:
        raw = json.loads((run / "plan.json").read_text(encoding="utf-8"))
        paths = json.loads((run / "inputs.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PlanError(f"{error.filename} does not exist: this is not a complete run folder") from error
    except json.JSONDecodeError as error:
        raise PlanError(f"plan.json or inputs.json of {run} is not JSON: {error}") from error
    plan = decode(raw)
    for name in plan.inputs:
        if name not in paths:
            raise PlanError(f"inputs.json has no path for {name!r}")
    return plan, {name: run / path for name, path in paths.items()}
