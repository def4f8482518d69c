using Examples;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.Pairs;
using MLNet.Sequence.Tests.Rows;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Docs;

/// <summary>The examples of the pages in docs are the compiled ones, and they run.</summary>
[TestClass]
public sealed class DocsTests
{
    [TestMethod]
    [DataRow("language.md", "LanguageExample.cs")]
    [DataRow("memory.md", "MemoryPageExample.cs")]
    [DataRow("music.md", "MusicExample.cs")]
    [DataRow("audio.md", "AudioExample.cs")]
    [DataRow("classification.md", "ClassificationExample.cs")]
    [DataRow("tagging.md", "TaggingExample.cs")]
    [DataRow("windows.md", "WindowsExample.cs")]
    [DataRow("forecasting.md", "TimeAxisExample.cs")]
    [DataRow("forecasting.md", "ForecastingExample.cs", 2)]
    [DataRow("rows.md", "RowsExample.cs")]
    [DataRow("dataframes.md", "DataFrameExample.cs")]
    [DataRow("backtesting.md", "BacktestExample.cs")]
    [DataRow("scaling.md", "ScalingExample.cs")]
    [DataRow("quantiles.md", "QuantileExample.cs")]
    [DataRow("new-data.md", "NewDataExample.cs")]
    [DataRow("anomalies.md", "AnomalyExample.cs")]
    [DataRow("tuning.md", "TuneExample.cs")]
    [DataRow("intervals.md", "IntervalExample.cs")]
    [DataRow("distributions.md", "DistributionExample.cs")]
    [DataRow("beyond.md", "BeyondExample.cs")]
    [DataRow("engines.md", "EngineExample.cs")]
    [DataRow("streaming.md", "StreamingExample.cs")]
    [DataRow("known-inputs.md", "KnownInputExample.cs")]
    [DataRow("comparison.md", "ComparisonExample.cs")]
    [DataRow("comparison.md", "PairComparisonExample.cs", 2)]
    [DataRow("sales.md", "SalesExample.cs")]
    [DataRow("coming-from.md", "ComingFromExample.cs")]
    [DataRow("sequence-to-sequence.md", "SequenceToSequenceExample.cs")]
    [DataRow("sequence-to-sequence.md", "TextPairsExample.cs", 2)]
    public void The_example_of_a_page_is_the_compiled_one(string page, string example, int place = 1)
    {
        string shown = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", page)).Split("```csharp\n")[place].Split("```")[0];
        string[] compiled = File.ReadAllLines(Path.Combine(SourceTree.Root, "test", "MLNet.Sequence.Tests", "Docs", example));
        string[] usings = [.. compiled.TakeWhile(line => line.Length > 0)];
        string[] body = [.. compiled.SkipWhile(line => !line.Contains("var ml", StringComparison.Ordinal)).SkipLast(2)
            .Select(line => line.Length > 8 ? line[8..] : "")];
        Assert.AreEqual(string.Join("\n", [.. usings, "", .. body]).Trim(), shown.Trim());
    }

    [TestMethod]
    public void The_tutorial_shows_the_program_of_its_command()
    {
        string shown = File.ReadAllText(SourceTree.Path("docs", "tutorial.md")).Split("```csharp\n")[1].Split("```")[0];
        Assert.AreEqual(File.ReadAllText(SourceTree.Path("src", "Samples", "files", "forecast.cs")).Trim(), shown.Trim());
    }

    [TestMethod]
    public void The_example_of_those_who_come_from_elsewhere_runs()
    {
        var ml = new MLContext(seed: 1);
        IDataView Hours(int seed, int count) => TinyForecasting.View(ml,
            TinyForecasting.Interleaved(TinyForecasting.Steps(count, seed), TinyForecasting.Steps(count, seed + 1, "b")));
        StringAssert.Contains(OwnConsole.Printed(() => ComingFromExample.Run(Hours(1, 150), Hours(3, 80))), "seasonal naive");
    }

    [TestMethod]
    public void The_example_of_a_language_model_runs()
    {
        string file = Path.GetTempFileName();
        File.WriteAllLines(file, Enumerable.Repeat("the cat sat on the mat while the dog slept", 40));
        string said = OwnConsole.Printed(() => LanguageExample.Run(file));
        File.Delete(file);
        StringAssert.Contains(said, "bits per token");
        StringAssert.EndsWith(said.Trim(), "sat on the mat while the dog slept");
    }

