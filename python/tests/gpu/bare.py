"""What a person would write by hand: the same training as a short script, with Unsloth or without.

    python bare.py unsloth|plain MODEL ROWS.jsonl OUT.json STEPS BATCH LENGTH 4bit|16bit

Writes {"began": …, "steps": [Unix time at each optimiser step's end]}.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

BEGAN = time.time()
KIND, MODEL, ROWS, OUT, STEPS, BATCH, LENGTH, BITS = sys.argv[1:]
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def load_unsloth():
    from unsloth import FastLanguageModel

    model, tokenizer = FastLanguageModel.from_pretrained(
        MODEL, max_seq_length=int(LENGTH), load_in_4bit=BITS == "4bit", load_in_16bit=BITS != "4bit"
    )
    model = FastLanguageModel.get_peft_model(
        model, r=16, lora_alpha=16, target_modules=TARGETS, use_gradient_checkpointing="unsloth", random_state=3407
    )
    return model, tokenizer, None


def load_plain():
    import torch
    from peft import LoraConfig, prepare_model_for_kbit_training
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

    quantization = None
    if BITS == "4bit":
        quantization = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.bfloat16,
        )
    model = AutoModelForCausalLM.from_pretrained(
        MODEL, quantization_config=quantization, dtype=torch.bfloat16, device_map={"": 0}
    )
    if quantization is not None:
        model = prepare_model_for_kbit_training(model)
    lora = LoraConfig(r=16, lora_alpha=16, target_modules=TARGETS, task_type="CAUSAL_LM")
    return model, AutoTokenizer.from_pretrained(MODEL), lora


def main() -> None:
    model, tokenizer, lora = load_unsloth() if KIND == "unsloth" else load_plain()
    from datasets import load_dataset
    from transformers import TrainerCallback
    from trl import SFTConfig, SFTTrainer

    times: list[float] = []

    class Watch(TrainerCallback):
        def on_step_end(self, *_args, **_kwargs):
            times.append(time.time())

    rows = load_dataset("json", data_files=ROWS, split="train")
    trainer = SFTTrainer(
        model=model,
        processing_class=tokenizer,
        train_dataset=rows,
        callbacks=[Watch()],
        **({} if lora is None else {"peft_config": lora}),
        args=SFTConfig(
            output_dir="bare-output",
            per_device_train_batch_size=int(BATCH),
            gradient_accumulation_steps=1,
            max_steps=int(STEPS),
            learning_rate=2e-4,
            warmup_steps=5,
            optim="adamw_8bit",
            weight_decay=0.01,
            lr_scheduler_type="linear",
            seed=3407,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            max_length=int(LENGTH),
            dataset_text_field="text",
            **({} if KIND == "unsloth" else {"bf16": True, "gradient_checkpointing": True}),
        ),
    )
    trainer.train()
    Path(OUT).write_text(json.dumps({"began": BEGAN, "steps": times}), encoding="utf-8")


if __name__ == "__main__":
    main()
