"""Patterns of what a camera-ready text reveals, and of the parts of a paper that `scrub_rules` looks for.

Most are written for the lower-case copy of a text, which is several times faster than a search that ignores case. All
of them are in the fingerprint of the rules, by name and without their white space.
"""

from __future__ import annotations

import re

FLAGS = re.IGNORECASE | re.MULTILINE | re.VERBOSE
LOWER = re.MULTILINE | re.VERBOSE
BEGIN = r"^[#*_ \t]*(?:(?:\d{1,3}|[A-Z]{1,2})(?:\.\d+)*\.?[ \t]+)?[*_]*"
END = r"[#*_:. \t]*$"

TITLE = re.compile(r"^(?:\#[^\n]*\n\s*)+", FLAGS)
ABSTRACT = re.compile(r"^[#*_ \t]*a\ ?b\ ?s\ ?t\ ?r\ ?a\ ?c\ ?t\b(?=[#*_ \t]*(?:$|[.:—–-]))", FLAGS)
SHORT_LINES = re.compile(r"[^\n]{0,20}\n((?:[^\n]{0,50}\n){0,20}?)(?=[^\n]{51})")
INTRODUCTION = re.compile(BEGIN + r"i\ ?ntroduction" + END, FLAGS)
REFERENCES = re.compile(BEGIN + r"(?:r\ ?eferences|b\ ?ibliography)(?:\ and\ notes)?" + END, FLAGS)
APPENDIX = re.compile(BEGIN + r"(?:a\ ?ppendix|a\ ?ppendices|s\ ?upplementary\ materials?)" + END, FLAGS)
SECTION = re.compile(
    BEGIN
    + r"(?:e\ ?thics?\b|code\ of\ ethics|r\ ?eproducib|broader\ impact|(?-i:[A-Z]\ ?[A-Z]{3,}[A-Z \t,:-]*$))"
    + r"|^\#+[ \t]*\S",
    FLAGS,
)
REPRODUCIBILITY = re.compile(BEGIN + r"r\ ?eproducibility(?:\ statement)?" + END, FLAGS)
CREDITS = re.compile(
    BEGIN
    + r"""(?:
        a\ ?cknowled?ge?ments?(?:\ (?:and|&)\ [^\n]{3,40}?)?
      | author[s’']*\ contributions? | contributions?\ of\ authors
      | (?:disclosure\ of\ )?funding(?:\ (?:disclosure|transparency\ statement|statement|information))?
      | competing\ interests? | conflicts?\ of\ interests?
      | how\ this\ (?:paper|work)\ was\ (?:made|written)
      | (?:(?:statement|disclosure)\ (?:on|of)\ )?(?:the\ )?(?:use|usage|involvement)\ of\ (?:large\ language\ models?
        |language\ models?|llms?|generative\ ai|ai)(?:\ (?:tools|assistants))?(?:\ (?:statement|disclosure))?
      | (?:llms?|(?:generative\ )?ai)\ (?:usage|use|involvement|assistance|disclosure)
        (?:\ (?:statement|disclosure|checklist))?
    )(?:[#*_ \t]*$ | [*_]*[.:] | (?<=ment)s?[*_]*[ \t]+(?-i:[A-Z]) | (?<=ments)[*_]*[ \t]+(?-i:[A-Z]))""",
    FLAGS,
)
NUMBERED = re.compile(r"^[ \t]*\d{1,2}(?:\.\d{1,2}){0,3}\.?[ \t]+[A-Z][^\n]{2,70}[^\s.!?,;-][ \t]*$", LOWER)
MACHINE = re.compile(
    r"""\bthis\s+(?:paper|manuscript|article|document|preprint|draft|report|research|work)\s+(?:was|is|has\ been|were)\s
        (?:[^.!?]{0,60}\s)?(?:written|generated|produced|created|drafted|authored|conducted)\b
        (?:[^.!?]{0,60}\sby\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+){0,2}
          (?:program|ai\b|agents?\b|machine|language\s+models?|llms?\b|software|scientist)
          |\s+(?:fully\s+|entirely\s+)?(?:autonomously|automatically))
      | \b(?:autonomously|automatically|ai)[- ](?:written|generated)
        \s+(?:by\s+(?:the\s+ai|an\s+ai)|(?:paper|manuscript|article)\b)
      | \bideas,\s+experiments,\s+figures\s+and\s+text\s+come\s+from\s+it\b""",
    LOWER,
)
STATUS = re.compile(
    r"""under\ (?:double[- ]blind\ )?review\b | published\ as\ an?\b | camera[- ]ready | preprint\b
      | accepted\ (?:as\ an?|at|to|for|by)\ (?:the\ )?
        (?:\d|conference|workshop|journal|publication|poster|oral|spotlight|international|iclr|icml|neurips|nips)
      | anonymous\ (?:authors?|submission|version)""",
    LOWER,
)
AUTHOR_NOTE = re.compile(
    r"""equal\ (?:contributions?|advising|supervision)(?![a-z]|\ to\ (?:the|a|each|its)\ (?!work|paper))
      | equally\ contribut
      | contributed\ equally
      | (?:joint|shared|co-)\ ?(?:first|senior|last)\ author
      | corresponding\ authors? | correspondence\ (?:should|may)\b | correspondence(?:\ to)?:
      | correspondence\ to\ [^.\n]{0,60}@ | ^[^a-z\n]{0,6}correspondence\ to\b
      | (?:work|research)\ (?:was\ |is\ )?(?:(?:partially|mainly|primarily|partly)\ )?
        (?:done|performed|conducted|completed)\ (?:while|during|when|as\ an?|at|in\ part)\b
      | internship\ at\b | research\ interns? | (?:is|are)\ (?:now|currently)\ (?:at|with)\b
      | authors?\b[^.\n]{0,40}\balphabetical | alphabetical\w*\ (?:author|order\ of\ (?:author|last|sur))""",
    LOWER,
)
AFFILIATION = re.compile(
    r"""^[^a-z\n]{0,8}+(?:department\ of|school\ of|faculty\ of|institute\ of|(?:[^\W\d]+,?\ ){0,3}university\b)
        [^\n]{0,80}$""",
    LOWER,
)
EMAIL = re.compile(
    r"\{[^{}\n]{1,200}\}\s?@[\w.-]+ | \b[\w.+-]{1,64}+\s?@\s?(?=[^\W\d])[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}\b", LOWER
)
URL = re.compile(
    r"""(?:https?://|www\.)[^\s)\]]*(?:\n[^\s)\]]*[/.][^\s)\]]*)?
      | (?:github|gitlab|bitbucket|4open|huggingface|zenodo|sites\.google)\.(?:com|io|org|science|co)[^\s)\]]*""",
    LOWER,
)
LINK = re.compile(r"\[((?:[^\[\]\n]|\[[^\[\]\n]{0,40}\]){1,400})(\]\(((?:https?://|www\.|mailto:)[^\s)]*)\))", LOWER)
"""A link as Markdown writes it: what is shown, and where it leads. Parsers make one of each line of a link."""
CODE = re.compile(
    r"""\b(?:codes?|checkpoints?|demo|project\ page|website|repository|repo)\b[^.!?]{0,120}?
        \b(?:available|releas\w+|open[- ]?sourc\w+|published|provided?|submitted|attach\w*|upload\w*|accessible|hosted
          |found\s(?:at|on|in|here|online)|anonymi\w+|public\w*|https?|supplement\w*)\b
      | available\ (?:at:?\s+\[?https?|online\b|upon\ (?:acceptance|publication|request)|on\ github)
      | \b(?:codes?|project|demo)(?:\ (?:at|is|here|page))?\s*:\s*\S{0,3}(?:github|gitlab|https?|www)
      | ^[^a-z\n]{0,6}(?:source\ )?code\b(?:\W*(?:https?|www\.|github)|[*_: ]*$(?<![.\])])
        |\ (?:availability|release|link)\b)
      | ^\W{0,3}\d{1,2}(?:source\ )?codes?\b
      | \b(?:we|to|will|and|also|by|are|publicly|fully)
        \s+(?:releas(?:e|ing)|publish(?:ing)?|open[- ]?sourc(?:e|ing)|provid(?:e|ing))
        \s+(?:(?:our|the|all|of|full|complete|entire|source|final|related|relevant|training|evaluation|model|and|an?
          |anonymized|anonymous|link|to)\s+){0,5}(?:codes?|repository)\b
        (?!\s+(?:samples?|snippets?|examples?|for\s+(?:different|each)))""",
    LOWER,
)
SUPPORT = re.compile(
    r"""\b(?:supported|funded|sponsored)\ (?:in\ part\ |partially\ |partly\ |jointly\ |financially\ )*
        (?:by|through|under)\b(?:[^.!?]|\.(?=\w)){0,240}?
        \b(?:grants?|awards?|foundation(?!\ model)|fellowships?|contract|council|scholarship|programme
          |darpa|nsf|nserc|erc)\b
      | \bwe(?:\ would(?:\ also)?\ like\ to|\ also|\ sincerely|\ gratefully)?[ ]
        (?:thank|acknowledge\ (?:the\ )?(?:support|help|funding))
      | \bgrateful\ to\b""",
    LOWER,
)
FOOTNOTE = re.compile(r"^[_\[ \t]{0,3}[∗†‡§¶⋆⇤][^\n]*(?:\n(?![ \t]*\n|[#\d])[^\n]+){0,3}", re.MULTILINE)
FOOTNOTE_MARK = re.compile(
    r"""(?<=[.!?])[ ]?\[\d{1,2}\](?=\s)
      | (?<=[a-z%)]\.)[ ]?\d(?=[ \t]*\n\s*(?:1\.?\s+)?(?:1\.?\s+)?i\ ?ntroduction)""",
    LOWER,
)
SUPPLEMENT = re.compile(
    r"""(?<!\w)(?:(?:the|our)\s+)?supplement(?:ary|al)\s+(?:materials?|files?|documents?|information|section)
      | (?<=in\s)(?:the|our)\s+supplement\b""",
    LOWER,
)
_MENTION = r"""(?<!\w)(?:(?:[Tt]he|[Oo]ur)\s+)?
        (?:[Aa]ppendi(?:x|ces)|APPENDI(?:X|CES)|App\.|(?:[Ss]ections?|[Ss]ecs?\.)(?=\s+[A-Z](?:\.\d|[^\w.\n])))
        (?:\s+[A-Z](?![A-Za-z])\d?(?:\.\d+)*(?:(?:\s*,|\s+and|\s*&|\s*[–-])\s*[A-Z](?![A-Za-z])\d?(?:\.\d+)*)*)?"""