    [TestMethod]
    public void The_example_of_sound_runs()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 4; i++)
        {
            float[] tone = [.. Enumerable.Range(0, 1000).Select(t => 0.3f * MathF.Sin((0.2f + 0.1f * i) * t))];
            WavFile.Write(folder.At($"{(i % 2 == 0 ? "anna" : "ben")}-{i}.wav"), tone, 8000);
        }

        string output = Directory.CreateDirectory(folder.At("output")).FullName;
        StringAssert.Contains(OwnConsole.Printed(() => AudioExample.Run(folder.At(""), output)), "bits per token");
        Assert.HasCount(800, WavFile.Read(Path.Combine(output, "step-by-step.wav")).Samples);
        Assert.HasCount(800, WavFile.Read(Path.Combine(output, "at-once.wav")).Samples);
        Assert.AreEqual(2, ParallelWaveNetModel.Load(Path.Combine(output, "student.safetensors")).Student.Flows);
    }

    [TestMethod]
    public void The_example_of_measured_memory_runs()
    {
        string file = Path.GetTempFileName();
        File.WriteAllLines(file, Enumerable.Repeat("the cat sat on the mat while the dog slept", 40));
        string said = OwnConsole.Printed(() => MemoryPageExample.Run(file));
        File.Delete(file);
        StringAssert.Contains(said, "steps are enough; excess entropy");
        StringAssert.Contains(said, "Certified: a factor of 0.95 at most");
    }

    [TestMethod]
    public void The_example_of_pairs_runs()
    {
        var ml = new MLContext(seed: 1);
        var random = new RandomStream(1);
        ReversedWords[] rows = [.. Enumerable.Range(0, 600).Select(_ => new ReversedWords
        {
            Source = [.. Enumerable.Range(0, 1 + (int)random.NextInt64(6)).Select(_ => $"{random.NextInt64(10)}")],
            Target = [],
        })];
        IDataView train = ml.Data.LoadFromEnumerable(rows.Select(row => new ReversedWords { Source = row.Source, Target = [.. row.Source.Reverse()] }));
        IDataView test = ml.Data.LoadFromEnumerable(rows.Take(3).Select(row => new SourceRow { Source = row.Source }));
        using var folder = new TemporaryFolder();
        string said = OwnConsole.Printed(() => SequenceToSequenceExample.Run(train, test, folder.At("model.zip")));
        StringAssert.EndsWith(said.Trim(), "4 1 3");
        Assert.HasCount(3, ml.Model.Load(folder.At("model.zip"), out _).Transform(test).GetColumn<float>("Score"));
    }

    [TestMethod]
    public void The_example_of_pairs_of_text_runs()
    {
        (string, string)[] who = [("two dogs", "zwei Hunde"), ("two girls", "zwei Mädchen")],
            what = [("eat", "fressen"), ("run", "laufen"), ("sleep", "schlafen")];
        IDataView train = new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, 120).Select(row => new
        {
            Source = $"{who[row % 2].Item1} {what[row % 3].Item1}.",
            Target = $"{who[row % 2].Item2} {what[row % 3].Item2}.",
        }));
        string said = OwnConsole.Printed(() => TextPairsExample.RunAsync(train, CancellationToken.None).GetAwaiter().GetResult());
        Assert.AreEqual(
            "zwei Hunde fressen. | zwei Mädchen laufen. | zwei Hunde schlafen.\nzwei Hunde fressen.\nzwei Hunde fressen.", said.ReplaceLineEndings("\n"));
    }

    [TestMethod]
    public void The_example_of_music_runs()
    {
        IDataView pieces = new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, 6).Select(_ => new Piece { Features = Chords(20) }));
        string[] said = OwnConsole.Printed(() => MusicExample.Run(pieces)).TrimEnd().Split('\n');
        StringAssert.Contains(said[0], "Loss");
        string[] composed = said[^32..];
        Assert.IsTrue(composed.SelectMany(step => step.Split(' ', StringSplitOptions.RemoveEmptyEntries)).All(note => int.Parse(note) is >= 21 and < 109));
        Assert.IsTrue(composed.Any(step => step.Length > 0));
    }

    [TestMethod]
    public void The_example_of_classification_runs()
    {
        var ml = new MLContext(seed: 1);
        using var folder = new TemporaryFolder();
        IDataView train = LabelledSequence.View(ml, LabelledSequence.Make(120)), test = LabelledSequence.View(ml, LabelledSequence.Make(60, seed: 2));
        string said = OwnConsole.Printed(() => ClassificationExample.Run(train, test, folder.At("model.zip")));

        StringAssert.Contains(said, "60 sequences (0 left out), 3 classes");
        StringAssert.Contains(said, "macro F1");
        Assert.IsTrue(File.Exists(folder.At("model.zip")));
    }

    [TestMethod]
    public void The_example_of_tagging_runs()
    {
        var ml = new MLContext(seed: 1);
        using var folder = new TemporaryFolder();
        IDataView train = ml.Data.LoadFromEnumerable(TaggedSequence.Make(60)), test = ml.Data.LoadFromEnumerable(TaggedSequence.Make(30, seed: 2));
        string said = OwnConsole.Printed(() => TaggingExample.Run(train, test, folder.At("model.zip")));

        StringAssert.Contains(said, "30 sequences");
        StringAssert.Contains(said, "span F1");
    }

    [TestMethod]
    public void The_example_of_windows_runs()
    {
        var ml = new MLContext(seed: 1);
        List<Step> rows = TinyForecasting.Steps(600);
        IDataView train = TinyForecasting.View(ml, rows[..450]), test = TinyForecasting.View(ml, rows[450..]);

        StringAssert.StartsWith(OwnConsole.Printed(() => WindowsExample.Run(train, test)), "R squared 0.9");
    }

    [TestMethod]
    public void The_example_of_a_comparison_runs()
    {
        var ml = new MLContext(seed: 1);
        using var folder = new TemporaryFolder();
        IDataView train = LabelledSequence.View(ml, LabelledSequence.Make(60)), test = LabelledSequence.View(ml, LabelledSequence.Make(30, seed: 2));
        var keys = ml.Transforms.Conversion.MapValueToKey("Label").Fit(train);
        string said = OwnConsole.Printed(() => ComparisonExample.Run(keys.Transform(train), keys.Transform(test), folder.At("report.html")));

        StringAssert.Contains(said, "30 test rows, 3 seeds");
        StringAssert.Contains(said.ReplaceLineEndings(" "), "Recommended: ");
        StringAssert.Contains(File.ReadAllText(folder.At("report.html")), "Which class a sequence is of");
    }

    private static float[] Chords(int steps)
    {
        var roll = new float[steps * 88];
        for (int step = 0; step < steps; step++)
        {
            foreach (int note in new[] { 60, 64, 67 })
                roll[step * 88 + note + step % 2 - 21] = 1;
        }

        return roll;
    }

    private sealed class Piece
    {
        [VectorType]
        public float[] Features { get; set; } = [];
    }
}
