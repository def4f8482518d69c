using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MLNet.Sequence.Samples.Csv;
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
            "Forecast/SequenceModel.consumption.cs", "Forecast/HistoryFile.cs", "Forecast/CsvFile.cs",
            "Forecast/model.sequence", "Forecast/history.csv", "Training/Training.csproj",
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
    public void A_generated_program_reads_cells_with_commas_quotes_and_line_ends()
    {
        string[][] records = [["series", "time", "a"], ["north, left", "1", "2.5"], ["say \"no\"", "2", ""], ["two\nlines", "3", "-1"], ["", "", "x"]];
        using var files = new SampleRun();
        CsvText.Write(files.Path("history.csv"), records[0], records[1..]);
        Type csv = Compiled(Template.Fill("CsvFile.cs",
            new Dictionary<string, string> { ["Namespace"] = "Made", ["CsvFile"] = Template.Fill("CsvFile", new Dictionary<string, string>()) }));
        var found = (IEnumerable<(int Line, string[] Cells)>)csv.GetMethod("Read")!.Invoke(null, [files.Path("history.csv")])!;
        CollectionAssert.AreEqual(records.Select(cells => string.Join('|', cells)).ToArray(), found.Select(record => string.Join('|', record.Cells)).ToArray());
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 4, 6 }, found.Select(record => record.Line).ToArray());
        foreach (string[] cells in records)
            Assert.AreEqual(CsvText.Line(cells), csv.GetMethod("Line")!.Invoke(null, [cells]));
        files.Write("open.csv", "a,b\n1,\"2\n3,4\n");
        var open = (IEnumerable<(int Line, string[] Cells)>)csv.GetMethod("Read")!.Invoke(null, [files.Path("open.csv")])!;
        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => open.Count()).Message, "line 2: a quote is never closed");
    }

    [TestMethod]
    public async Task A_series_whose_name_has_a_comma_reaches_project_and_notebook_whole()
    {
        using var studio = new StudioClient();
        string[] series = ["left, up", "right"];
        studio.Files.Write("two.csv", "name,n,\"load, kW\"\n" + string.Concat(series.SelectMany(name =>
            Enumerable.Range(0, 60).Select(row => FormattableString.Invariant($"\"{name}\",{row},{row % 4}\n")))));
        string id = await studio.Trained(new
        {
            kind = "forecast",
            file = "two.csv",
            series = "name",
            time = "n",
            targets = new[] { "load, kW" },
            context = 4,
            horizon = 2,
            season = 1,
            maxEpochs = 2,
            architectures = new[] { "linear" },
        });
        string[] forecasts = Encoding.UTF8.GetString(await studio.Bytes($"api/runs/{id}/take/linear/forecasts")).Split('\n');
        StringAssert.StartsWith(forecasts[1], "\"left, up\",60,");
        using var zip = new ZipArchive(new MemoryStream(await studio.Bytes($"api/runs/{id}/take/linear/project")));
        string Text(string name) => new StreamReader(zip.GetEntry($"TwoForecast/{name}")!.Open()).ReadToEnd();
        StringAssert.Contains(Text("Training/Program.cs"), "public double Time");
        StringAssert.StartsWith(Text("Forecast/history.csv"), "name,n,\"load, kW\"\n\"left, up\",0,0\n");
        foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => Path.GetExtension(entry.Name) is ".cs" or ".ipynb"))
            Assert.DoesNotContain("Split(','", new StreamReader(entry.Open()).ReadToEnd(), entry.FullName);
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

    private static Type Compiled(string code)
    {
        string usings = "using System; using System.Collections.Generic; using System.IO; using System.Linq;\n";
        string[] assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create("Made", [CSharpSyntaxTree.ParseText(usings + code)], assemblies.Select(path =>
            MetadataReference.CreateFromFile(path)), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var stream = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult made = compilation.Emit(stream);
        Assert.IsTrue(made.Success, string.Join('\n', made.Diagnostics));
        return System.Reflection.Assembly.Load(stream.ToArray()).GetType("Made.CsvFile")!;
    }
}
