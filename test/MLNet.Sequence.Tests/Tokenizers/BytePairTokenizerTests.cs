using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using MLNet.Sequence.Tokenizers;

namespace MLNet.Sequence.Tests.Tokenizers;

[TestClass]
public sealed class BytePairTokenizerTests
{
    private const string Words = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly string[] Texts =
    [
        "low low low low low lower lower newest newest newest newest newest newest widest widest widest",
        "Zwei Männer grüßen; it's 12  o'clock.\nÜber aaaa aaaaa aaa", "slow slower  lowest 1212 12 😀😀 😀",
    ];

    private static readonly BytePairTokenizer Learnt = BytePairTokenizer.Learn(Texts, 60);

    [TestMethod]
    public void Any_text_comes_back_exactly()
    {
        string[] given =
        [
            "", " ", "  two  spaces ", "\n\r\n\ttab\n", "\0\u0001", "Grüße, 東京! Привет",
            "👩‍👩‍👧‍👦🇩🇪 e\u0301", "\uFFFD\uFFFE\uFFFF\uFEFF", "\u00A0\u2003\u2028x", "𐌰𐌱 lowest",
        ];
        var random = new RandomStream(3);
        IEnumerable<string> drawn = Enumerable.Range(0, 300).Select(_ => string.Concat(Enumerable.Range(0, (int)random.NextInt64(30))
            .Select(_ => new Rune(Scalar((int)random.NextInt64(random.NextDouble() < 0.5 ? 0x300 : 0x10F800))))));
        foreach (string text in given.Concat(drawn))
        {
            Assert.AreEqual(text, Learnt.Decode(Learnt.Encode(text)));
            Assert.AreEqual(text, BytePairTokenizer.Learn([], 9).Decode(BytePairTokenizer.Learn([], 9).Encode(text)));
        }

        Assert.HasCount(0, Learnt.Encode(""));
        static int Scalar(int value) => value < 0xD800 ? value : value + 0x800;
    }

