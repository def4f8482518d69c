using System.Globalization;
using System.Text;
using System.Text.Json;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Studio.Runs;

namespace MLNet.Sequence.Tests.Samples.Studio;

/// <summary>Questions about files whose rows are the steps of sequences: tags, and next steps.</summary>
[TestClass]
public sealed class StudioStepsTests
{
    private const int Machines = 20, Hours = 24;

    [TestMethod]
    public async Task Rows_are_tagged_and_what_is_taken_gives_the_same_tags()
    {
        using var studio = new StudioClient();
        WriteMachines(studio);
        JsonElement suggested = (await studio.Get("api/data?file=machines.csv")).GetProperty("suggested");
        Assert.AreEqual("tag", suggested.GetProperty("kind").GetString());
        JsonElement steps = suggested.GetProperty("steps");
        Assert.AreEqual("activity", steps.GetProperty("tag").GetString());
        Assert.AreEqual("machine", steps.GetProperty("series").GetString());
        // The hour counts the rows of each machine: it is not read.
        Assert.AreEqual("load", steps.GetProperty("columns").EnumerateArray().Single().GetString());
        Assert.AreEqual(Hours, steps.GetProperty("length").GetInt32());
        object question = Tags();
        StringAssert.Contains((await studio.Post("api/question", question)).GetProperty("description").GetString(),
            "20 sequences of 480 rows, each a number and one of 2 tags. In pieces of at most 24 rows 12 train, 4 choose models and 4 test them "
                + "(whole sequences, drawn at random)");
        string id = await studio.Trained(question);

        JsonElement shown = await studio.Get($"api/runs/{id}/models/tcn");
        Assert.AreEqual(4 * Hours, shown.GetProperty("count").GetInt64());
        // The tag is the sign of the number, which a network reads off.
        Assert.IsGreaterThan(0.9, shown.GetProperty("accuracy").GetDouble());
        CollectionAssert.AreEqual(new[] { "busy", "idle" }, shown.GetProperty("named").EnumerateArray().Select(name => name.GetString()).ToArray());
        JsonElement[] confusion = [.. shown.GetProperty("confusion").EnumerateArray()];
        double right = confusion[0][0].GetInt64() + confusion[1][1].GetInt64();
        Assert.AreEqual(shown.GetProperty("accuracy").GetDouble(), right / (4 * Hours), 1e-12);

        // The page's example, the model's own answer and predictions.csv are one.
        var model = SequenceModel.Load(new MemoryStream(await studio.Bytes($"api/runs/{id}/take/tcn/model")));
        string[][] history = [.. CsvText.Read(Path.Combine(studio.Files.Folder, "studio-runs", id, "history.csv"))];
        CollectionAssert.AreEqual(new[] { "sequence", "activity", "load" }, history[0]);
        string[][] first = [.. history.Skip(1).Take(Hours)];
        double[] scores = model.Predict((ReadOnlySpan<double>)[.. first.Select(cells => double.Parse(cells[2], CultureInfo.InvariantCulture))]);
        string[] predicted = [.. scores.Chunk(2).Select(step => step[0] > step[1] ? "busy" : "idle")];
        CollectionAssert.AreEqual(predicted, shown.GetProperty("examples")[0].GetProperty("steps").EnumerateArray()
            .Select(step => step.GetProperty("predicted").GetString()).ToArray());
        string[] lines = Encoding.UTF8.GetString(await studio.Bytes($"api/runs/{id}/take/tcn/predictions")).Split('\n');
        Assert.AreEqual("sequence,step,tag,predicted,probability", lines[0]);
        // A name with a comma is in quotes.
        StringAssert.StartsWith(lines[1], $"\"{first[0][0]}\",1,{first[0][1]},{predicted[0]},");
        Assert.HasCount(1 + 4 * Hours + 1, lines);
        Assert.IsGreaterThan(100, (await studio.Bytes($"api/runs/{id}/take/tcn/onnx")).Length);
        StringAssert.Contains(Encoding.UTF8.GetString(await studio.Bytes($"api/runs/{id}/take/tcn/notebook")), "Tag/history.csv");
    }

