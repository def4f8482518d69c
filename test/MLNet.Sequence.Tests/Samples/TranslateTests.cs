using System.Text.Json;
using System.Xml.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Text;
using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>translate, from text files to its results.</summary>
[TestClass]
public sealed class TranslateTests
{
    private static readonly string[] Small =
    [
        "--architectures", "attention-rnn", "--set", "attention-rnn.hiddenSize=16", "--embedding", "8", "--epochs", "30", "--learning-rate", "0.01",
        "--batch-size", "16", "--rare", "1", "--embedding-dropout", "0", "--beam", "2",
    ];

    [TestMethod]
    public void Pairs_of_files_give_a_model_translations_a_picture_and_json()
    {
        using var run = new SampleRun();
        string[] files = [.. Write(run, "train", 60), .. Write(run, "valid", 12), .. Write(run, "test", 12)];
        Assert.AreEqual(0, run.Run(
            ["translate", "--train", files[0], files[1], "--valid", files[2], files[3], "--test", files[4], files[5], .. Small, "--json",
                run.Path("results.json")]), run.Error);
        CollectionAssert.IsSubsetOf(
            new[] { "out/attention-attention-rnn.svg", "out/attention-rnn.zip", "out/training-attention-rnn.html", "results.json" }, run.Entries);
        Assert.Contains("60 pairs to train on, 12 to validate on, 12 to measure on; 8 words of the source, 8 of the target", run.Output);
        Assert.Contains("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp", run.Output);
        // The sentences of the test file are among those of training: the order of words is learnt.
        Assert.Contains("  Fly to Rome today .\n    Heute nach Rom fliegen .\n", run.Output.ReplaceLineEndings("\n"));

        using var results = JsonDocument.Parse(File.ReadAllText(run.Path("results.json")));
        JsonElement metrics = results.RootElement.GetProperty("results")[0].GetProperty("metrics");
        Assert.AreEqual(100, metrics.GetProperty("bleu").GetDouble(), 1e-9);
        Assert.AreEqual(1, metrics.GetProperty("exactMatch").GetDouble());
        string[] cells = [.. XDocument.Load(run.Path("out/attention-attention-rnn.svg")).Descendants().Where(one => one.Name.LocalName == "rect")
            .Select(cell => cell.Value)];
        // Six rows, the end among them, and five words of the source.
        Assert.HasCount(30, cells);
        StringAssert.StartsWith(cells[0], "'Heute' attends to 'Fly': ");
    }

    [TestMethod]
    public void The_picture_is_of_the_tokens_that_were_predicted_though_their_text_has_others()
    {
        var form = new SentenceText(new MLContext(), [new SentencePair { SourceText = "low lower lowest", TargetText = "aaaa bbbb aaaa bbbb" }], 9);
        (TokenOptions source, TokenOptions target) = form.Tokens(6, 0);
        SequenceInput Column(string name, TokenOptions tokens) => new()
        {
            Columns = [name],
            Scalars = false,
            Features = 1,
            Tokens = new TokenInput
            {
                Count = ((BytePairTokenizer)tokens.Tokenizer!).Count,
                Keys = false,
                ValueType = "String",
                Tokenizer = (BytePairTokenizer)tokens.Tokenizer,
                EmbeddingSize = 6,
            },
        };
        var task = new SequenceToSequence { Source = Column("Source", source), Target = Column("Target", target), LongestSource = 9, LongestTarget = 12 };
        bool others = false;
        for (int size = 4; size < 9; size++)
        {
            SequenceModel model = UntrainedModel.Make(new AttentionRnn { HiddenSize = size }, task, ChannelScaling.None(1));
            (ShownTokens read, ShownTokens found) = form.Read(model, "low lower");
            double[] given = [.. task.Source.Tokens!.Tokenizer!.Encode("low lower").Select(token => (double)token)];
            CollectionAssert.AreEqual(given, read.Indices.Select(token => (double)token).ToArray());
            CollectionAssert.AreEqual(model.PredictTargets(given)[0].Tokens.ToArray(), found.Indices);
            Assert.HasCount(found.Indices.Length, found.Shown);
            BytePairTokenizer tokenizer = task.Target.Tokens!.Tokenizer!;
            others |= !tokenizer.Encode(tokenizer.Decode(found.Indices)).SequenceEqual(found.Indices);
        }

        Assert.IsTrue(others);
    }

