"""Which way a metric is better: as a person or a file says, else by its name where that leaves no doubt."""

from __future__ import annotations

import re
from typing import Literal, get_args

from ..latex.words import capital

Better = Literal["lower", "higher"]
BETTER: tuple[Better, ...] = get_args(Better)
HIGHER = {
    "accuracy", "acc", "top1", "top5", "f1", "f1score", "auc", "auroc", "auprc", "rocauc", "precision", "recall", "map",
    "ap", "iou", "miou", "dice", "bleu", "rouge", "rouge1", "rouge2", "rougel", "meteor", "psnr", "ssim", "r2",
    "reward", "return", "winrate", "success", "successrate", "ndcg", "mrr", "mcc", "kappa", "passrate", "em",
    "exactmatch",
}  # fmt: skip
LOWER = {
    "loss", "error", "err", "errorrate", "mse", "rmse", "mae", "mape", "nll", "ppl", "perplexity", "kl",
    "kldivergence", "divergence", "bpc", "bpb", "fid", "wer", "cer", "ter", "ece", "brier", "brierscore", "regret",
    "rmsle", "logloss", "crossentropy", "fpr", "fnr", "mpjpe", "lpips",
}  # fmt: skip
TIMES = re.compile(r"(?:.*[_ /-])?(?:time|seconds?|secs?|latency|runtime|duration|wall_?clock|hours?|ms)", re.I)
OF_WHAT = {"test", "val", "valid", "validation", "eval", "train", "training", "dev", "final", "best", "mean", "avg",
           "macro", "micro", "weighted", "score", "pct", "percent", "top", "balanced", "raw", "total"}  # fmt: skip
TURNED = {"neg", "negative", "minus", "inverse", "drop", "delta", "diff", "difference", "gap", "change", "std",
          "stderr", "var", "variance", "not", "number", "num", "count", "per", "ratio"}  # fmt: skip
"""Words with which a known name no longer says which way is better."""

SHORT = {"kl", "auc", "auroc", "auprc", "mse", "rmse", "mae", "mape", "fid", "wer", "cer", "nll", "bleu", "iou", "miou",
         "map", "psnr", "ssim", "ece", "mcc", "f1", "ndcg", "mrr"}  # fmt: skip
"""Names that are written in capitals."""


def label_of(metric: str) -> str:
    """What a metric is called in text: "test_mse" is "Test MSE"."""
    words = [word.upper() if word in SHORT else word for word in metric.replace("_", " ").split()]
    return capital(" ".join(words))


def is_time(metric: str) -> bool:
    """Whether a metric is a time, which is reported and not tested."""
    return TIMES.fullmatch(metric.strip()) is not None


def by_name(metric: str) -> Better | None:
    """The direction that the metric's name says; None where it does not, or says both."""
    if is_time(metric):
        return "lower"
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", metric.partition("(")[0])
    words = [word for word in re.split(r"[^A-Za-z0-9]+", spaced.lower()) if word]
    if TURNED & set(words):
        return None
    joined = "".join(words)
    kept = [word for word in words if word not in OF_WHAT and not re.fullmatch(r"\d+", word)]
    last = "".join(kept)
    names = {joined, last, *kept[-1:]}
    found: set[Better] = {*(("higher",) if names & HIGHER else ()), *(("lower",) if names & LOWER else ())}
    return found.pop() if len(found) == 1 else None
