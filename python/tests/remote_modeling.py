"""A model type that transformers does not know: what a folder with its own code looks like."""

from transformers import LlamaConfig, LlamaForCausalLM


class ProbeConfig(LlamaConfig):
    model_type = "probe"


class ProbeForCausalLM(LlamaForCausalLM):
    config_class = ProbeConfig