    [TestMethod]
    public void Byte_pairs_give_the_text_itself()
    {
        using var run = new SampleRun();
        string[] files = [.. Write(run, "train", 60), .. Write(run, "test", 12)];
        Assert.AreEqual(0, run.Run(
            ["translate", "--train", files[0], files[1], "--valid", files[2], files[3], "--test", files[2], files[3], .. Small.Except(["--rare", "1"]),
                "--byte-pairs", "60"]), run.Error);
        Assert.Contains("  Fly to Rome today.\n    Heute nach Rom fliegen.\n", run.Output.ReplaceLineEndings("\n"));
        // The saved chain reads text and gives text.
        var ml = new MLContext();
        ITransformer saved = ml.Model.Load(run.Path("out/attention-rnn.zip"), out DataViewSchema schema);
        Assert.AreEqual(TextDataViewType.Instance, schema["Source"].Type);
        IDataView rows = ml.Data.LoadFromEnumerable([new { Source = "Fly to Rome today.", Target = "" }]);
        Assert.AreEqual("Heute nach Rom fliegen.", saved.Transform(rows).GetColumn<string>("PredictedSequence").Single());
    }

    [TestMethod]
    public void What_cannot_be_used_is_refused_in_one_message()
    {
        using var run = new SampleRun();
        string two = run.Write("two.txt", "a b\nc d\n"), one = run.Write("one.txt", "a b\n"), empty = run.Write("empty.txt", "\n\n");
        string[] Use(string source, string target) => ["translate", "--train", two, two, "--valid", two, two, "--test", source, target];
        run.MustRefuse(["translate", "--train", two, two], "--train, --valid and --test go together");
        run.MustRefuse(["translate", "--train", two], "--train");
        run.MustRefuse(Use(two, one), "--test: ", "two.txt' has 2 lines, but '", "one.txt' has 1");
        run.MustRefuse(Use(two, empty), "--test: no line of '", "has a sentence with a translation");
        run.MustRefuse(Use(two, "no.txt"), "There is no data file 'no.txt'.");
        run.MustRefuse(Use(two, run.Folder), "is a folder; --test names two text files");
        run.MustRefuse(["translate", "--byte-pairs", "9", "--rare", "3"], "--rare is for words; --byte-pairs has no unknown ones");
        run.MustRefuse(["translate", "--architectures", "lstm"], "There is no encoder–decoder named 'lstm'", "attention-rnn");
    }

    [TestMethod]
    public void Lines_that_are_empty_on_one_side_are_left_out_and_counted()
    {
        using var run = new SampleRun();
        var said = new List<string>();
        SentencePair[] pairs = SentencePairs.Read(
            (run.Write("a.txt", "A man.\n\nx\n"), run.Write("b.txt", "Ein Mann!\ny\nz\n")), "--test", (null, LowerCase: true), said.Add);
        CollectionAssert.AreEqual(new[] { "a man .", "x" }, pairs.Select(pair => string.Join(' ', pair.Source)).ToArray());
        CollectionAssert.AreEqual(new[] { "ein mann !", "z" }, pairs.Select(pair => string.Join(' ', pair.Target)).ToArray());
        Assert.AreEqual("--test: 1 of 3 lines are empty in one of the files, and are left out", said.Single());
    }

    [TestMethod]
    public void The_sentences_that_come_with_the_program_are_in_one_file_each_and_their_words_are_known()
    {
        SentencePair[] Read(string part) => SentencePairs.Read(
            (ShippedData.At($"translations-{part}.en.gz"), ShippedData.At($"translations-{part}.de.gz")), part, (null, LowerCase: false), Assert.Fail);
        SentencePair[] train = Read("train"), valid = Read("valid"), test = Read("test");
        CollectionAssert.AreEqual(new[] { 900, 100, 100 }, new[] { train.Length, valid.Length, test.Length });
        string[] sentences = [.. train.Concat(valid).Concat(test).Select(pair => string.Join(' ', pair.Source))];
        Assert.HasCount(1100, sentences.Distinct());
        foreach (Func<SentencePair, string[]> side in new Func<SentencePair, string[]>[] { pair => pair.Source, pair => pair.Target })
            Assert.IsEmpty(test.SelectMany(side).Except(SentencePairs.Vocabulary(train.Select(side), least: 2)));
    }