    [TestMethod]
    public async Task The_next_word_is_predicted()
    {
        using var studio = new StudioClient();
        // Words in a circle: the next one is always known.
        string[] circle = ["we", "go", "round", "and"];
        studio.Files.Write("words.csv", "sentence,word\n" + string.Concat(Enumerable.Range(0, 30).SelectMany(sentence =>
            Enumerable.Range(0, 12).Select(step => FormattableString.Invariant($"{sentence},{circle[(sentence + step) % 4]}\n")))));
        Assert.AreEqual("next", (await studio.Get("api/data?file=words.csv")).GetProperty("suggested").GetProperty("kind").GetString());
        string id = await studio.Trained(new
        {
            kind = "next",
            file = "words.csv",
            series = "sentence",
            targets = new[] { "word" },
            time = "",
            context = 12,
            maxEpochs = 12,
            architectures = new[] { "tcn" },
        });
        JsonElement shown = await studio.Get($"api/runs/{id}/models/tcn");
        Assert.AreEqual(6 * 11, shown.GetProperty("count").GetInt64());
        Assert.AreEqual(1, shown.GetProperty("accuracy").GetDouble());
        Assert.IsLessThan(1.5, shown.GetProperty("perplexity").GetDouble());
        Assert.IsLessThan(0.35, shown.GetProperty("alwaysTheSame").GetDouble());
        JsonElement step = shown.GetProperty("examples")[0].GetProperty("steps")[0];
        Assert.AreEqual(step.GetProperty("actual").GetString(), step.GetProperty("guesses")[0].GetProperty("token").GetString());
        // Each word of the continuation follows the one before it.
        string[] written = $"{shown.GetProperty("prompt").GetString()} {shown.GetProperty("written").GetString()}".Split(' ');
        int right = written.Zip(written.Skip(1)).Count(pair => circle[(Array.IndexOf(circle, pair.First) + 1) % 4] == pair.Second);
        Assert.IsGreaterThanOrEqualTo(written.Length - 4, right, string.Join(' ', written));
        string[] lines = Encoding.UTF8.GetString(await studio.Bytes($"api/runs/{id}/take/tcn/predictions")).Split('\n');
        Assert.AreEqual("sequence,predicted,probability", lines[0]);
        Assert.HasCount(1 + 6 + 1, lines);
    }

    [TestMethod]
    public async Task The_next_row_of_numbers_is_predicted_next_to_the_last_row_repeated()
    {
        using var studio = new StudioClient();
        studio.Files.WriteHours("hours.csv", 400);
        string id = await studio.Trained(new
        {
            kind = "next",
            file = "hours.csv",
            targets = new[] { "a", "b" },
            context = 16,
            maxEpochs = 2,
            architectures = new[] { "tcn" },
        });
        JsonElement shown = await studio.Get($"api/runs/{id}/models/tcn");
        // A fifth of 400 rows in pieces of 16, each with 15 next rows.
        Assert.AreEqual(5 * 15, shown.GetProperty("count").GetInt64());
        double[] b = [.. Enumerable.Range(320, 80).Select(row => row % 7.0)];
        double repeated = b.Chunk(16).SelectMany(piece => piece.Zip(piece.Skip(1), (before, next) => Math.Abs(next - before))).Average();
        JsonElement errors = shown.GetProperty("columns")[1];
        Assert.AreEqual("b", errors.GetProperty("name").GetString());
        Assert.AreEqual(repeated, errors.GetProperty("repeated").GetDouble(), 1e-12);
        // The curve is that of the model on the piece alone.
        var model = SequenceModel.Load(new MemoryStream(await studio.Bytes($"api/runs/{id}/take/tcn/model")));
        double[][] rows = [.. File.ReadLines(studio.Files.Path("hours.csv")).Skip(1 + 320).Take(16)
            .Select(line => line.Split(',')[1..].Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())];
        JsonElement predicted = shown.GetProperty("examples")[0].GetProperty("predicted")[1];
        foreach (int step in new[] { 1, 7, 15 })
        {
            double[] said = model.Predict((ReadOnlySpan<double>)[.. rows[..step].SelectMany(row => row)]);
            Assert.AreEqual(said[1], predicted[step - 1].GetDouble(), 1e-4);
        }

        StringAssert.StartsWith(Encoding.UTF8.GetString(await studio.Bytes($"api/runs/{id}/take/tcn/predictions")), "sequence,a,b\nrow 321,");
    }