APPENDIX_MENTION = re.compile(rf"{_MENTION}(?:(?:,|,?\s+and|\s*&|\s+or)?\s+{_MENTION})*", re.VERBOSE)
"""A mention of an appendix, or several of them in a row."""
CITATION_YEAR = re.compile(
    r"""[ \t]?\((?:19|20)\d\d[a-z]?\)
      | (?<=\()(?:19|20)\d\d[a-z]?(?=[,;])
      | [,;][\s*_]+(?:19|20)\d\d[a-z]?(?:,\s(?:(?:19|20)\d\d)?[a-z]\b)*(?=[*_]*\s*[;,)\]])
      | (?<=al\.)[,\s]+(?:19|20)\d\d[a-z]?\b
      | [ \t](?:19|20)\d\d[a-z]?(?=[;)\]])""",
    LOWER,
)
PAGE_NUMBER = re.compile(r"^[ \t]*\d{1,3}[ \t]*$", LOWER)
HEADING_BELOW = re.compile(r"\s*\n[ \t]*(?!REFERENCES)[A-Z][A-Z ,:&-]{3,60}[ \t]*$", re.MULTILINE)
LINE = re.compile(r"^(?=[^\n]*[^\W\d]{4})[^\n]{8,120}$", re.MULTILINE)
FIRST_NUMBER = re.compile(r"(?P<number>\d{1,3})[\s|,-]+(?P<rest>[^\d\s].*)")
LAST_NUMBER = re.compile(r"(?P<rest>\D(?:.*?[^\s|,-])??)[\s|,-]+(?P<number>\d{1,3})(?:\s+of\s+\d{1,3})?", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?][)\]\"'’*_]*(?=\s)|\n[ \t]*\n")
HEADING = re.compile(
    r"""^(?:\#+[ \t][^\n]*\S|(?:\*\*|__)[^*_\n]{3,80}(?<![-,])(?:\*\*|__))[ \t]*$
      | ^[ \t]*(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[A-Z](?:\.\d{1,2}){1,3}\.?|[A-Z]\.)[ \t]+
        [A-Z](?:[^\n]{0,70}[^\s.!?,;-])?[ \t]*$
      | ^[ \t\d.]*[A-Z][A-Z \t,:&-]{3,60}$""",
    LOWER,
)
"""A line that is a heading whatever it says: marked, numbered or in capitals."""
ROW = re.compile(r"^[^\n]*?\d[^\s]*[ \t|&]+[^\w\n]{0,3}\d[^\s]*[ \t|&]*$", LOWER)
"""A line of a table: it ends in two numbers."""
SENTENCE_BEGIN = re.compile(
    r"\W{0,3}\d{0,2}(?:We|Our|The|This|These|Those|All|Both|Codes?|Source|To|In|For|It|An?|Please|Further|Finally)\b"
)
"""Words that are written with a capital only where a sentence or a footnote begins."""
INSTITUTION = re.compile(
    r"\b(?:Universit\w+|Institut\w*|School|Department|College|Laborator\w+|Labs?|Academy|Inc|Ltd|Corp\w*|Research|Google"
    r"|Microsoft|DeepMind|Facebook|Meta|OpenAI|Amazon|NVIDIA|IBM|INRIA|MIT|ETH)\b"
)
