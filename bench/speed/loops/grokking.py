"""Updates per second of the grokking template, beside a loop in the usual style, and what both reach.

python bench/speed/loops/grokking.py [OPERATION] [STEPS] [SEEDS]     (default: x_plus_y 600 3)

The usual style trains one model at a time: a dataset object that makes one example per call, a DataLoader that stacks
them, `nn.MultiheadAttention` over all places of the sequence with a mask that is built anew, AdamW as it comes.
Model, sizes and settings are the same as the template's preset `cpu`; both are examined at the same steps by the
template's own examination. One thread each; one update of one seed counts as one.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "generator" / "templates" / "grokking"))
import experiment
from evaluation import Exam, aggregate, summarise

REPORTED = ("step_train_acc_99", "step_val_acc_99", "max_val_acc", "final_train_loss", "final_val_loss")


class Examples(IterableDataset):
    """Endless random examples, made one by one from the training part."""

    def __init__(self, inputs: Tensor, answers: Tensor):
        self.inputs, self.answers = inputs.tolist(), answers.tolist()

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            i = int(torch.randint(len(self.inputs), ()))
            yield torch.tensor(self.inputs[i]), torch.tensor(self.answers[i])


class UsualBlock(nn.Module):
    """The same block from PyTorch's own layers, over all places."""

    def __init__(self, config: experiment.Config):
        super().__init__()
        width = config.width
        self.attention = nn.MultiheadAttention(width, config.heads, batch_first=True)
        self.attention_norm, self.mlp_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        hidden = config.mlp_ratio * width
        self.mlp = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, x: Tensor) -> Tensor:
        """The stream after the block, at all places."""
        mask = torch.full((x.shape[1], x.shape[1]), -torch.inf).triu(1)
        x = self.attention_norm(x + self.attention(x, x, x, attn_mask=mask)[0])
        return self.mlp_norm(x + self.mlp(x))


class UsualTransformer(nn.Module):
    """The same model for one seed: logits at all places."""

    def __init__(self, config: experiment.Config, tokens: int, answers: int):
        super().__init__()
        self.token, self.place = nn.Embedding(tokens, config.width), nn.Embedding(4, config.width)
        for embedding in (self.token, self.place):
            nn.init.normal_(embedding.weight, std=config.embedding_scale)
        blocks = [UsualBlock(config) for _ in range(config.layers)]
        self.body = nn.Sequential(*blocks, nn.LayerNorm(config.width), nn.Linear(config.width, answers))

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits (batch, places, answers)."""
        return self.body(self.token(tokens) + self.place(torch.arange(tokens.shape[1])))


def train_usual(operation: str, config: experiment.Config) -> tuple[list[int], np.ndarray]:
    """Steps and curve (1, examinations, 4) of one seed, trained in the usual style."""
    (seed,) = config.seeds
    torch.manual_seed(seed)
    fraction = config.permutation_train_fraction if operation == "permutation" else config.train_fraction
    exam = Exam(operation, config.seeds, config.modulus, config.letters, fraction, "cpu")
    loader = DataLoader(Examples(exam.train_inputs[0], exam.train_answers[0]), batch_size=config.batch_size)
    model = UsualTransformer(config, exam.tokens, exam.answers)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=config.learning_rate, betas=config.betas, weight_decay=config.weight_decay
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda done: experiment.rate_factor(done + 1, config))
    steps, curve = [], []
    for step, (inputs, answers) in zip(range(1, config.steps + 1), loader, strict=False):
        optimiser.zero_grad()
        nn.CrossEntropyLoss()(model(inputs)[:, -1], answers).backward()
        optimiser.step()
        schedule.step()
        if step % config.eval_every == 0:
            steps.append(step)
            curve.append(exam.grade(lambda tokens: model(tokens[0])[:, -1].unsqueeze(0)))
    return steps, np.stack(curve, axis=1)


def main(operation: str = "x_plus_y", steps: str = "600", seeds: str = "3") -> None:
    """Time both loops and print what they reach."""
    torch.set_num_threads(1)
    config = replace(experiment.Config(), steps=int(steps), cooldown=int(steps) // 3, seeds=tuple(range(int(seeds))))
    wall, processor = time.perf_counter(), time.process_time()
    ours = experiment.train(operation, config, "cpu")
    ours_cost = time.perf_counter() - wall, time.process_time() - processor
    wall, processor = time.perf_counter(), time.process_time()
    singles = [train_usual(operation, replace(config, seeds=(seed,))) for seed in config.seeds]
    usual_cost = time.perf_counter() - wall, time.process_time() - processor
    usual = singles[0][0], np.concatenate([curve for _, curve in singles])
    print(f"\n{operation}, {steps} updates of {seeds} seeds; updates of a seed per second of processor (of wall) time")
    for name, cost, result in (("template", ours_cost, ours), ("usual style", usual_cost, usual)):
        updates = int(steps) * int(seeds)
        info = aggregate(summarise(*result))
        reached = ", ".join(
            f"{key} {info['means'][f'{key}_mean']:.3g} ± {info['stderrs'][f'{key}_stderr']:.2g}" for key in REPORTED
        )
        print(f"{name:12} {updates / cost[1]:7.1f} ({updates / cost[0]:.1f})   {reached}")
    print(f"ratio        {usual_cost[1] / ours_cost[1]:7.2f} ({usual_cost[0] / ours_cost[0]:.2f})")


if __name__ == "__main__":
    main(*sys.argv[1:])