    [TestMethod]
    public void Half_of_a_character_is_refused_with_its_place()
    {
        foreach ((string text, int place, string found) in new[] { ("ab\uD83D", 3, "D83D"), ("\uDE00b", 1, "DE00"), ("😀\uD83D\uD83D\uDE00", 3, "D83D") })
            foreach (Action act in new Action[] { () => Learnt.Encode(text), () => BytePairTokenizer.Learn([text], 3) })
                StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(act).Message, $"(the lone surrogate U+{found}) at place {place}; expected whole");
    }

    [TestMethod]
    public void The_alphabet_is_that_of_GPT_2()
    {
        // encoder.json of GPT-2: "!" 0, "a" 64, "Ġ" 220, "Ċ" 198, and the first merges of its vocabulary.
        CollectionAssert.AreEqual(new[] { 0, 64, 220, 198 }, Learnt.Encode("!a \n").Count == 4 ? Learnt.Encode("!a \n").ToArray() : []);
        BytePairTokenizer gpt = BytePairTokenizer.Read(new StringReader("#version: 0.2\nĠ t\nĠ a\nh e\ni n\nr e\no n\nĠt he\n"));
        CollectionAssert.AreEqual(new[] { "Ġthe", "Ġ", "Ã", "©" }, gpt.Encode(" the é").Select(token => gpt.Tokens[token]).ToArray());
        CollectionAssert.AreEqual(new[] { 262, 256 }, gpt.Encode(" the t").ToArray());
        Assert.AreEqual(256 + 7, gpt.Count);
    }

    [TestMethod]
    public void Learning_is_counting_all_pairs_anew_for_each_merge()
    {
        string[] expected = PlainLearning(Texts, 60), found = [.. Learnt.Merges];
        CollectionAssert.AreEqual(expected, found);
        CollectionAssert.AreEqual(found, BytePairTokenizer.Learn(Texts.Reverse(), 60).Merges.ToArray());
        var random = new RandomStream(8);
        for (int round = 0; round < 20; round++)
        {
            // Few letters: many ties, pairs that overlap, and tokens with two ways to them.
            string[] texts = [.. Enumerable.Range(0, 6).Select(_ => string.Concat(Enumerable.Range(0, 25).Select(_ => "ab "[(int)random.NextInt64(3)])))];
            CollectionAssert.AreEqual(PlainLearning(texts, 40), BytePairTokenizer.Learn(texts, 40).Merges.ToArray());
        }
    }

    [TestMethod]
    public void Encoding_is_that_of_the_plain_rule_and_of_Microsoft_ML_Tokenizers()
    {
        var random = new RandomStream(5);
        string[] few = [.. Enumerable.Range(0, 30).Select(_ => string.Concat(Enumerable.Range(0, 60).Select(_ => "abab c"[(int)random.NextInt64(6)])))];
        foreach ((BytePairTokenizer tokenizer, string[] texts) in new[] { (Learnt, Texts), (BytePairTokenizer.Learn(few, 200), few) })
        {
            BpeTokenizer other = BpeTokenizer.Create(new BpeOptions(tokenizer.Tokens.Select((token, index) => KeyValuePair.Create(token, index)))
            {
                Merges = tokenizer.Merges,
                ByteLevel = true,
                PreTokenizer = new RegexPreTokenizer(new Regex(Words), null),
            });
            foreach (string text in texts.Append("lowest newer slowest Übermänner 😀 aaaaaaa  12121 it'll\n\n\tnew"))
            {
                string[] found = [.. tokenizer.Encode(text).Select(token => tokenizer.Tokens[token])];
                CollectionAssert.AreEqual(PlainEncoding(text, tokenizer.Merges), found);
                CollectionAssert.AreEqual(other.EncodeToIds(text).ToArray(), tokenizer.Encode(text).ToArray(), text);
            }
        }
    }

    // Of one second; counting the whole word again for each merge takes five minutes, and looking through it for each merge of a place hours.
    [TestMethod]
    [Timeout(120_000)]
    public void Work_on_a_long_word_is_not_its_length_for_each_merge()
    {
        var random = new RandomStream(4);
        string text = string.Create(400_000, random, (letters, drawn) =>
        {
            for (int i = 0; i < letters.Length; i++)
                letters[i] = "acgt"[(int)drawn.NextInt64(4)];
        });
        BytePairTokenizer tokenizer = BytePairTokenizer.Learn([text], 50_000);
        Assert.IsGreaterThan(5_000, tokenizer.Merges.Count);
        IReadOnlyList<int> tokens = tokenizer.Encode(text);
        Assert.IsLessThan(text.Length / 4, tokens.Count);
        Assert.AreEqual(text, tokenizer.Decode(tokens));
    }

    [TestMethod]
    public void Learning_can_be_stopped_after_each_merge()
    {
        int calls = 0;
        Assert.ThrowsExactly<OperationCanceledException>(() => BytePairTokenizer.Learn(
            Texts, 60, () => calls = calls == 2 ? throw new OperationCanceledException() : calls + 1));
        Assert.AreEqual(2, calls);
    }

    // Found with the package regex of Python, as in GPT-2's encoder.py.
    [TestMethod]
    [DataRow("x\U00010330\U00010331 \U000103309\U0001D7D9\U0001F600y", "x\U00010330\U00010331| \U00010330|9\U0001D7D9|\U0001F600|y")]
    [DataRow("\U0001D7D8\U0001D7D9 12\U0001D7DA!\U00020000\U00020001東", "\U0001D7D8\U0001D7D9| 12\U0001D7DA|!|\U00020000\U00020001東")]
    [DataRow("it's\U00010400 'x\U00010401 '\U00010402t  \U0001F600\U00010107\U0001F600 \U0001D400'll",
        "it|'s|\U00010400| '|x\U00010401| '|\U00010402t| | \U0001F600|\U00010107|\U0001F600| \U0001D400|'ll")]
    [DataRow("\U00010330\U0001E950 \U0001F130 \U00011000a", "\U00010330|\U0001E950| \U0001F130| \U00011000|a")]
    public void Words_are_divided_by_whole_characters(string text, string parts)
    {
        List<string> found = [];
        foreach (var word in ByteAlphabet.Words(text))
            found.Add(text.Substring(word.Index, word.Length));
        Assert.AreEqual(parts, string.Join('|', found));
    }

    [TestMethod]
    public void A_long_word_of_one_letter_is_encoded()
    {
        string text = new string('a', 20_000) + "b";
        BytePairTokenizer tokenizer = BytePairTokenizer.Learn([text[^4_097..]], 12);
        Assert.AreEqual("aaaaaaaa", tokenizer.Tokens[258]);
        Assert.AreEqual(text, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [TestMethod]
    public void Equal_merges_are_one_value_and_are_saved()
    {
        Assert.AreEqual(Learnt, BytePairTokenizer.Learn(Texts, 60));
        Assert.AreNotEqual(Learnt, BytePairTokenizer.Learn(Texts, 20));
        Assert.AreEqual(Learnt, JsonSerializer.Deserialize<BytePairTokenizer>(JsonSerializer.Serialize(Learnt)));
        BytePairTokenizer none = Learnt with { Merges = [] };
        Assert.AreEqual((256, 256 + Learnt.Merges.Count), (none.Count, Learnt.Count));
    }

    [TestMethod]
    [DataRow("a b\nc", "The merge 2 is 'c'; expected two tokens")]
    [DataRow("a b\nab cd", "The merge 2 is 'ab cd'")]
    [DataRow("a b\na b", "The merge 2, 'a b', has been there before")]
    [DataRow("a  b", "The merge 1 is 'a  b'")]
    public void What_is_no_merge_is_named(string lines, string message) =>
        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => BytePairTokenizer.Read(new StringReader(lines))).Message, message);

    [TestMethod]
    public void Tokens_that_are_no_whole_characters_become_the_replacement_character()
    {
        int[] bytes = [.. BytePairTokenizer.Learn([], 0).Encode("é")];
        Assert.AreEqual("\uFFFDa", Learnt.Decode([bytes[0], 64]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Learnt.Decode([Learnt.Count]));
    }

    // Sennrich et al., algorithm 1, on bytes: all words are counted again for each merge.
    private static string[] PlainLearning(string[] texts, int most)
    {
        List<List<string>> words = [.. texts.SelectMany(Split)];
        List<string> tokens = [.. Alphabet()], merges = [];
        while (merges.Count < most)
        {
            var counts = words.SelectMany(word => word.Zip(word.Skip(1))).CountBy(pair => pair).Where(pair => pair.Value > 1)
                .OrderByDescending(pair => pair.Value).ThenBy(pair => tokens.IndexOf(pair.Key.First)).ThenBy(pair => tokens.IndexOf(pair.Key.Second)).ToList();
            if (counts.Count == 0)
                break;
            (string left, string right) = counts[0].Key;
            merges.Add($"{left} {right}");
            if (!tokens.Contains(left + right))
                tokens.Add(left + right);
            words = [.. words.Select(word => Merge(word, left, right))];
        }

        return [.. merges];
    }

    // The earliest merge, everywhere, again and again.
    private static string[] PlainEncoding(string text, IReadOnlyList<string> merges) => [.. Split(text).SelectMany(word =>
    {
        while (merges.FirstOrDefault(merge => word.Zip(word.Skip(1)).Any(pair => $"{pair.First} {pair.Second}" == merge)) is { } merge)
            word = Merge(word, merge.Split(' ')[0], merge.Split(' ')[1]);
        return word;
    })];

    private static IEnumerable<List<string>> Split(string text) => Regex.Matches(text, Words)
        .Select(word => Encoding.UTF8.GetBytes(word.Value).Select(Character).ToList());

    private static List<string> Merge(List<string> word, string left, string right)
    {
        List<string> merged = [];
        for (int i = 0; i < word.Count; i++)
        {
            bool both = i + 1 < word.Count && word[i] == left && word[i + 1] == right;
            merged.Add(both ? left + right : word[i]);
            i += both ? 1 : 0;
        }

        return merged;
    }

    private static IEnumerable<string> Alphabet() => Enumerable.Range(0, 256).Select(one => (byte)one).OrderBy(one => Character(one), StringComparer.Ordinal)
        .Select(Character);

    // bytes_to_unicode of GPT-2's encoder.py
    private static string Character(byte one)
    {
        int[] visible = [.. Enumerable.Range('!', '~' - '!' + 1), .. Enumerable.Range('¡', '¬' - '¡' + 1), .. Enumerable.Range('®', 'ÿ' - '®' + 1)];
        return $"{(char)(visible.Contains(one) ? one : 256 + Enumerable.Range(0, one).Count(before => !visible.Contains(before)))}";
    }
}