    [TestMethod]
    public async Task A_question_about_steps_that_does_not_fit_is_refused_with_the_place()
    {
        using var studio = new StudioClient();
        WriteMachines(studio);
        string good = File.ReadAllText(studio.Files.Path("machines.csv"));
        studio.Files.Write("gap.csv", good.Replace("\"m 3, left\",5,0.8", "\"m 3, left\",5,", StringComparison.Ordinal));
        studio.Files.Write("untagged.csv", good.Replace("\"m 2, left\",0,0.8,busy", "\"m 2, left\",0,0.8,", StringComparison.Ordinal));
        async Task Refuses(string part, object question) => StringAssert.Contains(await studio.Refused(HttpMethod.Post, "api/runs", question), part);
        await Refuses("Choose the column with the tag", Tags(label: null));
        await Refuses("Choose at least one column to read", Tags(inputs: []));
        await Refuses("The column 'activity' has two roles", Tags(inputs: ["activity"]));
        await Refuses("There is no column 'lode'. The nearest names in the file: 'load'", Tags(inputs: ["lode"]));
        studio.Files.Write("counted.csv",
            "n,load\n" + string.Concat(Enumerable.Range(0, 240).Select(row => FormattableString.Invariant($"{row},{row % 5}\n"))));
        await Refuses("The column 'n' has 240 different values (0, 1, 10, …); tags are at most 200", Tags("n", series: null, time: "", file: "counted.csv"));
        await Refuses("'activity' of the 2 columns holds text", Tags(label: "machine", series: null, time: "", inputs: ["load", "activity"]));
        await Refuses("'untagged.csv', row 25 (line 26), column 'activity': the tag is missing", Tags(file: "untagged.csv"));
        await Refuses("0 does not come after 23", Tags(series: null, time: "hour"));
        await Refuses("Choose shorter pieces", Tags(series: null, time: "", context: 400));
        string[] targets = ["load"], architectures = ["lstm"];
        await Refuses("row 54", new { kind = "next", file = "gap.csv", series = "machine", targets, time = "hour", context = 24, architectures });
        await Refuses("Choose what is asked: forecast, classify, tag, or next", new { kind = "guess", file = "machines.csv" });
        Assert.AreEqual(0, (await studio.Get("api/runs")).GetArrayLength());
    }

    [TestMethod]
    public void A_validation_tag_that_no_training_row_has_moves_its_sequence()
    {
        using var studio = new StudioClient();
        var question = new Question { Kind = "tag", File = "rare.csv", Series = "s", Label = "tag", Inputs = ["x"], Time = "", Context = 4 };
        // Every third sequence has a tag of its own in its last row.
        studio.Files.Write("rare.csv", "s,x,tag\n" + string.Concat(Enumerable.Range(0, 24).SelectMany(s =>
            Enumerable.Range(0, 4).Select(step => FormattableString.Invariant($"{s},{step},{(step == 3 && s % 3 == 0 ? $"own{s}" : "usual")}\n")))));
        var table = MLNet.Sequence.Samples.Sequences.StepTable.Read(studio.Files.Path("rare.csv"),
            new MLNet.Sequence.Samples.Sequences.StepColumns(question.Steps, question.Label, question.Time, question.Series));
        int moved = 0;
        for (int seed = 1; seed <= 8; seed++)
        {
            var parts = StepParts.Of(table, question with { Seed = seed }, least: 1);
            HashSet<string> known = [.. parts.Train.SelectMany(one => one.Tags)];
            Assert.IsTrue(parts.Validation.All(one => one.Tags.All(known.Contains)));
            Assert.AreEqual(24, parts.Train.Count + parts.Validation.Count + parts.Test.Count);
            moved += parts.How.Contains("with rare tags", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.IsGreaterThan(0, moved);
    }

    private static object Tags(string? label = "activity", string[]? inputs = null, string? series = "machine", string? time = "hour", int context = 24,
        string file = "machines.csv") =>
        new { kind = "tag", file, label, inputs = inputs ?? ["load"], series, time, context, maxEpochs = 6, architectures = new[] { "tcn" } };

    // A machine is busy where its load is above 0. Its name has a comma.
    private static void WriteMachines(StudioClient studio) => studio.Files.Write("machines.csv", "machine,hour,load,activity\n" + string.Concat(
        Enumerable.Range(0, Machines).SelectMany(machine => Enumerable.Range(0, Hours).Select(hour =>
            FormattableString.Invariant($"\"m {machine + 1}, left\",{hour},{((machine + hour) / 3 % 2 == 0 ? "0.8,busy" : "-0.7,idle")}\n")))));
}
