"""The model that the plan asks for, loaded by Unsloth and made trainable."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .embedded_model import ensure_embedded
from .environment import cpu_has_bf16, on_gpu
from .events import Events
from .plan import Plan
from .refusal import Refusal


@dataclass
class Loaded:
    model: Any
    tokenizer: Any
    source: str
    """Hub id or absolute folder that was loaded."""
    adapter: bool
    """The source was an adapter that is trained on."""


def source_of(plan: Plan, inputs: dict[str, Path]) -> str:
    """What `from_pretrained` gets. A relative path would look like a Hub id, so folders are absolute."""
    if plan.model.embedded is not None:
        return str(ensure_embedded())
    if plan.model.input is not None:
        return str(inputs[plan.model.input].resolve())
    return plan.model.name


def compute_dtype(plan: Plan, events: Events) -> Any:
    """torch dtype, or None where Unsloth chooses by the GPU."""
    import torch

    asked = plan.model.dtype
    if on_gpu():
        return None if asked == "auto" else getattr(torch, asked)
    if asked == "auto":
        return torch.bfloat16 if cpu_has_bf16() else torch.float32
    if asked == "float16":
        events.warn("cpu-float16", "float16 does not train on a CPU; float32 is used.", "model.dtype")
        return torch.float32
    if asked == "bfloat16" and not cpu_has_bf16():
        events.warn(
            "cpu-bfloat16-slow",
            "This CPU has no bfloat16 arithmetic: it is emulated and about 27 times slower.",
            "model.dtype",
            "set model.dtype to auto or float32",
        )
    return getattr(torch, asked)


def load(plan: Plan, inputs: dict[str, Path], events: Events) -> Loaded:
    """Base model (or adapter) and tokenizer. Call after `import unsloth`."""
    from unsloth import FastLanguageModel

    model = plan.model
    four, eight = model.load_in_4bit, model.load_in_8bit
    if not on_gpu() and (four or eight):
        bits = "4-bit" if four else "8-bit"
        events.warn(
            "cpu-no-quantization",
            f"{bits} loading needs a GPU; on this CPU the weights are loaded in full.",
            "model.load_in_4bit" if four else "model.load_in_8bit",
        )
        four = eight = False
    source = source_of(plan, inputs)
    optional: dict[str, Any] = {}
    if model.attn_implementation is not None:
        optional["attn_implementation"] = model.attn_implementation
    if model.rope_scaling is not None:
        optional["rope_scaling"] = model.rope_scaling
    if on_gpu():
        optional["offload_embedding"] = model.offload_embedding
        optional["use_exact_model_name"] = model.use_exact_model_name
        if plan.compute["local"]["strategy"] == "balanced":
            optional["device_map"] = "unsloth_balanced"
    loaded, tokenizer = FastLanguageModel.from_pretrained(
        model_name=source,
        max_seq_length=model.max_seq_length,
        dtype=compute_dtype(plan, events),
        load_in_4bit=four,
        load_in_8bit=eight,
        load_in_16bit=model.load_in_16bit or not (four or eight or model.full_finetuning),
        full_finetuning=model.full_finetuning,
        revision=model.revision,
        trust_remote_code=model.trust_remote_code,
        use_gradient_checkpointing=model.use_gradient_checkpointing,
        **optional,
    )
    tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return Loaded(loaded, tokenizer, source, is_adapter(Path(source)))


def is_adapter(folder: Path) -> bool:
    return (folder / "adapter_config.json").is_file()


def add_lora(plan: Plan, loaded: Loaded, events: Events) -> None:
    """Put new LoRA layers on the model, or keep those of the adapter that was loaded."""
    from unsloth import FastLanguageModel

    if plan.lora is None:
        if loaded.adapter and plan.model.full_finetuning:
            raise Refusal(
                "adapter-full",
                f"{plan.model.name} is an adapter: merge it before full fine-tuning, or add a lora section",
                "model.full_finetuning",
            )
        return
    if loaded.adapter and plan.model.adapter_mode == "merge_then_new":
        loaded.model = loaded.model.merge_and_unload()
    elif loaded.adapter:
        check_same_lora(plan, loaded.model)
        return
    arguments = lora_arguments(plan)
    count = arguments.pop("finetune_last_n_layers", None)
    if count is not None and on_gpu():
        arguments["finetune_last_n_layers"] = count
    elif count is not None:
        arguments["layers_to_transform"] = last_layers(loaded.model, count)
    loaded.model = FastLanguageModel.get_peft_model(loaded.model, **arguments)


def lora_arguments(plan: Plan) -> dict[str, Any]:
    """The arguments of `get_peft_model`."""
    lora = plan.lora
    assert lora is not None
    # Only what was asked for: some of these exist on one of Unsloth's two loading paths alone.
    optional = {
        "loftq_config": lora.loftq_config,
        "modules_to_save": lora.modules_to_save,
        "layers_to_transform": lora.layers_to_transform,
        "layers_pattern": lora.layers_pattern,
        "finetune_last_n_layers": lora.finetune_last_n_layers,
        "target_parameters": lora.target_parameters,
        "use_dora": lora.use_dora or None,
    }
    return {
        "r": lora.r,
        "target_modules": lora.target_modules,
        "lora_alpha": lora.lora_alpha,
        "lora_dropout": lora.lora_dropout,
        "bias": lora.bias,
        "use_gradient_checkpointing": plan.model.use_gradient_checkpointing,
        "random_state": lora.random_state,
        "max_seq_length": plan.model.max_seq_length,
        "use_rslora": lora.use_rslora,
        "init_lora_weights": lora.init_lora_weights,
        **{name: value for name, value in optional.items() if value is not None},
    }


def last_layers(model, count: int) -> list[int]:
    total = model.config.num_hidden_layers
    return list(range(max(0, total - count), total))


def check_same_lora(plan: Plan, model) -> None:
    """An adapter is continued as it is: other values in the config would silently not hold."""
    config = model.peft_config[model.active_adapter]
    lora = plan.lora
    assert lora is not None
    for name in ("r", "lora_alpha"):
        have, want = getattr(config, name), getattr(lora, name)
        if have != want:
            raise Refusal(
                "adapter-lora-differs",
                f"the adapter {plan.model.name} has {name} {have}, the config says {want}: "
                "remove the lora section, or set model.adapter_mode to merge_then_new",
                f"lora.{name}",
            )


def trainable(model) -> tuple[int, int]:
    """(all, trainable) parameters; 4-bit weights are counted as what they stand for."""
    total = learn = 0
    for parameter in model.parameters():
        count = parameter.numel()
        if type(parameter).__name__ == "Params4bit":
            state = getattr(parameter, "quant_state", None)
            count = state.shape.numel() if state is not None else count * 2
        total += count
        learn += count if parameter.requires_grad else 0
    return total, learn


def quantization(model) -> str:
    """What the weights really are, by looking at them."""
    kinds = {type(module).__name__ for module in model.modules()}
    if "Linear4bit" in kinds:
        return "nf4"
    if "Linear8bitLt" in kinds:
        return "int8"
    return "none"


def attention(model) -> dict[str, str]:
    """The attention back-end that runs, and why."""
    name = str(getattr(model.config, "_attn_implementation", None) or "unknown")
    if not on_gpu():
        return {"backend": name, "why": "PyTorch attention on the CPU"}
    from importlib.util import find_spec

    found = [package for package in ("flash_attn", "xformers") if find_spec(package) is not None]
    why = f"installed: {', '.join(found)}" if found else "neither flash-attn nor xformers is installed"
    return {"backend": name, "why": why}


def describe(model, args) -> dict[str, Any]:
    """The fields of the `model` event."""
    total, learn = trainable(model)
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    return {
        "class": type(inner).__name__,
        "parameters": total,
        "trainable_parameters": learn,
        "quantization": quantization(model),
        "dtype": str(getattr(inner, "dtype", "unknown")).removeprefix("torch."),
        "packing": bool(getattr(args, "packing", False)),
        "padding_free": bool(getattr(args, "padding_free", False)),
        "attention": attention(inner),
    }
