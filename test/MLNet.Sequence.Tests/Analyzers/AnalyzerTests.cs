using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using MLNet.Sequence.Analyzers;

namespace MLNet.Sequence.Tests.Analyzers;

/// <summary>The rules, on programs that the compiler accepts. What a rule finds is between [| and |].</summary>
[TestClass]
public sealed class AnalyzerTests
{
    [TestMethod]
    [DataRow("MLSEQ001", "var split = [|ml.Data.TrainTestSplit(data, 0.2)|]; forecaster.Fit(split.TrainSet);")]
    [DataRow("MLSEQ001", "IDataView train = [|ml.Data.TrainTestSplit(data)|].TrainSet; var rows = train; forecaster.Fit(rows);")]
    [DataRow("MLSEQ001", "ml.Transforms.NormalizeMinMax(\"Load\").Append(forecaster).Fit([|ml.Data.TrainTestSplit(data)|].TrainSet);")]
    [DataRow("MLSEQ001", "foreach (var fold in [|ml.Data.CrossValidationSplit(data, 3)|]) forecaster.Fit(fold.TrainSet);")]
    [DataRow("MLSEQ001", "[|ml.Regression.CrossValidate(data, forecaster)|];")]
    [DataRow("MLSEQ002", "[|ml.Model.CreatePredictionEngine<Row, Row>(fitted)|];")]
    [DataRow("MLSEQ002", "var chain = ml.Transforms.NormalizeMinMax(\"Load\").Append(forecaster).Fit(data); "
        + "[|ml.Model.CreatePredictionEngine<Row, Row>(chain)|];")]
    [DataRow("MLSEQ003", "[|ml.Forecasting.CreateEngine<Row, Row>(fitted).Predict(row)|];")]
    [DataRow("MLSEQ003", "using var engine = ml.Forecasting.CreateEngine<Row, Row>(fitted, checkPoint: null); [|engine.Predict(row)|];")]
    [DataRow("MLSEQ003", "foreach (Row one in recent) { var engine = ml.Forecasting.CreateEngine<Row, Row>(fitted); "
        + "[|engine.Predict(one)|]; engine.Dispose(); }")]
    [DataRow("MLSEQ003", "System.Func<Row, Row> answer = one => { using var engine = ml.Forecasting.CreateEngine<Row, Row>(fitted); "
        + "return [|engine.Predict(one)|]; };")]
    [DataRow("MLSEQ003", "[|fitted.Transform(ml.Data.LoadFromEnumerable(new[] { row }))|];")]
    [DataRow("MLSEQ003", "var view = ml.Data.LoadFromEnumerable<Row>([row]); [|fitted.Transform(view)|];")]
    public async Task A_mistake_is_found_at_its_place(string rule, string statements)
    {
        string code = Program(statements.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal));
        string expected = statements.Split("[|")[1].Split("|]")[0];
        Diagnostic found = (await FindAsync(code)).Single();
        Assert.AreEqual(rule, found.Id);
        Assert.AreEqual(expected, code[found.Location.SourceSpan.Start..found.Location.SourceSpan.End]);
        Assert.Contains(rule == "MLSEQ003" ? "needs the rows before it, and is NaN"
            : rule == "MLSEQ002" ? "ml.Forecasting.CreateEngine" : expected.Contains("CrossValidate(", StringComparison.Ordinal)
            ? "ml.Forecasting.CrossValidate" : "ml.Forecasting.TrainTestSplit", found.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [TestMethod]
    [DataRow("var split = ml.Forecasting.TrainTestSplit(data, options, testFraction: 0.2); forecaster.Fit(split.TrainSet);", DisplayName = "split in time")]
    [DataRow("var split = ml.Data.TrainTestSplit(data, samplingKeyColumnName: \"Shop\"); forecaster.Fit(split.TrainSet);", DisplayName = "whole series")]
    [DataRow("var split = ml.Data.TrainTestSplit(data); classifier.Fit(split.TrainSet);", DisplayName = "rows that hold a sequence each")]
    [DataRow("var split = ml.Data.TrainTestSplit(data); IDataView rows = split.TrainSet; rows = data; forecaster.Fit(rows);", DisplayName = "assigned twice")]
    [DataRow("ml.Forecasting.CrossValidate(data, forecaster);", DisplayName = "cross-validation in time")]
    [DataRow("ml.Regression.CrossValidate(data, ml.Regression.Trainers.Sdca());", DisplayName = "another trainer")]
    [DataRow("ml.Regression.CrossValidate(data, forecaster, samplingKeyColumnName: \"Shop\");", DisplayName = "whole series in each fold")]
    [DataRow("ml.Model.CreatePredictionEngine<Row, Row>(other);", DisplayName = "an engine on another model")]
    [DataRow("ml.Forecasting.CreateEngine<Row, Row>(fitted);", DisplayName = "the engine of forecasters")]
    [DataRow("var engine = ml.Forecasting.CreateEngine<Row, Row>(fitted); engine.Update(recent); engine.Predict(row);",
        DisplayName = "an engine with history")]
    [DataRow("var engine = ml.Forecasting.CreateEngine<Row, Row>(fitted, \"states.bin\"); engine.Predict(row);", DisplayName = "an engine with states")]
    [DataRow("var engine = ml.Forecasting.CreateEngine<Row, Row>(fitted); foreach (Row one in recent) engine.Predict(one);",
        DisplayName = "an engine for all rows")]
    [DataRow("using var rows = ((IEnumerable<Row>)recent).GetEnumerator(); for (var engine = ml.Forecasting.CreateEngine<Row, Row>(fitted); "
        + "rows.MoveNext();) engine.Predict(rows.Current);", DisplayName = "an engine that a loop begins with")]
    [DataRow("var engine = ml.Forecasting.CreateEngine<Row, Row>(fitted); System.Func<Row, Row> answer = one => engine.Predict(one);",
        DisplayName = "an engine that a function keeps")]
    [DataRow("var engine = ml.Forecasting.CreateEngine<Row, Row>(fitted); Warm(engine); engine.Predict(row);",
        DisplayName = "an engine that another method has")]
    [DataRow("var engine = ml.Forecasting.CreateEngine<Row, Row>(fitted); engine.Predict(row); engine.Predict(row);", DisplayName = "rows one by one")]
    [DataRow("fitted.Transform(ml.Data.LoadFromEnumerable(recent));", DisplayName = "a view of rows")]
    [DataRow("fitted.Transform(ml.Data.LoadFromEnumerable<Row>([.. recent]));", DisplayName = "rows in brackets")]
    [DataRow("other.Transform(ml.Data.LoadFromEnumerable(new[] { row }));", DisplayName = "one row for another model")]
    [DataRow("forecaster.Fit(data);", DisplayName = "a parameter, whose origin is not known")]
    public async Task What_is_right_or_not_known_is_left_alone(string statements) => Assert.IsEmpty(await FindAsync(Program(statements)));

    [TestMethod]
    public async Task The_mistake_that_the_page_shows_is_found()
    {
        string page = File.ReadAllText(SourceTree.Path("docs", "analyzers.md"));
        string shown = page.Split("```csharp\n")[1].Split("```")[0];
        Assert.AreEqual("MLSEQ001", (await FindAsync(Program(shown))).Single().Id);
        string lone = page.Split("```csharp\n")[2].Split("```")[0].Replace("return ", "_ = ", StringComparison.Ordinal);
        Assert.AreEqual("MLSEQ003", (await FindAsync(Program(lone))).Single().Id);
        DiagnosticAnalyzer[] all = Rules();
        string readme = File.ReadAllText(SourceTree.Path("src", "MLNet.Sequence.Analyzers", "README.md")),
            released = File.ReadAllText(SourceTree.Path("src", "MLNet.Sequence.Analyzers", "AnalyzerReleases.Unshipped.md"));
        foreach (string id in all.SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(rule => rule.Id))
        {
            Assert.Contains($"**{id}:", page);
            Assert.Contains($"| {id} |", readme);
            Assert.Contains($"{id} | Usage", released);
        }
    }

    private static DiagnosticAnalyzer[] Rules() => [new RandomSplitAnalyzer(), new PredictionEngineAnalyzer(), new MissingHistoryAnalyzer()];

    private static string Program(string statements) => $$"""
        using System.Collections.Generic;
        using Microsoft.ML;
        using MLNet.Sequence;

        internal static class Program
        {
            private static void Run(MLContext ml, IDataView data, ForecastingOptions options, SequenceForecaster forecaster, ForecastingTransformer fitted,
                ITransformer other, IEstimator<ITransformer> classifier, Row row, Row[] recent)
            {
                {{statements}}
            }

            private static void Warm(ForecastingEngine<Row, Row> engine) => engine.Dispose();
        }

        internal sealed class Row
        {
            public float[] Forecast { get; set; } = [];
        }
        """;

    private static async Task<IReadOnlyList<Diagnostic>> FindAsync(string code)
    {
        string[] assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create("Program", [CSharpSyntaxTree.ParseText(code)],
            assemblies.Select(path => MetadataReference.CreateFromFile(path)), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Diagnostic[] errors = [.. compilation.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error)];
        Assert.IsEmpty(errors, string.Join('\n', errors.Select(error => error.ToString())));
        // A rule that throws would be one more diagnostic.
        return await compilation.WithAnalyzers([.. Rules()]).GetAnalyzerDiagnosticsAsync();
    }
}
