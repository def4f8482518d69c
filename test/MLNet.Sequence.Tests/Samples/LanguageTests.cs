using System.IO.Compression;
using System.Text.Json;
using MLNet.Sequence.Samples.Text;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>language, from text files to its results.</summary>
[TestClass]
public sealed class LanguageTests
{
    private static readonly string[] Small =
        ["--set", "lstm.hiddenSize=8", "--architectures", "lstm", "--epochs", "2", "--steps", "20", "--batch-size", "4", "--length", "30"];

    private static string Rhyme(int lines) => string.Concat(Enumerable.Range(0, lines).Select(line => $"row {line % 3} the boat\n"));

    [TestMethod]
    [DataRow("char")]
    [DataRow("word")]
    public void Three_texts_give_a_model_a_writing_and_json(string level)
    {
        using var run = new SampleRun();
        string train = run.Write("train.txt", Rhyme(90)), valid = run.Write("valid.txt", Rhyme(20)), test = run.Write("test.txt", "the new boat\n" + Rhyme(20));
        Assert.AreEqual(0, run.Run(
            ["language", "--train", train, "--valid", valid, "--test", test, "--level", level, .. Small, "--json", run.Path("results.json")]), run.Error);

        string[] written = ["out", "out/lstm.txt", "out/lstm.zip", "out/training-lstm.html", "results.json", "test.txt", "train.txt", "valid.txt"];
        CollectionAssert.AreEqual(written, run.Entries);
        Assert.Contains("lstm writes:", run.Output);
        Assert.IsGreaterThan(20, File.ReadAllText(run.Path("out/lstm.txt")).Length);
        using var results = JsonDocument.Parse(File.ReadAllText(run.Path("results.json")));
        Assert.AreEqual("language", results.RootElement.GetProperty("command").GetString());
        JsonElement result = results.RootElement.GetProperty("results")[0];
        Assert.AreEqual("lstm", result.GetProperty("architecture").GetString());
        Assert.IsGreaterThan(0, result.GetProperty("secondsPerEpoch").GetDouble());
        JsonElement metrics = result.GetProperty("metrics");
        foreach ((string part, string text) in new[] { ("valid", File.ReadAllText(valid)), ("test", File.ReadAllText(test)) })
        {
            double bits = Math.Log2(metrics.GetProperty($"{part}Perplexity").GetDouble()),
                perCharacter = metrics.GetProperty($"{part}BitsPerCharacter").GetDouble();
            Assert.AreEqual(level == "word", metrics.TryGetProperty($"{part}BitsPerWord", out JsonElement perWord));
            if (level == "word")
                Assert.AreEqual(bits, perWord.GetDouble(), 1e-9);
            // The first word is not predicted, and neither is the space after it.
            int words = text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Length, lines = text.Count(letter => letter == '\n');
            Assert.AreEqual(level == "word"
                ? bits * (words + lines - 1) / (text.Length - text.IndexOf(' ', StringComparison.Ordinal) - 1)
                : bits, perCharacter, 1e-9);
        }

        // Tokens of the training text, the unknown one, their vectors of 64, an LSTM of 8 and the head.
        int tokens = 1 + TextSource.Read(train, Enum.Parse<TextLevel>(level, ignoreCase: true)).Distinct().Count();
        Assert.AreEqual(64 * tokens + 32 * (64 + 8 + 2) + 9 * tokens, result.GetProperty("parameters").GetInt64());
    }

    [TestMethod]
    public void Characters_are_whole_also_outside_the_basic_plane()
    {
        using var run = new SampleRun();
        string text = run.Write("faces.txt", "a\U0001F600b");
        CollectionAssert.AreEqual(new[] { "a", "\U0001F600", "b" }, TextSource.Read(text, TextLevel.Char));
    }

    [TestMethod]
    public void A_single_text_is_cut_into_training_validation_and_test_parts()
    {
        using var run = new SampleRun();
        string text = Rhyme(100);
        using (var zip = new GZipStream(File.Create(run.Path("text.gz")), CompressionLevel.Fastest))
            zip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        Assert.AreEqual(0, run.Run(["language", "--train", run.Path("text.gz"), .. Small]), run.Error);

        int part = text.Length / 20;
        Assert.Contains($"{text.Length - 2 * part:N0} tokens to train on, {text.Distinct().Count()} different ones; {part} to validate on, "
            + $"{part} to test on", run.Output);
    }

    [TestMethod]
    public void The_same_seed_writes_the_same()
    {
        using var run = new SampleRun();
        string text = run.Write("text.txt", Rhyme(60));
        string Writing(string seed)
        {
            Assert.AreEqual(0, run.Run(["language", "--train", text, .. Small, "--seed", seed]), run.Error);
            return File.ReadAllText(run.Path("out/lstm.txt"));
        }

        string one = Writing("1");
        Assert.AreEqual(one, Writing("1"));
        Assert.AreNotEqual(one, Writing("2"));
    }

    [TestMethod]
    public void What_cannot_be_used_is_refused_in_one_message()
    {
        using var run = new SampleRun();
        run.MustRefuse(["language", "--train", "no.txt"], "There is no data file 'no.txt'.");
        run.MustRefuse(["language", "--train", run.Write("text.txt", Rhyme(20)), "--test", run.Folder], "is a folder; --test names a text file");
        run.MustRefuse(["language", "--train", run.Write("empty.txt", "")], "holds 0 tokens; at least 2 are needed");
        run.MustRefuse(["language", "--train", run.Write("short.txt", "a few letters")], "the text has 13 tokens, too few to split");
        run.MustRefuse(["language", "--level", "syllable"], "syllable");
        run.MustRefuse(["language", "--stride", "2"], "--stride");
    }

    [TestMethod]
    public void Tokens_joined_again_are_the_text()
    {
        using var run = new SampleRun();
        string path = run.Write("text.txt", "one two\nthree\n");
        CollectionAssert.AreEqual(new[] { "one", "two", "<eos>", "three", "<eos>" }, TextSource.Read(path, TextLevel.Word));
        Assert.AreEqual("one two\nthree\n", TextSource.Join(TextSource.Read(path, TextLevel.Char), TextLevel.Char));
        Assert.AreEqual("one two\nthree \n", TextSource.Join(TextSource.Read(path, TextLevel.Word), TextLevel.Word));
    }
}
