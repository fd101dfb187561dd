"""Tokens that one call takes beside the paper, per form and way of asking: before (version 1) and after (version 2).

python bench/speed/prompt_tokens.py [PAPER_TOKENS]

All that the model reads is counted, the schema that goes along included, with the tokens estimated as everywhere here;
the share is that of a call about a paper of PAPER_TOKENS (default 10,000).
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import sys

from peerassay.data.papers.tokens import estimate_tokens
from peerassay.data.records import Paper
from peerassay.llm.anthropic_provider import AnthropicProvider
from peerassay.llm.messages import ContentPart, Message
from peerassay.llm.openai_provider import OpenAIProvider
from peerassay.llm.tokens import sent_text
from peerassay.reviewer.forms.form import form_names, load_form
from peerassay.reviewer.prompts.builder import Prompts

WAYS = (
    ("OpenAI, schema", OpenAIProvider, frozenset[str]()),
    ("OpenAI, JSON in text", OpenAIProvider, frozenset({"no schema"})),
    ("Anthropic, schema", AnthropicProvider, frozenset[str]()),
    ("Anthropic, tool", AnthropicProvider, frozenset({"no schema"})),
    ("Anthropic, JSON in text", AnthropicProvider, frozenset({"no schema", "no tool"})),
)


def main(paper_tokens: str = "10000") -> None:
    """Print the table."""
    whole = int(paper_tokens)
    print(f"{'form':12}{'asked by':26}{'before':>8}{'after':>8}{'saved':>7}  share of a call about {whole:,} tokens")
    for name in form_names():
        if not name.endswith("-v2"):
            continue
        for way, provider, quirks in WAYS:
            before, after = (
                beside_paper(form, provider("m", base_url="", key="", key_name=""), quirks)
                for form in (name.removesuffix("-v2"), name)
            )
            shares = f"{before / (before + whole):.1%} -> {after / (after + whole):.1%}"
            print(f"{name:12}{way:26}{before:8,}{after:8,}{1 - after / before:7.0%}  {shares}")


def beside_paper(form: str, provider: OpenAIProvider | AnthropicProvider, quirks: frozenset[str]) -> int:
    """Tokens of a call that are not the paper's."""
    prompts = Prompts(load_form(form))
    words = f"{prompts.paper(Paper(id='p', text='.'))}\n\n{prompts.review()}"
    request = prompts.request((Message(role="user", parts=(ContentPart(text=words),)),))
    return estimate_tokens(sent_text(provider.body(request, quirks)))


if __name__ == "__main__":
    main(*sys.argv[1:])
