using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Studio.Projects;
using MLNet.Sequence.Samples.Studio.Runs;
using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Samples.Studio;

/// <summary>The code of generated projects compiles, whatever the names in a file are.</summary>
[TestClass]
public sealed class StudioCodeTests
{
    private static readonly string[] Names =
    [
        "load, kW", "say \"no\"", "two\nlines", "class", "größe", "東", "date time", "Date-Time", "culture info", "to string", "get type", "Sequence model",
        "model output", "Series", "Time", "Values", "Of", "Number", "Sequence", "Tag", "{{Namespace}}", "</summary>", "\\", "1st",
    ];

    [TestMethod]
    public void A_forecaster_and_its_training_compile() => Compiles(
        new Question { Kind = "forecast", Series = "Series!", Targets = Names[..^2], Known = Names[^2..] },
        new Forecasting
        {
            Targets = [.. Names[..^2].Select(name => new ChannelColumn(name, [name]))],
            KnownInputs = [.. Names[^2..].Select(name => new ChannelColumn(name, [name]))],
            SeriesColumnName = "Series!",
            TimeColumnName = "Time!",
            Context = 4,
            Horizon = 2,
        }, "[ColumnName(\"Series2\")]", "[ColumnName(\"Time2\")]", "SeriesColumnName = \"Series2\"");

    [TestMethod]
    public void A_classifier_compiles() => Compiles(new Question { Kind = "classify", Label = Names[0] }, new SequenceClassification
    {
        Input = Numbers(1) with { MissingValues = MissingValues.Interpolate },
        LongestSequence = 4,
        Pooling = PoolingKind.Max,
        Classes = Names.Length,
        ClassValues = Names,
        ClassValueType = "String",
    }, "cell.Length == 0 ? float.NaN");

    [TestMethod]
    public void A_tagger_of_numbers_compiles() => Compiles(new Question { Kind = "tag", Label = Names[0], Inputs = Names }, new SequenceTagging
    {
        Input = Numbers(Names.Length) with { MissingValues = MissingValues.Interpolate },
        LongestSequence = 4,
        Tags = Names.Length,
        TagValues = Names,
        TagValueType = "String",
    }, "cells[cell].Length == 0 ? double.NaN");

    [TestMethod]
    public void A_tagger_of_tokens_compiles() => Compiles(new Question { Kind = "tag", Label = Names[1], Inputs = ["Sequence model"] }, new SequenceTagging
    {
        Input = Tokens(),
        LongestSequence = 4,
        Tags = Names.Length,
        TagValues = Names,
        TagValueType = "String",
    });

    [TestMethod]
    public void A_predictor_of_rows_of_numbers_compiles() => Compiles(new Question { Kind = "next", Targets = Names },
        new NextStep { Kind = StepKind.Real, Input = Numbers(Names.Length), LongestSequence = 4 });

    [TestMethod]
    public void A_predictor_of_tokens_compiles_and_never_writes_the_unknown_one() => Compiles(new Question { Kind = "next", Targets = ["to string"] },
        new NextStep { Kind = StepKind.Token, Input = Tokens(), LongestSequence = 4 }, "BannedTokens = [");

    private static SequenceInput Numbers(int features) => new() { Columns = ["Steps"], Scalars = false, Features = features };

    private static SequenceInput Tokens() => Numbers(1) with
    {
        Tokens = new TokenInput { Count = Names.Length, Keys = true, Values = Names, ValueType = "String", EmbeddingSize = 2, Unknown = 0 },
    };

    // Each program of the project, as its own project file has it.
    private static void Compiles(Question question, SequenceTask task, params string[] parts)
    {
        using var files = new SampleRun();
        var run = StudioRun.New(files.Path("run"), new RunInfo("run", question with { File = "odd.csv" })
        {
            Name = "class, \"odd\"\nname.csv",
            Created = DateTime.UnixEpoch,
        });
        UntrainedModel.Make(new Linear(), task, ChannelScaling.None(task.InputSize)).Save(run.Files.Model("linear"));
        CsvText.Write(run.Files.History, ["Series!", "Time!", .. Names], [["a", "2020-01-01T00:00:00", .. Names.Select(_ => "1")]]);
        IReadOnlyDictionary<string, byte[]> made = new GeneratedProject(run, "linear").Files();
        (string Path, string Text)[] code = [.. made.Where(file => file.Key.EndsWith(".cs", StringComparison.Ordinal))
            .Select(file => (file.Key, Encoding.UTF8.GetString(file.Value)))];
        (string Path, string Text)[] training = [.. code.Where(file => file.Path.StartsWith("Training/", StringComparison.Ordinal))];
        Compiles(code.Except(training));
        if (training.Length > 0)
            Compiles(code.Where(file => file.Path != "Forecast/Program.cs"));
        foreach (string part in parts)
            Assert.IsTrue(code.Any(file => file.Text.Contains(part, StringComparison.Ordinal)), part);
    }

    private static void Compiles(IEnumerable<(string Path, string Text)> code)
    {
        const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
            + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";
        string[] assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create("Made",
            [CSharpSyntaxTree.ParseText(Usings), .. code.Select(file => CSharpSyntaxTree.ParseText(file.Text, path: file.Path))],
            assemblies.Where(path => !Path.GetFileName(path).StartsWith("MLNet.Sequence.Tests", StringComparison.Ordinal))
                .Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        Diagnostic[] found = [.. compilation.GetDiagnostics().Where(one => one.Severity >= DiagnosticSeverity.Warning && one.Id is not ("CS1701" or "CS1702"))];
        Assert.IsEmpty(found, string.Join('\n', found.Take(10)));
    }
}
