"""Makes flight-questions-{train,valid,test}.tsv.gz: /usr/bin/python3 make_flight_questions.py

Questions about flights, put together by a small grammar of our own, in the form of the well-known ATIS corpus, of which
nothing is copied: a line has words, a tab, and a tag (IOB2) for each word. What a word means depends on what stands around it:
a city is left or reached, a day is one of departure or of return. Some cities and airlines are in the test file alone: only
their context tells what they are.
"""
import gzip
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))

CITIES = """athens|berlin|boston|brussels|cairo|chicago|copenhagen|dallas|denver|dublin|geneva|hamburg|helsinki|lisbon|london|
madrid|milan|montreal|munich|nairobi|new york|oslo|paris|porto|prague|rio de janeiro|rome|salt lake city|san diego|
san francisco|seattle|seoul|singapore|stockholm|sydney|tokyo|toronto|vienna|warsaw|zurich""".replace("\n", "").split("|")
NEW_CITIES = ["accra", "bogota", "cape town", "lima", "kuala lumpur", "reykjavik", "tallinn", "hong kong"]
AIRLINES = ["blue sky airlines", "continental lines", "eastern star", "falcon air", "globe airways", "northern wings"]
NEW_AIRLINES = ["meridian", "silver arrow airways"]
DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tomorrow".split("|")
MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december".split("|")
ORDINALS = "first|second|third|fifth|eighth|tenth|twelfth|fifteenth|twentieth|twenty first|thirtieth".split("|")
PERIODS = "morning|afternoon|evening".split("|")
CLASSES = ["first class", "business class", "economy", "coach"]
TRIPS = ["round trip", "one way"]
COSTS = ["cheapest", "lowest", "least expensive"]


class Grammar:
    def __init__(self, seed, new):
        self.draw = random.Random(seed)
        self.new = new

    def one(self, options):
        return self.draw.choice(options)

    def maybe(self, chance, part):
        return part() if self.draw.random() < chance else []

    def plain(self, text):
        return [(word, "O") for word in text.split()]

    def slot(self, label, text):
        return [(word, ("B-" if i == 0 else "I-") + label) for i, word in enumerate(text.split())]

    def city(self, label):
        return self.slot(label + ".city", self.one(NEW_CITIES if self.draw.random() < self.new else CITIES))

    def airline(self):
        return self.slot("airline", self.one(NEW_AIRLINES if self.draw.random() < self.new else AIRLINES))

    def day(self, label):
        if self.draw.random() < 0.4:
            return self.plain("on") + self.slot(label + ".date", self.one(MONTHS) + " " + self.one(ORDINALS))
        day = self.one(DAYS)
        return ([] if day in ("today", "tomorrow") else self.plain("on")) + self.slot(label + ".day", day)

    def time(self, label):
        if self.draw.random() < 0.3:
            return self.plain("in the") + self.slot(label + ".period", self.one(PERIODS))
        clock = f"{self.draw.randint(1, 12)} {self.one(['am', 'pm'])}"
        clock = self.one([clock, clock, "noon", f"{self.draw.randint(1, 12)} {self.draw.choice(['fifteen', 'thirty'])} {self.one(['am', 'pm'])}"])
        return self.plain(self.one(["at", "before", "after", "around"])) + self.slot(label + ".time", clock)

    def route(self):
        start, end = self.city("from"), self.city("to")
        ways = [
            self.plain(self.one(["from", "leaving", "out of", "departing from"])) + start + self.plain(self.one(["to", "going to", "and arriving in", "for"])) + end,
            self.plain(self.one(["to", "into", "arriving in"])) + end + self.plain(self.one(["from", "leaving from", "out of"])) + start,
            self.plain("between") + start + self.plain("and") + end,
        ]
        way = self.draw.choices(ways, [6, 3, 2])[0]
        return way + self.maybe(0.15, lambda: self.plain(self.one(["with a stop in", "by way of", "stopping over in", "via"])) + self.city("stop"))

    def when(self):
        parts = self.maybe(0.55, lambda: self.plain(self.one(["", "", "leaving", "departing"])) + self.day("depart") + self.maybe(0.4, lambda: self.time("depart")))
        parts += self.maybe(0.2, lambda: self.plain(self.one(["arriving", "getting in", "that arrives", "landing"])) + self.time("arrive"))
        parts += self.maybe(0.2, lambda: self.plain(self.one(["and returning", "coming back", "and back", "with a return"])) + self.day("return"))
        return parts

    def with_what(self):
        return (self.maybe(0.25, lambda: self.plain(self.one(["on", "with", "flown by"])) + self.airline())
                + self.maybe(0.2, lambda: self.plain("in") + self.slot("class", self.one(CLASSES)))
                + self.maybe(0.1, lambda: self.plain(self.one(["for less than", "under", "below"])) + self.slot("price", f"{self.draw.randint(2, 9)}00 dollars")))

    def question(self):
        kind = self.draw.randrange(6)
        if kind == 0:
            ask = self.plain(self.one(["show me", "list", "i would like to see", "give me"])) + self.plain(self.one(["all", "the", ""])) \
                + self.maybe(0.2, lambda: self.slot("trip", self.one(TRIPS))) + self.plain("flights")
        elif kind == 1:
            ask = self.plain(self.one(["i need a", "book me a", "find a", "is there a", "i am looking for a"])) \
                + self.maybe(0.2, lambda: self.slot("class", self.one(CLASSES))) + self.plain(self.one(["flight", "ticket", "seat on a flight"]))
        elif kind == 2:
            ask = self.plain("what is the") + self.maybe(0.7, lambda: self.slot("cost", self.one(COSTS))) \
                + self.maybe(0.5, lambda: self.slot("trip", self.one(TRIPS))) + self.plain(self.one(["fare", "ticket price"]))
        elif kind == 3:
            ask = self.plain("does") + self.airline() + self.plain("fly")
        elif kind == 4:
            ask = self.plain(self.one(["which airlines fly", "what flights are there", "how long does it take to fly", "i want to fly", "we would like to travel"]))
        else:
            return self.plain(self.one(["what ground transportation is there in", "how far is the airport of", "where do i find a taxi in", "is there a train from the airport to the centre of"])) \
                + self.slot("at.city", self.one(NEW_CITIES if self.draw.random() < self.new else CITIES)) + self.maybe(0.3, lambda: self.day("at"))
        return ask + self.route() + self.when() + self.with_what()


def write(part, count, seed, new):
    grammar = Grammar(seed, new)
    lines = []
    for _ in range(count):
        words, tags = zip(*grammar.question())
        lines.append(" ".join(words) + "\t" + " ".join(tags))
    # No time stamp: the same bytes every time.
    with open(os.path.join(HERE, f"flight-questions-{part}.tsv.gz"), "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(("\n".join(lines) + "\n").encode())


write("train", 1500, 1, 0)
write("valid", 300, 2, 0)
write("test", 500, 3, 0.15)
