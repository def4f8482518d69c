using System.Text.RegularExpressions;
using Microsoft.ML;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>The files of a run.</summary>
/// <param name="folder">Its folder.</param>
internal sealed partial class RunFiles(string folder)
{
    public string Info => Path.Combine(folder, "run.json");

    public string Progress => Path.Combine(folder, "progress.json");

    public string Answer => Path.Combine(folder, "answer.json");

    public string Report => Path.Combine(folder, "report.html");

    /// <summary>The rows that a generated program reads.</summary>
    public string History => Path.Combine(folder, "history.csv");

    /// <summary>What the page shows of one model.</summary>
    public string Shown(string model) => Path.Combine(folder, $"shown-{Plain(model)}.json");

    /// <summary>The model for the library's runtime alone.</summary>
    public string Model(string model) => Path.Combine(folder, $"{Plain(model)}.sequence");

    /// <summary>The same for ML.NET.</summary>
    public string Pipeline(string model) => Path.Combine(folder, $"{Plain(model)}.zip");

    public void Save(string name, MLContext ml, ITransformer fitted, DataViewSchema schema)
    {
        string unfinished = Pipeline(name) + ".unfinished";
        ml.Model.Save(fitted, schema, unfinished);
        File.Move(unfinished, Pipeline(name), overwrite: true);
        SequenceTransformer model = fitted as SequenceTransformer ?? ((IEnumerable<ITransformer>)fitted).OfType<SequenceTransformer>().Single();
        model.Model.Save(Model(name));
    }

    /// <summary>Names of models are letters, digits, dots and dashes; nothing else is part of a path.</summary>
    public static string Plain(string name) => Name().IsMatch(name) ? name : throw new UserError($"'{name}' is not the name of a model or of a run.");

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9.\-]*$")]
    private static partial Regex Name();
}
