using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Sequences;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>tag, from files to tagged sentences.</summary>
[TestClass]
public sealed class TagTests
{
    [TestMethod]
    public void Sentences_of_the_user_give_models_pictures_json_and_tagged_sentences()
    {
        using var run = new SampleRun();
        string train = run.Write("train.tsv", Lines(80, seed: 1)), valid = run.Write("valid.tsv", Lines(20, seed: 3)),
            test = run.Write("test.tsv", Lines(30, seed: 2));
        Assert.AreEqual(0, run.Run(
            "tag", "--train", train, "--valid", valid, "--test", test, "--architectures", "lstm", "--set", "lstm.hiddenSize=16", "--epochs", "12",
            "--learning-rate", "0.02", "--json", run.Path("results.json")), run.Error);

        CollectionAssert.AreEqual(new[] { "out", "out/lstm.zip", "out/training-lstm.html", "results.json", "test.tsv", "train.tsv", "valid.tsv" }, run.Entries);
        Assert.Contains("80 sentences to train on, 20 to validate on, 30 to measure on;", run.Output);
        Assert.Contains("span F1", run.Output);
        Assert.Contains("from [", run.Output);
        using var json = JsonDocument.Parse(File.ReadAllText(run.Path("results.json")));
        Assert.AreEqual("tag", json.RootElement.GetProperty("command").GetString());
        JsonElement metrics = json.RootElement.GetProperty("results")[0].GetProperty("metrics");
        foreach (string name in new[] { "accuracy", "f1", "precision", "recall" })
            Assert.IsTrue(metrics.GetProperty(name).GetDouble() is > 0.8 and <= 1, name);

        var ml = new MLContext();
        IDataView scored = ml.Model.Load(run.Path("out/lstm.zip"), out _)
            .Transform(ml.Data.LoadFromEnumerable(new[] { new TaggedSentence { Words = ["fly", "from", "nowhere", "to", "rome"] } }));
        Assert.HasCount(5, scored.GetColumn<uint[]>("PredictedLabels").Single());
    }

    [TestMethod]
    public void The_shipped_questions_are_read_when_nothing_is_given()
    {
        using var run = new SampleRun();
        Assert.AreEqual(0, run.Run("tag", "--architectures", "rnn", "--set", "rnn.hiddenSize=8", "--embedding", "8", "--decoding", "Steps", "--epochs", "1"),
            run.Error);

        Assert.Contains("1500 sentences to train on, 300 to validate on, 500 to measure on", run.Output);
        Assert.Contains("to.city", run.Output);
    }

    [TestMethod]
    public void Tags_are_weighted_and_the_loss_is_focal_if_requested()
    {
        using var run = new SampleRun();
        string train = run.Write("train.tsv", Lines(40, seed: 1)), test = run.Write("test.tsv", Lines(10, seed: 2));
        string[] command = ["tag", "--train", train, "--test", test, "--architectures", "rnn", "--set", "rnn.hiddenSize=4", "--embedding", "4",
            "--epochs", "1", "--seed", "1"];
        string Loss(params string[] options)
        {
            Assert.AreEqual(0, run.Run([.. command, "--decoding", "Steps", .. options]), run.Error);
            return run.Output.Split('\n').First(line => line.Contains("epoch  1/1", StringComparison.Ordinal)).Split("rate")[0];
        }

        Assert.HasCount(4, new[] { Loss(), Loss("--balanced"), Loss("--focal", "2"), Loss("--balanced", "--focal", "2") }.Distinct().ToArray());
        foreach (string[] options in new string[][] { ["--balanced"], ["--focal", "2"] })
            run.MustRefuse([.. command, .. options], "they need --decoding Steps");
    }

    [TestMethod]
    [DataRow("-DOCSTART- O\n\n", "a O\nb B-x\n\nc O\n\n")]
    [DataRow("# newdoc id = x\n", "# sent_id = 1\na\tO\nb\tB-x\n\nc\tO\n\n")]
    public void Sentences_of_one_document_are_validated_on_together(string start, string sentences)
    {
        using var run = new SampleRun();
        string train = run.Write("train.conll", string.Concat(Enumerable.Repeat(start + sentences, 6))), test = run.Write("test.conll", sentences);
        CollectionAssert.AreEqual(Enumerable.Range(0, 12).Select(sentence => sentence / 2 + 1).ToArray(), TaggedFile.Read(train, "--train")
            .Select(sentence => sentence.Document).ToArray());
        string[] fit = ["--architectures", "linear", "--set", "linear.window=1", "--embedding", "2", "--epochs", "1"];
        Assert.AreEqual(0, run.Run(["tag", "--train", train, "--test", test, .. fit]), run.Error);
        Assert.Contains("6 documents to train on; validation uses whole documents", run.Output);
        Assert.AreEqual(0, run.Run(["tag", "--train", test, "--test", test, .. fit]), run.Error);
        Assert.DoesNotContain("documents", run.Output);
    }

    [TestMethod]
    public void A_line_of_one_word_is_a_sentence_where_lines_are_sentences()
    {
        using var run = new SampleRun();
        string lines = run.Write("lines.tsv", "stop\tO\nfly to rome\tO O B-to\nparis\tB-to\nrome\tB-to\n"),
            words = run.Write("words.txt", "stop\tO\nrome\tB-to\n\nparis\tB-to\n");
        CollectionAssert.AreEqual(new[] { 1, 3, 1, 1 }, TaggedFile.Read(lines, "--train").Select(sentence => sentence.Words.Length).ToArray());
        CollectionAssert.AreEqual(new[] { 2, 1 }, TaggedFile.Read(words, "--train").Select(sentence => sentence.Words.Length).ToArray());
    }

