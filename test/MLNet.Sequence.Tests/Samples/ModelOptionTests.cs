using Microsoft.ML;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>Saved forecasters of the columns of <see cref="SeriesFiles"/>.</summary>
internal static class SavedForecasters
{
    /// <summary>
    /// model.zip and other.zip of the columns a and b, latin.zip, marks.zip and dates.zip for the files with these names, and keys.zip for
    /// two series; gaussian.zip of the columns a and b, which forecasts distributions.
    /// </summary>
    public static void Write(SampleRun files)
    {
        Save(files, "model.zip", new DataSource(files.Path("hours.csv"), "date", ["a", "b"], null), new StableRnn { HiddenSize = 4, Lambda = 0.3 });
        Save(files, "other.zip", new DataSource(files.Path("hours.csv"), "date", ["a", "b"], null), new StableRnn { HiddenSize = 5, Lambda = 0.3 });
        Save(files, "latin.zip",
            new DataSource(files.Path("latin.csv"), "date", ["größe"], null) { Format = new FileFormat(System.Text.Encoding.Latin1) }, new Linear());
        Save(files, "marks.zip", new DataSource(files.Path("marks.tsv"), null, ["a"], null) { Format = new FileFormat(DecimalMark: ',') },
            new Rnn { HiddenSize = 4 });
        Save(files, "dates.zip", new DataSource(files.Path("dates.csv"), "date", ["a"], null) { Format = new FileFormat(Dates: "dd/MM/yyyy") }, new Linear());
        Save(files, "gaussian.zip", new DataSource(files.Path("hours.csv"), "date", ["a", "b"], null), new Linear(), ForecastOutput.Gaussian);
        Save(files, "keys.zip", new DataSource(files.Path("keys.csv"), "date", ["a"], "s"), new Linear());
    }

    private static void Save(SampleRun files, string name, DataSource source, Architecture architecture, ForecastOutput? output = null)
    {
        SeriesTable table = SeriesTable.Read(source);
        var options = new ForecastingOptions
        {
            Targets = source.Targets!,
            TimeColumnName = source.Time,
            SeriesColumnName = source.Series,
            Context = 6,
            Horizon = 1,
            Output = output ?? ForecastOutput.Point,
            Training = new TrainingOptions { Epochs = 1, ValidationFraction = 0 },
        };
        using ForecastingTransformer model = new MLContext(seed: 1).Forecasting.Trainers.Sequence(architecture, options)
            .Fit(table.Rows(Enumerable.Range(0, table.RowCount)));
        model.Model.Save(files.Path(name));
    }
}

[TestClass]
public sealed class ExportOptionTests() : OptionContract("export", "--model @model.zip --json @results.json")
{
    internal override IEnumerable<OptionCase> Cases =>
    [
        new("--model", "--model @other.zip", run => run.Has("other-sequence.onnx")),
        new("--data", "--data @hours.csv", run => run.Text("../results.json")),
        new("--encoding", "--model @latin.zip --data @latin.csv --encoding iso-8859-1", run => run.Count("difference"),
            "--model @latin.zip --data @latin.csv --encoding windows-1251"),
        new("--decimal", "--model @marks.zip --data @marks.tsv --decimal comma", run => run.Text("../results.json"),
            "--model @marks.zip --data @marks.tsv --decimal point"),
        new("--date-format", "--model @dates.zip --data @dates.csv --date-format dd/MM/yyyy", run => run.Count("difference"),
            "--model @dates.zip --data @dates.csv"),
        new("--series", "--model @keys.zip --series x", run => run.Bytes("keys-sequence.onnx"), "--model @keys.zip"),
        new("--out", "--out @elsewhere", run => run.Has("../elsewhere/model-sequence.onnx")),
        new("--json", "!--json", run => run.Has("../results.json")),
    ];

    internal override void WriteFiles()
    {
        SeriesFiles.WriteAll(this);
        SavedForecasters.Write(Files);
    }
}

[TestClass]
public sealed class TruncateOptionTests() : OptionContract("truncate", "--model @model.zip --data @hours.csv --tolerance 0.5 --json @results.json")
{
    private const string Loose = "--tolerance 1";

    internal override IEnumerable<OptionCase> Cases =>
    [
        new("--model", "--model @other.zip", run => run.Bytes("truncated.zip")),
        new("--data", "--data @other.csv", run => run.Text("../results.json")),
        new("--tolerance", "--tolerance 0.01", run => run.Text("../results.json")),
        new("--encoding", $"--model @latin.zip --data @latin.csv --encoding iso-8859-1 {Loose}", run => run.Has("truncated.zip"),
            $"--model @latin.zip --data @latin.csv --encoding windows-1251 {Loose}"),
        new("--decimal", $"--model @marks.zip --data @marks.tsv --decimal comma {Loose}", run => run.Text("../results.json"),
            $"--model @marks.zip --data @marks.tsv --decimal point {Loose}"),
        new("--date-format", $"--model @dates.zip --data @dates.csv --date-format dd/MM/yyyy {Loose}", run => run.Found("note: time: (.*)"),
            $"--model @dates.zip --data @dates.csv --date-format MM/dd/yyyy {Loose}"),
        new("--out", "--out @elsewhere", run => run.Has("../elsewhere/truncated.zip")),
        new("--json", "!--json", run => run.Has("../results.json")),
    ];

    internal override void WriteFiles()
    {
        SeriesFiles.WriteAll(this);
        SavedForecasters.Write(Files);
    }
}