    /// <summary>Sentences whose translation has another order.</summary>
    private static string[] Write(SampleRun run, string name, int rows)
    {
        (string English, string German)[] cities = [("Rome", "Rom"), ("Oslo", "Oslo")], days = [("today", "Heute"), ("soon", "Bald")];
        string Lines(Func<int, string> line) => string.Concat(Enumerable.Range(0, rows).Select(row => line(row) + "\n"));
        return
        [
            run.Write($"{name}.en", Lines(row => $"Fly to {cities[row % 2].English} {days[row / 2 % 2].English}.")),
            run.Write($"{name}.de", Lines(row => $"{days[row / 2 % 2].German} nach {cities[row % 2].German} fliegen.")),
        ];
    }
}

[TestClass]
public sealed class TranslateOptionTests() : OptionContract(
    "translate", "--train @train.en @train.de --valid @valid.en @valid.de --test @test.en @test.de --architectures gnmt --set gnmt.layers=1,gnmt.hiddenSize=4 "
        + "--epochs 1 --embedding 4 --batch-size 8")
{
    internal override IEnumerable<OptionCase> Cases =>
    [
        new("--architectures", "--architectures gnmt,attention-rnn", run => run.Has("attention-rnn.zip")),
        new("--set", "--set gnmt.layers=2,gnmt.hiddenSize=4", Parameters),
        new("--out", "--out @elsewhere", run => run.Has("../elsewhere/gnmt.zip")),
        new("--json", "--json @results.json", run => run.Has("../results.json")),
        .. Training(TaskCases.Loss),
        new("--train", "--train @test.en @test.de", run => run.Found(@"(\d+) pairs to train on")),
        new("--valid", "--valid @test.en @test.de", run => run.Found(@"(\d+) to validate on")),
        new("--test", "--test @valid.en @valid.de", run => run.Found(@"(\d+) to measure on")),
        new("--embedding", "--embedding 5", Parameters),
        new("--embedding-dropout", "--embedding-dropout 0", TaskCases.Loss),
        new("--rare", "--rare 15", run => run.Found(@"(\d+) words of the source")),
        new("--byte-pairs", "--byte-pairs 30", run => run.Found("to measure on; (.+) of the source")),
        new("--lower-case", "--lower-case", run => run.Found(@"(\d+) words of the source")),
        new("--label-smoothing", "--label-smoothing 0.5", TaskCases.Loss),
        new("--beam", "--beam 1", Translations),
        new("--length-penalty", "--length-penalty 9", Translations),
        new("--coverage-penalty", "--coverage-penalty 50", Translations),
        new("--encoding", "--test @latin.en @latin.de --encoding iso-8859-1", run => run.Count("Köln"),
            "--test @latin.en @latin.de --encoding windows-1251"),
    ];

    internal override void WriteFiles()
    {
        string[] cities = ["Rome", "Oslo", "Lima"];
        string Lines(int rows, string start, string end) => string.Concat(
            Enumerable.Range(0, rows).Select(row =>
                $"{(row % 2 == 0 ? start : start.ToLowerInvariant())} {cities[row % 3]} {end}{(row % 4 == 0 ? " ." : "")}\n"));
        foreach ((string name, int rows) in new[] { ("train", 40), ("valid", 7), ("test", 9) })
        {
            Files.Write($"{name}.en", Lines(rows, "Fly to", "now"));
            Files.Write($"{name}.de", Lines(rows, "Jetzt nach", "fliegen"));
        }

        WriteLatin("latin.en", "Fly to Köln now\n");
        WriteLatin("latin.de", "Jetzt nach Köln fliegen\n");
    }

    private static string Parameters(OptionCase.Seen run) => run.Found(@"gnmt +\| +([\d,]+)");

    private static string Translations(OptionCase.Seen run) => run.Found(@"(?s)translates sentences(.*?)gnmt: ");
}