    [TestMethod]
    [DataRow("# sent_id = 1\n# text = to rome\nto\tO\nrome\tB-to\n\n# newdoc\n#\tO\nrome\tB-to\n", "to/O rome/B-to|#/O rome/B-to")]
    [DataRow("# sent_id = 1\nto O\nrome B-to\n\n# O\nrome B-to\n", "to/O rome/B-to|#/O rome/B-to")]
    [DataRow("1\tto\tO\n2\trome\tB-to\n\n1\trome\tB-to\n", "to/O rome/B-to|rome/B-to")]
    [DataRow("# text = del mar\n1-2\tdel\t_\t_\t_\t_\t_\t_\t_\t_\n1\tde\tde\tADP\t_\t_\t3\tcase\t_\t_\n2\tel\tel\tDET\t_\t_\t3\tdet\t_\t_\n"
        + "3\tmar\tmar\tNOUN\t_\t_\t0\troot\t_\t_\n3.1\tx\tx\tVERB\t_\t_\t_\t_\t_\t_\n", "de/ADP el/DET mar/NOUN")]
    [DataRow("EU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n1 CD B-NP O\n2 CD B-NP O\n", "EU/B-ORG rejects/O|1/O 2/O")]
    public void Comments_and_counted_words_are_known(string text, string expected)
    {
        using var run = new SampleRun();
        IEnumerable<string> sentences = TaggedFile.Read(run.Write("words.txt", text), "--train")
            .Select(sentence => string.Join(' ', sentence.Words.Zip(sentence.Tags, (word, tag) => $"{word}/{tag}")));
        Assert.AreEqual(expected, string.Join('|', sentences));
    }

    [TestMethod]
    public void Validation_sentences_whose_tags_cannot_be_learnt_are_left_out_and_reported()
    {
        using var run = new SampleRun();
        string train = run.Write("train.tsv", Lines(60, seed: 1)), odd = run.Write("odd.tsv", "fly\tB-odd\n");
        string valid = run.Write("valid.tsv", Lines(5, seed: 3) + File.ReadAllText(odd));
        string[] args = ["tag", "--train", train, "--test", train, "--architectures", "rnn", "--set", "rnn.hiddenSize=4", "--epochs", "1", "--valid"];

        Assert.AreEqual(0, run.Run([.. args, valid]), run.Error);
        Assert.Contains("1 of 6 sentences to validate on are left out, since no training sentence has their tags B-odd", run.Output);
        Assert.Contains("60 sentences to train on, 5 to validate on", run.Output);
        run.MustRefuse([.. args, odd], "--valid: every sentence has a tag that no sentence of --train has: B-odd.");
    }

    [TestMethod]
    public void Both_forms_of_files_are_read()
    {
        using var run = new SampleRun();
        IReadOnlyList<TaggedSentence> lines = TaggedFile.Read(
            run.Write("a.iob", "BOS fly to rome EOS\tO O O B-city intent\nto rome\tO B-city\nrome\tB-city\n"), "--train");
        IReadOnlyList<TaggedSentence> words = TaggedFile.Read(
            run.Write("b.txt", "-DOCSTART- -X- O O\n\nfly VB O\nrome NN B-city\n\nto\tO\nrome\tB-city\n"), "--train");

        CollectionAssert.AreEqual(new[] { "fly/O to/O rome/B-city", "to/O rome/B-city", "rome/B-city" }, lines.Select(Print).ToArray());
        CollectionAssert.AreEqual(new[] { "fly/O rome/B-city", "to/O rome/B-city" }, words.Select(Print).ToArray());
    }

    [TestMethod]
    [DataRow("a b\tO\n", "line 1 has 2 words and 1 tags")]
    [DataRow("a O\nb\n", "line 2: 'b' has a word without a tag")]
    [DataRow("\n\n", "has no sentences")]
    public void What_is_wrong_is_named_with_its_place(string text, string message)
    {
        using var run = new SampleRun();
        string path = run.Write("a.txt", text);

        StringAssert.Contains(Assert.ThrowsExactly<UserError>(() => TaggedFile.Read(path, "--train")).Message, message);
        run.MustRefuse(["tag", "--train", path, "--test", path], message);
    }

    [TestMethod]
    public void Training_sentences_alone_are_refused()
    {
        using var run = new SampleRun();
        run.MustRefuse(["tag", "--train", run.Write("a.tsv", Lines(3, seed: 1))], "--train and --test go together");
    }

    [TestMethod]
    public void Spans_are_printed_in_brackets() => Assert.AreEqual(
        "from [new york from] to [rome to] [today day]",
        TaggedText.Line(["from", "new", "york", "to", "rome", "today"], ["O", "B-from", "I-from", "O", "B-to", "B-day"]));

    private static string Print(TaggedSentence sentence) => string.Join(' ', sentence.Words.Zip(sentence.Tags, (word, tag) => $"{word}/{tag}"));

    private static string Lines(int count, int seed)
    {
        var random = new Random(seed);
        string[] cities = ["rome", "oslo", "lima", "new york"];
        string City(string label, List<string> tags)
        {
            string city = cities[random.Next(4)];
            tags.AddRange(city.Split(' ').Select((_, i) => (i == 0 ? "B-" : "I-") + label));
            return city;
        }

        return string.Concat(Enumerable.Range(0, count).Select(_ =>
        {
            List<string> tags = ["O", "O"];
            string text = "fly from " + City("from", tags);
            tags.Add("O");
            return $"{text} to {City("to", tags)}\t{string.Join(' ', tags)}\n";
        }));
    }
}
