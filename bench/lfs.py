"""100 keyword LFs and 100 regex LFs over messages to a bank, the same as in hone/vote/condition_engine_bench.cpp, as Hone and Python say them."""

import re

WORDS = [
    "card", "transfer", "top up", "cash", "pin", "account", "payment", "refund", "exchange rate", "fee",
    "charge", "atm", "withdraw", "identity", "verify", "passport", "app", "currency", "balance", "pending",
    "declined", "lost", "stolen", "freeze", "virtual", "visa", "google", "apple pay", "direct debit", "cheque",
    "wrong", "twice", "delivery", "arrive", "expired", "activate", "country", "limit", "salary", "receive",
    "cancel", "reverted", "merchant", "phone", "address", "close", "contact", "contactless", "statement", "source",
    "age", "children", "euro", "pounds", "dollar", "beneficiary", "status", "blocked", "broken", "unrecognised",
]  # fmt: skip
KEYWORD_LFS, REGEX_LFS = 100, 100


def word(number):
    return WORDS[number % len(WORDS)]


def keywords(number):
    """The words of which one must stand in the text; no two LFs have the same."""
    others = number % 4 + number // len(WORDS)
    return [word(number)] + [word(7 * number + 13 * more) for more in range(1, others + 1)]


def pattern(number):
    a, b, c = word(number), word(3 * number + 5), word(11 * number + 2)
    forms = [
        rf"(?i)\b{a}\b.*\b{b}",
        rf"(?i)({a}|{b})\s+(is|was|not|has)",
        rf"(?i)how (do|can|would) i .*{a}",
        rf"\b{a}(s|ed|ing)?\b",
        rf"(?i)({a}|{b}|{c})[^.?!]*\?$",
        rf"\b\d{{{1 + number % 5},}}\s?(gbp|usd|euro?s?|pounds|{a})",
        rf"(?i)(can't|cannot|unable to|won't) .*({a}|{c})",
        rf"(?i)^(what|why|when|where)[^?]*{a}[^?]*{b}",
    ]
    return forms[number % len(forms)]


def hone_sources(classes):
    """All of them as entries of `sources`, voting for the classes in turns."""
    conditions = [{"any": keywords(number)} for number in range(KEYWORD_LFS)] + [{"match": pattern(number)} for number in range(REGEX_LFS)]
    return [{"lf": f"lf{number}", "vote": classes[number % len(classes)], **condition} for number, condition in enumerate(conditions)]


def python_patterns(before=r"\b", after=r"\b"):
    """The same for Python's `re`, compiled. ASCII is what \\b, \\d and \\s mean in RE2; Python's $ also stands before a last line feed, so \\Z says it."""
    anyof = ["|".join(map(re.escape, keywords(number))) for number in range(KEYWORD_LFS)]
    words = [re.compile(f"{before}(?:{alternatives}){after}", re.IGNORECASE) for alternatives in anyof]
    return words + [re.compile(re.sub(r"\$$", r"\\Z", pattern(number)), re.ASCII) for number in range(REGEX_LFS)]


def exact_python_patterns():
    """The same with Hone's idea of a word: an apostrophe between letters parts nothing, so that "card" does not stand in "card's"."""
    return python_patterns(before=r"(?<!\w)(?<!\w['’])", after=r"(?!\w)(?!['’]\w)")
