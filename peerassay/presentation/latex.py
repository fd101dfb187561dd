r"""Text from data as LaTeX that compiles and shows that text, in text and (letters and symbols) in mathematics.

What the T1 encoding has stays as it is; Greek and symbols become \ensuremath{...}; other letters lose their accents
or, where nothing is left, become their code in brackets: a reader sees that a character is missing.
"""

from __future__ import annotations

import re
import unicodedata

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "[": "{[}", "]": "{]}", "*": "{*}",
}  # fmt: skip
GREEK = {
    letter: (f"\\{name}" if upper or letter not in "ΑΒΕΖΗΙΚΜΝΟΡΤΧ" else name)
    for upper, names, letters in (
        (True, "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi "
               "chi psi omega varsigma varphi vartheta epsilon", "αβγδεζηθικλμνξπρστυφχψωςϕϑϵ"),
        (False, "A B Gamma Delta E Z H Theta I K Lambda M N Xi O Pi P Sigma T Upsilon Phi X Psi Omega",
                "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"),
    )
    for name, letter in zip(names.split(), letters, strict=True)
} | {"ο": "o", "µ": r"\mu"}  # fmt: skip
SYMBOLS = {
    "≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "≈": r"\approx", "≡": r"\equiv", "∼": r"\sim", "≃": r"\simeq",
    "∝": r"\propto", "≪": r"\ll", "≫": r"\gg", "±": r"\pm", "∓": r"\mp", "×": r"\times", "÷": r"\div", "·": r"\cdot",
    "⋅": r"\cdot", "∗": r"\ast", "∘": r"\circ", "⊙": r"\odot", "⊗": r"\otimes", "⊕": r"\oplus", "−": "-",
    "∞": r"\infty", "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "√": r"\surd",
    "∈": r"\in", "∉": r"\notin", "⊂": r"\subset", "⊆": r"\subseteq", "⊃": r"\supset", "∪": r"\cup",
    "∩": r"\cap", "∅": r"\emptyset", "∀": r"\forall", "∃": r"\exists", "¬": r"\neg", "∧": r"\wedge", "∨": r"\vee",
    "→": r"\rightarrow",
    "←": r"\leftarrow", "↔": r"\leftrightarrow", "⇒": r"\Rightarrow", "⇐": r"\Leftarrow", "⇔": r"\Leftrightarrow",
    "↑": r"\uparrow", "↓": r"\downarrow", "↦": r"\mapsto", "⟨": r"\langle", "⟩": r"\rangle", "‖": r"\|", "ℓ": r"\ell",
    "ℝ": r"\mathbb{R}", "ℕ": r"\mathbb{N}", "ℤ": r"\mathbb{Z}", "ℚ": r"\mathbb{Q}", "ℂ": r"\mathbb{C}",
    "𝔼": r"\mathbb{E}", "ℙ": r"\mathbb{P}", "ℒ": r"\mathcal{L}", "𝒩": r"\mathcal{N}", "…": r"\ldots", "⋯": r"\cdots",
    "′": r"\prime", "″": r"\prime\prime", "∥": r"\parallel", "⊥": r"\perp", "★": r"\star", "☆": r"\star",
    "✓": r"\surd", "✔": r"\surd", "✗": r"\times", "✘": r"\times", "∎": r"\Box", "□": r"\Box", "▪": r"\bullet",
    "●": r"\bullet", "°": r"^{\circ}", "ˆ": r"\hat{}",
}  # fmt: skip
TEXT = {
    "–": "--", "—": "---", "‒": "--", "―": "---", "‐": "-", "‑": "-", "‘": "`", "’": "'", "‚": r"\quotesinglbase{}",
    "“": "``", "”": "''", "„": r"\quotedblbase{}", "•": r"\textbullet{}", "†": r"\textdagger{}",
    "‡": r"\textdaggerdbl{}", "‰": r"\textperthousand{}", "€": r"\texteuro{}", "™": r"\texttrademark{}",
    "№": r"\textnumero{}", "‹": r"\guilsinglleft{}", "›": r"\guilsinglright{}", "\u00a0": "~", "\u202f": r"\,",
    "\u2009": r"\,", "ſ": "s", "ĸ": "k", "ŉ": "'n", "ı": r"\i{}",
    "Ħ": "H", "ħ": "h", "Ŧ": "T", "ŧ": "t",
}  # fmt: skip
SCRIPTS = {
    digit: mark + "{" + plain + "}"
    for mark, digits in (("^", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ"), ("_", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"))
    for digit, plain in zip(digits, "0123456789+-=()ni", strict=False)
}
MATHEMATICS = {**GREEK, **SYMBOLS, **SCRIPTS}
SAME = re.compile(r"([-',<>])(?=\1)")
"""Characters that TeX's fonts join to another one when they stand twice."""
JOINED = re.compile(r"([?!])(?=`)")


def escape(text: str) -> str:
    r"""The text as LaTeX on one line: line breaks and tabs are spaces, control characters are gone.

    It may stand in the text, in a heading, a caption or a table cell. Never raises.
    """
    line = " ".join("".join(_printable(text)).split())
    line = SAME.sub("\\1\0", JOINED.sub("\\1\0", line))
    return "".join("{}" if character == "\0" else _escaped(character) for character in line)


def _printable(text: str) -> list[str]:
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if character.isspace() and character not in "\u00a0\u202f\u2009":
            kept.append(" ")
        elif category not in ("Cc", "Cf", "Cs"):
            kept.append(character)
    return kept


def _escaped(character: str) -> str:
    if character in SPECIAL:
        return SPECIAL[character]
    return character if character.isascii() else unicode_to_latex(character)


def unicode_to_latex(character: str) -> str:
    r"""LaTeX for a character outside of ASCII, valid in text and, where it is a symbol, in mathematics too."""
    if character in MATHEMATICS:
        return rf"\ensuremath{{{MATHEMATICS[character]}}}"
    if character in TEXT:
        return TEXT[character]
    if "\u00a1" <= character <= "\u017e" and character not in "ĿŀŉħĦ":
        return character
    plain = unicodedata.normalize("NFKD", character)
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    if letters and letters != character:
        return "".join(_escaped(c) for c in letters)
    invisible = unicodedata.combining(character) or unicodedata.category(character) == "Cf"
    return "" if invisible else f"{{[}}U+{ord(character):04X}{{]}}"


def plain_ascii(text: str) -> str:
    """The text in letters, digits and common signs of ASCII, for a PDF's properties; the rest is left out."""
    folded = unicodedata.normalize("NFKD", text).replace("–", "-").replace("—", "-").replace("’", "'")
    return " ".join(re.sub(r"[^A-Za-z0-9 .,:;?!()/+='-]", " ", re.sub(r"[̀-ͯ]", "", folded)).split())
