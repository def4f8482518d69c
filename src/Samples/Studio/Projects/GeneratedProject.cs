using System.IO.Compression;
using System.Text;
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
    private readonly QuestionKind _kind;
    private readonly string _modelName, _history, _modelFile;
    private readonly SequenceModel _model;

    public GeneratedProject(StudioRun run, string model)
    {
        (_question, _modelName, _history, _modelFile) = (run.Info.Question, model, run.Files.History, run.Files.Model(model));
        if (!File.Exists(_modelFile))
            throw new UserError($"The run has no model '{model}'.");
        _model = SequenceModel.Load(_modelFile);
        _kind = QuestionKind.Of(_question.Kind);
        Name = CodeText.Identifier(run.Info.Name.Split('.')[0]) + _kind.Suffix;
    }

    /// <summary>The name of the folder, and the namespace.</summary>
    public string Name { get; }

    // Next steps are numbers or tokens, which other code reads.
    private string Form => _kind != QuestionKind.Next ? _kind.Name : _model.Task.RowInput!.Tokens is null ? "next-numbers" : "next-tokens";

    private bool HasSteps => _kind == QuestionKind.Tag || _kind == QuestionKind.Next;

    /// <summary>All files, by their paths in the folder.</summary>
    public IReadOnlyDictionary<string, byte[]> Files()
    {
        IReadOnlyDictionary<string, string> values = Values();
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["README.md"] = Text($"{_kind.Name}-README.md", values),
            [$"{_kind.Folder}/{_kind.Folder}.csproj"] = Text("Model.csproj", values),
            [$"{_kind.Folder}/Program.cs"] = Text($"{Form}-Program.cs", values),
            [$"{_kind.Folder}/SequenceModel.consumption.cs"] = Text($"{Form}-SequenceModel.consumption.cs", values),
            [$"{_kind.Folder}/HistoryFile.cs"] = Text(_kind == QuestionKind.Classify ? "classify-HistoryFile.cs" : "HistoryFile.cs", values),
            [$"{_kind.Folder}/CsvFile.cs"] = Text("CsvFile.cs", values),
            [$"{_kind.Folder}/model.sequence"] = File.ReadAllBytes(_modelFile),
            [$"{_kind.Folder}/history.csv"] = File.ReadAllBytes(_history),
            [NotebookName] = Notebook(),
        };
        if (HasSteps)
            files[$"{_kind.Folder}/ModelInput.cs"] = Text("steps-ModelInput.cs", values);
        if (_kind == QuestionKind.Forecast)
        {
            files["Training/Training.csproj"] = Text("Training.csproj", values);
            files["Training/Program.cs"] = Text("forecast-Training.cs", values);
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

    public string NotebookName => $"{_kind.Name}.ipynb";

    /// <summary>The notebook alone.</summary>
    public byte[] Notebook()
    {
        IReadOnlyDictionary<string, string> values = Values();
        return Encoding.UTF8.GetBytes(NotebookText.Of(Template.Fill("notebook-head", values) + Template.Fill($"{_kind.Name}-notebook", values)));
    }

    private static byte[] Text(string template, IReadOnlyDictionary<string, string> values) =>
        Encoding.UTF8.GetBytes(Template.Fill(template, values).ReplaceLineEndings("\n"));

    private Dictionary<string, string> Values()
    {
        var values = new Dictionary<string, string>(Versions, StringComparer.Ordinal)
        {
            ["Namespace"] = Name,
            ["Folder"] = _kind.Folder,
            ["Title"] = CodeText.Comment(_question.Name ?? _question.File),
            ["File"] = CodeText.Comment(_question.File),
            ["ModelName"] = _modelName,
            ["CsvFile"] = Template.Fill("CsvFile", Versions).TrimEnd(),
        };
        if (_kind == QuestionKind.Forecast)
            new ForecastCode(_question, _model, _history).AddTo(values);
        else if (HasSteps)
            new StepsCode(_question, _model).AddTo(values);
        else
        {
            values["EmptyCell"] = CodeText.EmptyCell(_model, "cell", "float");
            (values["Targets"], values["NotebookText"]) = (CodeText.Literals(_model.Task.Prediction.Names?.Values ?? []), "It classifies sequences.");
        }

        return values;
    }
}
