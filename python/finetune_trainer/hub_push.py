"""Uploads to the Hub: whether they can succeed is found out before the training, the card tells nothing of the data."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .events import Events
from .files import bytes_of
from .plan import Plan, Save
from .refusal import Refusal
from .save_record import about

TOKEN = "HF_TOKEN"
PATH = "save.push_to_hub"
OURS = "finetune.json"
# What a repository holds from the moment it is made.
EMPTY = frozenset({".gitattributes", "README.md"})


def hub_api() -> Any:
    """The token comes by the environment alone. Raises Refusal."""
    token = os.environ.get(TOKEN)
    if not token:
        raise Refusal(
            "hub-token-missing",
            f"an upload to the Hub needs a token, and {TOKEN} is not set for this run",
            PATH,
            f"set {TOKEN} where the run is started (the editor hands on its secret storage), or remove push_to_hub",
        )
    from huggingface_hub import HfApi, constants

    if constants.HF_HUB_OFFLINE:
        raise Refusal(
            "hub-offline",
            "an upload to the Hub was asked for, but HF_HUB_OFFLINE says that this machine has no network",
            PATH,
            "unset HF_HUB_OFFLINE, or remove push_to_hub and upload the finished folder with `hf upload`",
        )
    return HfApi(endpoint=os.environ.get("HF_ENDPOINT"), token=token)


def preflight(plan: Plan) -> None:
    """Before any GPU is busy: the token may write there, and nothing is overwritten unasked. Raises Refusal."""
    pushed = [item for item in plan.save if item.push_to_hub]
    if not pushed:
        return
    api = hub_api()
    for index, item in enumerate(pushed):
        try:
            check(api, plan, item, first=all(other.push_to_hub != item.push_to_hub for other in pushed[:index]))
        except Refusal:
            raise
        except Exception as error:
            raise failed(item, error) from error


def check(api: Any, plan: Plan, item: Save, first: bool) -> None:
    from huggingface_hub.errors import RepositoryNotFoundError

    repository = str(item.push_to_hub)
    who = api.whoami()
    token = who.get("auth", {}).get("accessToken", {})
    if token.get("role") == "read":
        raise Refusal(
            "hub-token-read-only",
            f"the Hub token {token.get('displayName', '')!r} may only read: {repository} cannot be written",
            PATH,
            "make a token with the role write in the settings of the Hub",
        )
    owner = repository.split("/")[0]
    if owner not in {who["name"], *(group["name"] for group in who.get("orgs", []))}:
        raise Refusal(
            "hub-owner",
            f"the token of {who['name']} does not belong to {owner}, the owner of {repository}",
            PATH,
            f"push to {who['name']}/{repository.split('/')[-1]}, or use a token of {owner}",
        )
    try:
        found = api.model_info(repository)
    except RepositoryNotFoundError:
        return
    if item.private and not found.private:
        raise Refusal(
            "hub-public",
            f"{repository} is there already and is public, but the config wants it private",
            PATH,
            "name another repository, or set private: false",
        )
    files = {sibling.rfilename for sibling in found.siblings or []} - EMPTY
    if first and files and not item.overwrite and not is_ours(api, plan, repository, files):
        raise Refusal(
            "hub-not-empty",
            f"{repository} holds {len(files)} files already ({sorted(files)[0]}, …)",
            PATH,
            "name a new repository, or set overwrite: true beside push_to_hub",
        )


def is_ours(api: Any, plan: Plan, repository: str, files: set[str]) -> bool:
    """Whether an earlier attempt of this very plan has put them there."""
    if OURS not in files:
        return False
    text = Path(api.hf_hub_download(repository, OURS)).read_text(encoding="utf-8")
    return json.loads(text).get("plan_id") == plan.plan_id


def push(run: Path, plan: Plan, item: Save, folder: Path, events: Events) -> None:
    """Uploads `folder`, and says where it is now. Raises Refusal."""
    api = hub_api()
    repository = str(item.push_to_hub)
    with events.phase("export", f"upload to {repository}", can_stop=False):
        try:
            url = upload(api, plan, item, repository, folder)
        except Exception as error:
            raise failed(item, error) from error
    relative = folder.relative_to(run).as_posix()
    events.emit("artifact", kind=item.method, path=relative, bytes=bytes_of(folder), url=str(url))


def upload(api: Any, plan: Plan, item: Save, repository: str, folder: Path) -> Any:
    from huggingface_hub import CommitOperationAdd

    url = api.create_repo(repository, private=item.private, exist_ok=True)
    own = [OURS, "README.md"]
    api.upload_folder(
        repo_id=repository, folder_path=folder, ignore_patterns=own, commit_message=f"{plan.name}: {item.method}"
    )
    texts = {OURS: json.dumps(about(plan, base_of(plan)), indent=2), "README.md": card(plan, item)}
    api.create_commit(
        repository,
        [CommitOperationAdd(name, text.encode()) for name, text in texts.items()],
        commit_message=f"{plan.name}: card",
    )
    return url


def base_of(plan: Plan) -> str:
    """The id on the Hub; of a folder of this machine only its name."""
    return plan.model.name if plan.model.input is None else Path(plan.model.name).name


def card(plan: Plan, item: Save) -> str:
    """What it is and what made it: no rows, no paths, no prompts."""
    training, model = plan.training, plan.model
    head = ["---"]
    if plan.model.input is None:
        head.append(f"base_model: {plan.model.name}")
    head += ["library_name: " + ("gguf" if item.method == "gguf" else "transformers"), "tags:", "- unsloth", "---"]
    kind = "full fine-tuning" if plan.lora is None else f"LoRA, r {plan.lora.r}, alpha {plan.lora.lora_alpha:g}"
    length = f"{training.max_steps} steps" if training.max_steps else f"{training.num_train_epochs:g} epochs"
    rows = [
        ("base model", base_of(plan)),
        ("method", f"{training.method}, {kind}"),
        ("length", length),
        ("learning rate", f"{training.learning_rate:g}"),
        ("batch", str(training.per_device_train_batch_size * training.gradient_accumulation_steps)),
        ("longest sequence", f"{model.max_seq_length} tokens"),
        ("files", item.method + (f" ({', '.join(item.quantization_method)})" if item.quantization_method else "")),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in [("", ""), ("---", "---"), *rows])
    return "\n".join(head) + f"\n\n# {plan.name}\n\nFine-tuned with Unsloth.\n\n{table}\n"


def failed(item: Save, error: Exception) -> Refusal:
    """One sentence for what the Hub or the network said."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if status == 401:
        return Refusal("hub-token-invalid", f"the Hub does not accept the token of {TOKEN}", PATH, "store a new token")
    if status == 403:
        hint = "give the token the right to write to this repository"
        return Refusal("hub-forbidden", f"the token may not write to {item.push_to_hub}", PATH, hint)
    if status is None:
        hint = "try `finetune export` again later, or upload the finished folder with `hf upload`"
        return Refusal("hub-unreachable", f"the Hub cannot be reached: {said}", PATH, hint)
    return Refusal("hub-upload", f"the Hub refused {item.push_to_hub} ({status}): {said}", PATH, None)
