"""Model folders of real architectures with random weights, each with a tokenizer and template of its family."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "templates"
CORPUS = (
    "system user assistant model tool",
    "In short: yes. Why: it works. Try this: again. Bonjour, où est la gare? Grüße aus Zürich.",
    "What is the capital of France? The capital of France is Paris, and it has two million people.",
    '{"category": "billing", "urgency": "high", "summary": "Charged twice"}',
    "def add(a, b):\n    return a + b\n\nprint(add(1, 2))\n",
)


@dataclass(frozen=True)
class Format:
    """The special tokens of a public chat format."""

    special: tuple[str, ...]
    bos: str | None
    eos: str
    pad: str
    adds_bos: bool
    """The tokenizer itself puts BOS before every text."""


FORMATS = {
    "chatml": Format(("<|endoftext|>", "<|im_start|>", "<|im_end|>"), None, "<|im_end|>", "<|endoftext|>", False),
    "llama-3": Format(
        ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|pad|>"),
        "<|begin_of_text|>",
        "<|eot_id|>",
        "<|pad|>",
        True,
    ),
    "gemma": Format(
        ("<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"),
        "<bos>",
        "<end_of_turn>",
        "<pad>",
        True,
    ),
    "mistral": Format(("<unk>", "<s>", "</s>", "[INST]", "[/INST]", "<pad>"), "<s>", "</s>", "<pad>", True),
}

FAMILIES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "llama": ("LlamaConfig", "llama-3", {}),
    "mistral": ("MistralConfig", "mistral", {"sliding_window": None}),
    "mixtral": ("MixtralConfig", "mistral", {"num_local_experts": 4, "num_experts_per_tok": 2, "sliding_window": None}),
    "qwen2": ("Qwen2Config", "chatml", {}),
    "qwen3": ("Qwen3Config", "chatml", {"head_dim": 64}),
    "gemma3": ("Gemma3TextConfig", "gemma", {"head_dim": 64, "sliding_window": 64, "query_pre_attn_scalar": 64}),
    "gemma2": ("Gemma2Config", "gemma", {"head_dim": 64, "sliding_window": 64, "query_pre_attn_scalar": 64}),
    "phi3": ("Phi3Config", "chatml", {}),
}


def make_tokenizer(name: str, out: Path, vocab_size: int = 640):
    """A byte-level tokenizer in the format `name`, loaded as transformers loads it."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    format_ = FORMATS[name]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=[AddedToken(token, special=True, normalized=False) for token in format_.special],
    )
    tokenizer.train_from_iterator(CORPUS * 4, trainer)
    if format_.adds_bos:
        bos_id = tokenizer.token_to_id(format_.bos)
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{format_.bos} $A", pair=f"{format_.bos} $A $B", special_tokens=[(format_.bos, bos_id)]
        )
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=format_.bos,
        eos_token=format_.eos,
        pad_token=format_.pad,
        additional_special_tokens=[t for t in format_.special if t not in (format_.bos, format_.eos, format_.pad)],
        model_max_length=2048,
        clean_up_tokenization_spaces=False,
    )
    wrapped.chat_template = (TEMPLATES / f"{name}.jinja").read_text(encoding="utf-8").removesuffix("\n")
    wrapped.save_pretrained(out)
    return wrapped


def make_family(family: str, out: Path, hidden: int = 256, layers: int = 4, seed: int = 0) -> Path:
    """A small folder that `from_pretrained` takes for a model of `family`; bfloat16."""
    import torch
    import transformers

    config_name, format_, extra = FAMILIES[family]
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer(format_, out)
    settings = {
        "vocab_size": 1024,
        "hidden_size": hidden,
        "intermediate_size": 2 * hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": hidden // 64,
        "num_key_value_heads": max(1, hidden // 128),
        "max_position_embeddings": 2048,
        "tie_word_embeddings": family.startswith("gemma"),
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        **extra,
    }
    config = getattr(transformers, config_name)(**settings)
    torch.manual_seed(seed)
    model = transformers.AutoModelForCausalLM.from_config(config).to(torch.bfloat16)
    model.save_pretrained(out)
    index = json.loads((out / "config.json").read_text(encoding="utf-8"))
    index["dtype"] = "bfloat16"
    (out / "config.json").write_text(json.dumps(index, indent=2), encoding="utf-8")
    return out


def make_remote(out: Path) -> Path:
    """A folder that carries its own modelling file: it loads only with trust_remote_code."""
    import shutil

    make_family("llama", out)
    shutil.copy(Path(__file__).parent / "remote_modeling.py", out / "modeling_probe.py")
    path = out / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config.update(
        model_type="probe",
        architectures=["ProbeForCausalLM"],
        auto_map={
            "AutoConfig": "modeling_probe.ProbeConfig",
            "AutoModelForCausalLM": "modeling_probe.ProbeForCausalLM",
        },
    )
    path.write_text(json.dumps(config, indent=2), encoding="utf-8")
    return out
