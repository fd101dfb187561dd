r"""Unicode text as LaTeX in plain ASCII, and back: what a .bib file may hold without breaking BibTeX or LaTeX.

`from_latex(to_latex(text)) == text` for text in NFC of ASCII, accented Latin letters, Greek and the symbols below;
other characters become their nearest ASCII, or "?". Commands of the form `\k{a}` and `\dj` need the T1 encoding.
"""

from __future__ import annotations

import re
import unicodedata

ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0328": "k",
    "\u0331": "b",
}  # fmt: skip
SYMBOLS = {
    "\\": "textbackslash", "{": "textbraceleft", "}": "textbraceright", "~": "textasciitilde",
    "^": "textasciicircum", "<": "textless", ">": "textgreater", "|": "textbar", "–": "textendash",
    "—": "textemdash", "‘": "textquoteleft", "’": "textquoteright", "“": "textquotedblleft",
    "”": "textquotedblright", "…": "textellipsis", "•": "textbullet", "°": "textdegree", "©": "textcopyright",
    "®": "textregistered", "™": "texttrademark", "§": "S", "¶": "P", "£": "pounds", "ß": "ss", "æ": "ae", "Æ": "AE",
    "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i", "đ": "dj", "Đ": "DJ", "ð": "dh", "Ð": "DH",
    "þ": "th", "Þ": "TH",
}  # fmt: skip
MATH = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "varphi", "ϕ": "phi", "ϵ": "epsilon", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi",
    "Ψ": "Psi", "Ω": "Omega", "∞": "infty", "×": "times", "±": "pm", "·": "cdot", "≤": "leq", "≥": "geq",
    "≠": "neq", "≈": "approx", "∼": "sim", "→": "rightarrow", "←": "leftarrow", "↔": "leftrightarrow", "∈": "in",
    "ℓ": "ell", "∇": "nabla", "∂": "partial", "√": "surd", "∑": "sum", "∏": "prod", "∫": "int", "−": "-",
}  # fmt: skip
SAFE = (
    "mathcal mathbb mathbf mathrm mathit text sqrt frac log exp min max tilde hat bar widetilde widehat to mid vert "
    "ell star dagger circ propto cdots ldots langle rangle le ge ne cup cap subset top bot prime"
)
SAFE_MATH = frozenset(MATH.values()) | frozenset(SAFE.split())
MATH_SPAN = re.compile(r"\$(?=\S)((?:[^$\\]|\\[A-Za-z]++|\\[,;!{}|])+?)(?<=\S)\$(?!\d)")
ESCAPED = re.compile(r"[&%#_$]")
LATEX = re.compile(
    r"""\{\$(?:\\(?P<math>[A-Za-z]+)|(?P<minus>-))\$\}
    |(?P<span>\$(?:[^$\\]|\\.)+\$)
    |\\(?P<accent>[`'^"~=.])\s*(?:\{\s*\\?(?P<a1>[A-Za-z])\s*\}|\\?(?P<a2>[A-Za-z]))
    |\\(?P<mark>[uvHckrbd])(?:\s*\{\s*\\?(?P<a3>[A-Za-z])\s*\}|\s+\\?(?P<a4>[A-Za-z])(?![A-Za-z]))
    |\\(?P<command>[A-Za-z]+)[ ]*
    |\\(?P<escaped>[^A-Za-z])
    |(?P<other>---|--|``|''|~|[{}])""",
    re.VERBOSE | re.DOTALL,
)
LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", "~": " ", "{": "", "}": ""}
FONT = (
    "textbf textit textsc textrm textsf texttt emph bf it em sc rm sf tt bfseries itshape mathrm mbox text url "
    "uppercase lowercase protect relax natexlab noopsort"
)
FONTS = frozenset(FONT.split())
CHARACTERS = {name: character for character, name in SYMBOLS.items()}
MATH_CHARACTERS = {name: character for character, name in MATH.items()}
MARKS = {sign: mark for mark, sign in ACCENTS.items()}


def to_latex(text: str) -> str:
    """The text as LaTeX in ASCII with balanced braces; nothing in it is a command, except in short harmless formulas.

    A formula is `$...$` in the way of Pandoc (no space just inside, no digit behind) with known symbols only.
    """
    parts, end = [], 0
    for span in MATH_SPAN.finditer(text):
        if _harmless(span[1]):
            parts += [_escaped(text[end : span.start()]), span[0]]
            end = span.end()
    return "".join([*parts, _escaped(text[end:])])


def _harmless(formula: str) -> bool:
    if not formula.isascii() or re.search(r"[&%#]", formula) or not re.search(r"[\\^_]|^[A-Za-z]$", formula):
        return False
    depths = [0]
    for sign in re.findall(r"(?<!\\)[{}]", formula):
        depths.append(depths[-1] + (1 if sign == "{" else -1))
    commands = re.findall(r"\\([A-Za-z]+)", formula)
    balanced = min(depths) == 0 == depths[-1] and not re.search(r"\\[{}]", formula)
    return balanced and all(command in SAFE_MATH for command in commands)


def _escaped(text: str) -> str:
    latex = "".join(_character(character) for character in text)
    return re.sub(r"-(?=-)|`(?=`)|'(?=')", lambda found: f"{found[0]}{{}}", latex)


def _character(character: str) -> str:
    if character in SYMBOLS:
        return f"{{\\{SYMBOLS[character]}}}"
    if ESCAPED.match(character):
        return f"\\{character}"
    if character.isascii():
        return character
    if character in MATH:
        return "{$-$}" if character == "−" else f"{{$\\{MATH[character]}$}}"
    letter, *marks = unicodedata.normalize("NFD", character)
    if marks and marks[0] in ACCENTS and letter.isascii() and letter.isalpha():
        return f"{{\\{ACCENTS[marks[0]]}{{{letter}}}}}"
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return "".join(_character(c) for c in plain) or "?"


def from_latex(latex: str) -> str:
    """The text that the LaTeX prints, in NFC on one line; formulas stay, unknown commands leave their name."""
    return " ".join(unicodedata.normalize("NFC", LATEX.sub(_plain, latex)).split())


def _plain(found: re.Match[str]) -> str:
    if found["math"]:
        return MATH_CHARACTERS.get(found["math"], f"$\\{found['math']}$")
    if found["minus"]:
        return "−"
    if found["span"]:
        return found["span"]
    sign = found["accent"] or found["mark"]
    if sign:
        letter = found["a1"] or found["a2"] or found["a3"] or found["a4"]
        return unicodedata.normalize("NFC", letter + MARKS[sign])
    if found["command"]:
        return "" if found["command"] in FONTS else CHARACTERS.get(found["command"], found["command"])
    if found["escaped"]:
        return {"\\": " ", ",": " ", ";": " ", "-": "", "/": "", "!": "", "@": ""}.get(
            found["escaped"], found["escaped"]
        )
    return LIGATURES[found["other"]]
