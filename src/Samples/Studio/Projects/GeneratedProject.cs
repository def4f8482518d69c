using System.Globalization;
using System.IO.Compression;
using MLNet.Sequence.Samples.Studio.Runs;

namespace MLNet.Sequence.Samples.Studio.Projects;

/// <summary>A C# project with the model, that gives the same predictions as the page.</summary>
internal sealed class GeneratedProject
{
    // The packages that the library needs; a test compares them with those that it is built with.
    private static readonly Dictionary<string, string> Versions = new(StringComparer.Ordinal)
    {
        ["ProtobufVersion"] = "3.30.2",
        ["MlVersion"] = "5.0.1",
        ["TensorsVersion"] = "10.0.15",
        ["TorchVersion"] = "0.107.0",
    };

    private static readonly string[] Libraries = ["MLNet.Sequence.Runtime.dll", "MLNet.Sequence.dll"];

    private readonly Question _question;
    private readonly string _modelName, _history, _modelFile;
    private readonly SequenceModel _model;

    public GeneratedProject(StudioRun run, string model)
    {
        (_question, _modelName, _history, _modelFile) = (run.Info.Question, model, run.Files.History, run.Files.Model(model));
        if (!File.Exists(_modelFile))
            throw new UserError($"The run has no model '{model}'.");
        _model = SequenceModel.Load(_modelFile);
        Name = CodeText.Identifier(run.Info.Name.Split('.')[0]) + (_question.Kind == "classify" ? "Classifier" : "Forecast");
    }

    /// <summary>The name of the folder, and the namespace.</summary>
    public string Name { get; }

    /// <summary>All files, by their paths in the folder.</summary>
    public IReadOnlyDictionary<string, byte[]> Files()
    {
        string kind = _question.Kind;
        IReadOnlyDictionary<string, string> values = Values();
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["README.md"] = Text($"{kind}-README.md", values),
            ["Forecast/Forecast.csproj"] = Text("Forecast.csproj", values),
            ["Forecast/Program.cs"] = Text($"{kind}-Program.cs", values),
            ["Forecast/SequenceModel.consumption.cs"] = Text($"{kind}-SequenceModel.consumption.cs", values),
            ["Forecast/HistoryFile.cs"] = Text($"{kind}-HistoryFile.cs", values),
            ["Forecast/model.sequence"] = File.ReadAllBytes(_modelFile),
            ["Forecast/history.csv"] = File.ReadAllBytes(_history),
        };
        if (kind == "forecast")
        {
            files["Training/Training.csproj"] = Text("Training.csproj", values);
            files["Training/Program.cs"] = Text("forecast-Training.cs", values);
            files["forecast.ipynb"] = Text("forecast.ipynb", values);
        }

