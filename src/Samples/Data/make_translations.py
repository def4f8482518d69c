"""Makes translations-{train,valid,test}.{en,de}.gz: /usr/bin/python3 make_translations.py

English sentences and their German translations, put together by a small grammar of our own: one sentence in a line, the same line in both files.
The order of words differs between the two languages (verbs at the end, inversion after a time), and articles and adjectives depend on gender and
case. No sentence is in two files.
"""
import gzip
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))

PEOPLE = [("man", "Mann", "m", "he"), ("woman", "Frau", "f", "she"), ("girl", "Mädchen", "n", "she"), ("child", "Kind", "n", "it"),
          ("teacher", "Lehrerin", "f", "she"), ("farmer", "Bauer", "m", "he"), ("doctor", "Ärztin", "f", "she"), ("baker", "Bäcker", "m", "he"),
          ("grandmother", "Großmutter", "f", "she"), ("uncle", "Onkel", "m", "he")]
THINGS = {
    "read": [("book", "Buch", "n"), ("letter", "Brief", "m"), ("newspaper", "Zeitung", "f"), ("story", "Geschichte", "f")],
    "eat": [("apple", "Apfel", "m"), ("cake", "Kuchen", "m"), ("soup", "Suppe", "f"), ("egg", "Ei", "n")],
    "buy": [("hat", "Hut", "m"), ("lamp", "Lampe", "f"), ("bicycle", "Fahrrad", "n"), ("table", "Tisch", "m"), ("umbrella", "Regenschirm", "m")],
    "paint": [("house", "Haus", "n"), ("bridge", "Brücke", "f"), ("tree", "Baum", "m"), ("door", "Tür", "f")],
}
# third person, participle; German third person, infinitive, participle
VERBS = {"read": ("reads", "read", "liest", "lesen", "gelesen"), "eat": ("eats", "eaten", "isst", "essen", "gegessen"),
         "buy": ("buys", "bought", "kauft", "kaufen", "gekauft"), "paint": ("paints", "painted", "malt", "malen", "gemalt")}
OF_PEOPLE = [("old", "alt"), ("young", "jung"), ("tired", "müde"), ("friendly", "freundlich"), ("tall", "groß")]
OF_THINGS = [("red", "rot"), ("small", "klein"), ("green", "grün"), ("new", "neu"), ("heavy", "schwer")]
PLACES = [("in the garden", "im Garten"), ("in the kitchen", "in der Küche"), ("at the station", "am Bahnhof"), ("at home", "zu Hause"),
          ("in the park", "im Park"), ("by the river", "am Fluss")]
TIMES = [("today", "heute"), ("now", "jetzt"), ("in the evening", "am Abend"), ("on Monday", "am Montag"), ("sometimes", "manchmal")]
STATES = [("hungry", "hungrig"), ("happy", "froh"), ("alone", "allein"), ("ill", "krank")]
PRONOUNS = {"m": "er", "f": "sie", "n": "es"}
THE = {"nominative": {"m": "der", "f": "die", "n": "das"}, "accusative": {"m": "den", "f": "die", "n": "das"}}
A = {"nominative": {"m": "ein", "f": "eine", "n": "ein"}, "accusative": {"m": "einen", "f": "eine", "n": "ein"}}


def ending(case, gender, definite):
    if case == "accusative" and gender == "m":
        return "en"
    if definite or gender == "f":
        return "e"
    return "er" if gender == "m" else "es"


def inflected(adjective, case, gender, definite):
    end = ending(case, gender, definite)
    return adjective + (end[1:] if adjective.endswith("e") else end)


class Grammar:
    def __init__(self, seed):
        self.draw = random.Random(seed)

    def one(self, options):
        return self.draw.choice(options)

    def noun(self, words, adjectives, case):
        english, german, gender = words[:3]
        definite = self.draw.random() < 0.5
        adjective = self.one(adjectives) if self.draw.random() < 0.5 else None
        first = adjective[0] if adjective else english
        article = "the" if definite else "an" if first[0] in "aeiou" else "a"
        return (" ".join([article] + ([adjective[0]] if adjective else []) + [english]),
                " ".join([(THE if definite else A)[case][gender]]
                         + ([inflected(adjective[1], case, gender, definite)] if adjective else []) + [german]))

    def parts(self):
        person, verb = self.one(PEOPLE), self.one(sorted(VERBS))
        subject = self.noun(person, OF_PEOPLE, "nominative")
        thing = self.noun(self.one(THINGS[verb]), OF_THINGS, "accusative")
        return person, verb, subject, thing

    def sentence(self):
        person, verb, (subject, subjekt), (thing, objekt) = self.parts()
        third, participle, dritte, infinitiv, partizip = VERBS[verb]
        place, ort = self.one(PLACES)
        time, zeit = self.one(TIMES)
        state, zustand = self.one(STATES)
        return self.one([
            (f"{subject} {third} {thing} {place} .", f"{subjekt} {dritte} {ort} {objekt} ."),
            (f"{time} {subject} {third} {thing} .", f"{zeit} {dritte} {subjekt} {objekt} ."),
            (f"{subject} wants to {verb} {thing} {place} .", f"{subjekt} will {ort} {objekt} {infinitiv} ."),
            (f"{subject} has {participle} {thing} .", f"{subjekt} hat {objekt} {partizip} ."),
            (f"does {subject} {verb} {thing} {place} ?", f"{dritte} {subjekt} {ort} {objekt} ?"),
            (f"{subject} {third} {thing} , because {person[3]} is {state} .",
             f"{subjekt} {dritte} {objekt} , weil {PRONOUNS[person[2]]} {zustand} ist ."),
            (f"{time} {subject} wants to {verb} {thing} .", f"{zeit} will {subjekt} {objekt} {infinitiv} ."),
        ])


def written(sentence):
    text = sentence.replace(" .", ".").replace(" ,", ",").replace(" ?", "?")
    return text[0].upper() + text[1:]


grammar, seen = Grammar(7), set()
for part, count in (("train", 900), ("valid", 100), ("test", 100)):
    pairs = []
    while len(pairs) < count:
        pair = grammar.sentence()
        if pair[0] not in seen:
            seen.add(pair[0])
            pairs.append(pair)
    for side, language in enumerate(("en", "de")):
        with open(os.path.join(HERE, f"translations-{part}.{language}.gz"), "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write("".join(written(pair[side]) + "\n" for pair in pairs).encode())
