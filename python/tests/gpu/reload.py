"""In a clean process with plain transformers and PEFT: every artefact loads, agrees and stops.

python reload.py WORK RUN...
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def check(work: Path, run: Path) -> dict[str, Any]:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    plan = json.loads((run / "plan.json").read_text(encoding="utf-8"))
    base = work / "models" / plan["model"]["name"].removeprefix("./")
    merged = run / "export" / "merged_16bit"
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = AutoTokenizer.from_pretrained(merged)
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": "Hi"}], add_generation_prompt=True, tokenize=False
    )
    ids = torch.tensor([tokenizer(text, add_special_tokens=False)["input_ids"]], device=device)

    def load(path: Path):
        return AutoModelForCausalLM.from_pretrained(path, dtype=torch.bfloat16).to(device).eval()

    with torch.no_grad():
        one = load(merged)
        merged_logits = one(ids).logits.float()
        plain = load(base)
        base_logits = plain(ids).logits.float()
        found: dict[str, Any] = {"run": run.name, "changed_by": float((merged_logits - base_logits).abs().max())}
        if (run / "adapter").exists():
            tuned = PeftModel.from_pretrained(plain, run / "adapter").eval()
            found["merged_against_adapter"] = float((merged_logits - tuned(ids).logits.float()).abs().max())
            config = json.loads((run / "adapter" / "adapter_config.json").read_text(encoding="utf-8"))
            found["base_name"] = config["base_model_name_or_path"]
            found["adapters"] = sorted(p.name for p in (run / "adapter").glob("**/*.safetensors"))
        reply = one.generate(ids, max_new_tokens=8, do_sample=False)
    found["generated"] = int(reply.shape[1] - ids.shape[1])
    stops = one.generation_config.eos_token_id
    found["stops"] = tokenizer.eos_token_id in (stops if isinstance(stops, list) else [stops])
    # 4-bit and 8-bit runs merge into the 16-bit base, which differs from the quantised one by more.
    found["ok"] = found["stops"] and found["changed_by"] > 0 and found.get("merged_against_adapter", 0) < 0.5
    return found


def main() -> None:
    work, results = Path(sys.argv[1]), []
    for run in sys.argv[2:]:
        try:
            results.append(check(work, Path(run)))
        except Exception as error:  # report all of them
            results.append({"run": Path(run).name, "ok": False, "error": repr(error)[:1000]})
    print(json.dumps({"ok": all(r["ok"] for r in results) and bool(results), "runs": results}))


if __name__ == "__main__":
    main()
