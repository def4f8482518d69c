using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MLNet.Sequence.Samples.Studio.Projects;

namespace MLNet.Sequence.Tests.Samples.Studio;

/// <summary>What a user takes along; the system tests build it.</summary>
[TestClass]
public sealed class StudioProjectTests
{
    [TestMethod]
    public async Task A_project_has_the_files_of_Model_Builder_and_the_model()
    {
        using var studio = new StudioClient();
        string id = await studio.Trained(studio.SmallQuestion());
        using var zip = new ZipArchive(new MemoryStream(await studio.Bytes($"api/runs/{id}/take/linear/project")));
        CollectionAssert.AreEquivalent(new[] { "README.md", "forecast.ipynb", "Forecast/Forecast.csproj", "Forecast/Program.cs",
            "Forecast/SequenceModel.consumption.cs", "Forecast/HistoryFile.cs", "Forecast/CsvFile.cs", "Forecast/model.sequence", "Forecast/history.csv", "Training/Training.csproj",
            "Training/Program.cs", "lib/MLNet.Sequence.dll", "lib/MLNet.Sequence.Runtime.dll" },
            zip.Entries.Select(entry => entry.FullName.Replace("HoursForecast/", "", StringComparison.Ordinal)).ToArray());
        string Text(string name) => new StreamReader(zip.GetEntry($"HoursForecast/{name}")!.Open()).ReadToEnd();
        string consumption = Text("Forecast/SequenceModel.consumption.cs");
        StringAssert.Contains(consumption, "public const int Context = 6;");
        StringAssert.Contains(consumption, "public const int Horizon = 2;");
        StringAssert.Contains(consumption, "Targets { get; } = [\"a\"];");
        StringAssert.Contains(consumption, "internal double[] Values => [A, B];");
        string[] history = Text("Forecast/history.csv").Split('\n');
        Assert.AreEqual("date,a,b", history[0]);
        Assert.AreEqual("2020-01-01T00:00:00,0,0", history[1]);
        StringAssert.Contains(Text("Training/Program.cs"), "new Linear()");
        JsonDocument.Parse(Text("forecast.ipynb"));
        JsonDocument.Parse(Encoding.UTF8.GetString(await studio.Bytes($"api/runs/{id}/take/linear/notebook")));
    }

    [TestMethod]
    public async Task The_model_the_pipeline_and_ONNX_are_taken_too()
    {
        using var studio = new StudioClient();
        string id = await studio.Trained(studio.SmallQuestion());
        var model = SequenceModel.Load(new MemoryStream(await studio.Bytes($"api/runs/{id}/take/linear/model")));
        Assert.AreEqual("linear", model.Architecture.Name);
        File.WriteAllBytes(studio.Files.Path("model.zip"), await studio.Bytes($"api/runs/{id}/take/linear/mlnet"));
        using var loaded = (ForecastingTransformer)new Microsoft.ML.MLContext().Model.Load(studio.Files.Path("model.zip"), out _);
        Assert.AreEqual(2, ((Forecasting)loaded.Model.Task).Horizon);
        Assert.IsGreaterThan(100, (await studio.Bytes($"api/runs/{id}/take/linear/onnx")).Length);
        string[] forecasts = Encoding.UTF8.GetString(await studio.Bytes($"api/runs/{id}/take/linear/forecasts")).Split('\n');
        Assert.AreEqual("series,time,a,a 80 % from,a 80 % to", forecasts[0]);
        StringAssert.StartsWith(forecasts[1], ",2020-01-07 16:00:00,");
        StringAssert.Contains(await studio.Refused(HttpMethod.Get, $"api/runs/{id}/take/linear/secrets"), "nothing named 'secrets'");
        StringAssert.Contains(await studio.Refused(HttpMethod.Get, $"api/runs/{id}/take/..%2Flinear/model"), "not the name of a model");
    }

    [TestMethod]
    [DataRow("a\"; System.Environment.Exit(1); //")]
    [DataRow("two\nlines */ x")]
    [DataRow("\u2028Exit();")]
    [DataRow("</summary> <x>")]
    public void A_name_in_a_file_stays_a_name_in_code(string name)
    {
        string literal = CodeText.Literal(name);
        Assert.AreEqual(name, JsonSerializer.Deserialize<string>(literal));
        // No quote, line or separator of lines inside that is not escaped.
        Assert.MatchesRegex(new Regex("^\"[ !#-\\[\\]-~\\\\]*\"$"), literal.Replace("\\\"", "", StringComparison.Ordinal));
        Assert.DoesNotContain("\n", CodeText.Comment(name));
        Assert.DoesNotContain("\u2028", CodeText.Comment(name));
        Assert.DoesNotContain("<", CodeText.Comment(name));
        Assert.MatchesRegex(new Regex("^[A-Z][A-Za-z0-9]*$"), CodeText.Identifier(name));
    }

    [TestMethod]
    public void Columns_have_different_names_in_code() => CollectionAssert.AreEqual(new[] { "OilTemp", "OilTemp2", "Column1st", "Time2", "Column" },
        CodeText.Identifiers(["oil temp", "Oil-temp", "1st", "time", "ü"], ["Time"]).ToArray());

    [TestMethod]
    public void A_project_needs_the_packages_that_the_library_is_built_with()
    {
        string known = File.ReadAllText(SourceTree.Path("Directory.Packages.props"));
        string code = File.ReadAllText(SourceTree.Path("src", "Samples", "Studio", "Projects", "GeneratedProject.cs"));
        foreach ((string place, string package) in new[] { ("ProtobufVersion", "Google.Protobuf"), ("MlVersion", "Microsoft.ML"),
            ("TensorsVersion", "System.Numerics.Tensors"), ("TorchVersion", "TorchSharp") })
        {
            string version = Regex.Match(known, $"Include=\"{Regex.Escape(package)}\" Version=\"\\[?([^\",]+)").Groups[1].Value;
            StringAssert.Contains(code, $"[\"{place}\"] = \"{version}\"");
        }
    }
}