        foreach (string library in Libraries)
            files[$"lib/{library}"] = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, library));
        return files;
    }

    public byte[] Zip()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach ((string path, byte[] content) in Files())
            {
                using Stream entry = zip.CreateEntry($"{Name}/{path}").Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    /// <summary>The notebook alone.</summary>
    public byte[] Notebook() => Text("forecast.ipynb", Values());

    private static byte[] Text(string template, IReadOnlyDictionary<string, string> values) =>
        System.Text.Encoding.UTF8.GetBytes(Template.Fill(template, values).ReplaceLineEndings("\n"));

    private Dictionary<string, string> Values()
    {
        var values = new Dictionary<string, string>(Versions, StringComparer.Ordinal)
        {
            ["Namespace"] = Name,
            ["Title"] = CodeText.Comment(_question.Name ?? _question.File),
            ["File"] = CodeText.Comment(_question.File),
            ["ModelName"] = _modelName,
        };
        if (_model.Task.Series is { } series)
            AddForecasting(values, series);
        else
            values["Targets"] = CodeText.Literals(_model.Task.Prediction.Names?.Values ?? []);
        return values;
    }

    private void AddForecasting(Dictionary<string, string> values, Forecasting task)
    {
        string[] columns = [.. task.Columns.Select(column => column.Name)];
        IReadOnlyList<string> properties = CodeText.Identifiers(columns, ["Series", "Time", "Values", "ModelInput", "TrainingInput", "Of"]);
        int before = _question.Series is null ? 1 : 2;
        values["SeriesProperty"] = "Series";
        values["TimeProperty"] = "Time";
        values["TimeText"] = string.IsNullOrEmpty(_question.Time) && task.TimeColumnName is null
            ? "its number" : "a date such as 2020-01-31T13:00:00, a number, or text";
        values["Properties"] = string.Concat(columns.Zip(properties, (column, property) =>
            $"\n    /// <summary>The column {CodeText.Comment(column)}.</summary>\n    public double {property} {{ get; set; }}\n"));
        values["PropertyList"] = string.Join(", ", properties);
        values["Context"] = Number(task.Context);
        values["Horizon"] = Number(task.Horizon);
        values["Known"] = Number(task.KnownSize);
        values["KnownText"] = task.KnownSize == 0 ? ""
            : "\n    /// The last <see cref=\"Horizon\"/> rows are those ahead: of them only the known columns are read.";
        values["Targets"] = CodeText.Literals(task.TargetChannels);
        values["TargetText"] = CodeText.Comment(string.Join(", ", task.TargetChannels));
        values["HeaderText"] = CodeText.Comment($"{(before == 2 ? "series, " : "")}time, {string.Join(", ", columns)}");
        values["CellCount"] = Number(before + columns.Length);
        values["Assignments"] = string.Join(", ", [.. before == 2 ? ["Series = cells[0]"] : Array.Empty<string>(), $"Time = cells[{before - 1}]",
            .. properties.Select((property, i) => $"{property} = Number({before + i})")]);
        AddTraining(values, task, columns.Zip(properties));
    }

    private void AddTraining(Dictionary<string, string> values, Forecasting task, IEnumerable<(string Column, string Property)> columns)
    {
        string time = TimeType();
        string[] options =
        [
            .. task.Inputs.Count == 0 ? Array.Empty<string>() : [$"Inputs = [{CodeText.Literals(task.Inputs.Select(column => column.Name))}],"],
            .. task.KnownInputs.Count == 0 ? Array.Empty<string>() : [$"KnownInputs = [{CodeText.Literals(task.KnownInputs.Select(column => column.Name))}],"],
            .. task.SeriesColumnName is null ? Array.Empty<string>() : ["SeriesColumnName = \"Series\","],
            .. task.TimeColumnName is null ? Array.Empty<string>() : ["TimeColumnName = \"Time\","],
            .. task.Frequency == Frequency.Irregular ? ["Frequency = Frequency.Irregular,"] : Array.Empty<string>(),
        ];
        TrainingBudget budget = TrainingBudget.Of(Effort.Careful, File.ReadLines(_history).Count(), maySkip: true);
        // The plan, the last rows of each series, has no targets to learn from.
        values["TrainingRows"] = "HistoryFile.Read(path)" + (task.KnownSize == 0 ? ""
            : $".GroupBy(row => row.Series).SelectMany(series => series.SkipLast({Number(task.Horizon)}))");
        values["Options"] = string.Concat(options.Select(option => "\n    " + option));
        values["Normalization"] = task.Normalization.ToString();
        values["Epochs"] = Number(budget.Epochs);
        values["BatchSize"] = Number(budget.BatchSize);
        values["Patience"] = Number(budget.Patience);
        values["LearningRate"] = budget.LearningRate.ToString("R", CultureInfo.InvariantCulture);
        values["Seed"] = Number(_question.Seed);
        values["Season"] = Number(_question.Season);
        values["Architecture"] = Architecture.Names.Contains(_model.Architecture.Name) && Architecture.FromName(_model.Architecture.Name) is var usual
            && usual.Equals(_model.Architecture) ? $"new {usual.GetType().Name}()"
            : "MLNet.Sequence.SequenceModel.Load(\"../Forecast/model.sequence\").Architecture";
        values["TrainingProperties"] = $"    public string Series {{ get; set; }} = \"\";\n\n    public {time} Time {{ get; set; }}"
            + $"{(time == "string" ? " = \"\";" : "")}\n" + string.Concat(columns.Select(one =>
                $"\n    [ColumnName({CodeText.Literal(one.Column)})]\n    public double {one.Property} {{ get; set; }}\n"));
        string read = time == "string" ? "row.Time" : $"{time}.Parse(row.Time, CultureInfo.InvariantCulture)";
        values["TrainingAssignments"] = string.Join(", ",
            ["Series = row.Series", $"Time = {read}", .. columns.Select(one => $"{one.Property} = row.{one.Property}")]);
    }

    // As the first row has it.
    private string TimeType()
    {
        string row = File.ReadLines(_history).Skip(1).First();
        string[] cells = row.Split(',');
        string time = cells[_question.Series is null || cells.Length < 2 ? 0 : 1];
        return DateTime.TryParseExact(time, HistoryFile.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? "DateTime"
            : double.TryParse(time, CultureInfo.InvariantCulture, out _) ? "double" : "string";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
