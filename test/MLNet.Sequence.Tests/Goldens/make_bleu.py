"""Golden numbers of BLEU and chrF: a plain implementation of sacreBLEU's definitions (13a tokens, smoothing "exp"; chrF2), without sacreBLEU.

Run in this folder: python3 make_bleu.py > bleu.json
"""
import json
import math
import re
from fractions import Fraction


def tokens_13a(text):
    text = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for entity, character in (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")):
        text = text.replace(entity, character)
    # Character by character, not by the four substitutions: what is punctuation, and what is between digits.
    apart = set("{|}~[\\]^_` !\"#$%&()*+:;<=>?@/")
    separated = "".join(f" {c} " if c in apart else c for c in f" {text} ")
    for pattern, by in ((r"([^0-9])([\.,])", r"\1 \2 "), (r"([\.,])([^0-9])", r" \1 \2"), (r"([0-9])(-)", r"\1 \2 ")):
        separated = re.sub(pattern, by, separated)
    return separated.split()


def grams(parts, n):
    return [tuple(parts[i:i + n]) for i in range(len(parts) - n + 1)]


def matches(predicted, actual):
    left = list(actual)
    found = 0
    for gram in predicted:
        if gram in left:
            left.remove(gram)
            found += 1
    return found


def bleu(pairs, tokenize):
    tokenized = [(tokenize(p), tokenize(a)) for p, a in pairs]
    length, wanted = sum(len(p) for p, _ in tokenized), sum(len(a) for _, a in tokenized)
    logs, halves = [], 0
    for n in range(1, 5):
        both = sum(matches(grams(p, n), grams(a, n)) for p, a in tokenized)
        total = sum(len(grams(p, n)) for p, _ in tokenized)
        if n == 1 and both == 0:
            return 0.0
        if total == 0:
            return 0.0
        if both == 0:
            halves += 1
            logs.append(math.log(1 / (2 ** halves * total)))
        else:
            logs.append(math.log(Fraction(both, total)))
    brevity = min(0.0, 1 - wanted / length)
    return 100 * math.exp(brevity + sum(logs) / 4)


def chrf(pairs):
    precisions, recalls = [], []
    stripped = [("".join(p.split()), "".join(a.split())) for p, a in pairs]
    for n in range(1, 7):
        # sacreBLEU leaves the predicted n-grams of a pair out if its actual text is too short to have any.
        counted = [(grams(p, n), grams(a, n)) for p, a in stripped if len(a) >= n]
        both = sum(matches(p, a) for p, a in counted)
        predicted, actual = sum(len(p) for p, _ in counted), sum(len(a) for _, a in counted)
        if predicted and actual:
            precisions.append(both / predicted)
            recalls.append(both / actual)
    if not precisions or sum(precisions) + sum(recalls) == 0:
        return 0.0
    p, r = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 100 * 5 * p * r / (4 * p + r)


CASES = [
    [("the cat sat on the mat .", "the cat sat on the mat .")],
    [("the cat sat on the mat", "a cat was sitting on the mat"), ("two dogs run", "two dogs are running in the snow .")],
    [("the the the the the the the", "the cat is on the mat")],
    [("a man in a red shirt .", "a man wearing a blue shirt ."), ("x y", "p q r s t")],
    [("Ein Mann, der 3,5 km läuft (schnell).", "Ein Mann läuft 3,5 km - sehr schnell!"), ("&quot;Straße&quot; 10-20", "\"Strasse\" 10 - 20")],
    [("one two three four five", "one two three nine five"), ("six", "six"), ("", "seven eight")],
    [("a b c", "a b d")],
    [("äöü 𝒳 \u4f60\u597d", "äöü 𝒴 \u4f60\u597d")],
    # Texts shorter than six letters, on one side or on both.
    [("abcdefgh", "abc"), ("the cat sat", "the cat ran")],
    [("abcdefg", "abc")],
    [("abc", "abcdefgh"), ("a cat sits", "a cat sat")],
    [("ab", "ab")],
    [("no", "yes or no"), ("", "ab"), ("abcdef", "")],
]
TEXTS = ["Hello, world! It's 3.14 (or 22/7).", "A.B. costs $5,000.50-ish; e-mail: x@y.de", "&lt;b&gt; &amp;amp; <skipped> no. 5,", "10-year-old 'quote' [x] ~ `"]

print(json.dumps({
    "texts": [{"text": text, "tokens": tokens_13a(text)} for text in TEXTS],
    "cases": [{
        "predicted": [p for p, _ in case], "actual": [a for _, a in case],
        "bleu": bleu(case, tokens_13a), "bleuAsGiven": bleu(case, str.split), "chrF": chrf(case),
    } for case in CASES],
}, indent=1, ensure_ascii=True))
