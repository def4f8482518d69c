using Microsoft.ML;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Output;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>
/// A run of a command on rows that each hold a sequence. Each architecture is trained, scored and saved; all files appear together at the
/// end.
/// </summary>
internal sealed class TaskRun(Terminal terminal, TaskPlan plan)
{
    private readonly TrainingDisplay _display = TrainingDisplay.For(terminal);

    public MLContext Ml { get; } = Host.Create(terminal, plan.Training);

    /// <param name="one">Trains and scores one architecture, and writes its files.</param>
    public int Run(Func<Architecture, StagedFiles, TaskResult> one)
    {
        using var files = new StagedFiles();
        var results = new List<TaskResult>();
        foreach (Architecture architecture in plan.Architectures)
        {
            results.Add(one(architecture, files));
            terminal.Cancellation.ThrowIfCancellationRequested();
        }

        if (plan.Json is not null)
            TaskResults.Write(files.For(plan.Json), plan.Command, results);
        files.Commit();
        TaskResults.Print(terminal, results);
        terminal.Output.WriteLine($"Written: {string.Join(", ", files.Places.Select(place => Path.GetRelativePath(Environment.CurrentDirectory, place)))}");
        return Cli.Success;
    }

    /// <summary>Trains, showing progress.</summary>
    public T Fit<T>(Architecture architecture, Func<TrainingOptions, T> fit) => _display.Show(
        architecture.Name, progress => fit(plan.Training.For(architecture.Name, progress, terminal.Cancellation) with { ValidationFraction = 0 }));

    /// <summary>Saves a model and returns its results.</summary>
    /// <param name="fitted">The transformer.</param>
    /// <param name="model">The model in it.</param>
    /// <param name="schema">The schema of the training rows.</param>
    /// <param name="files">Where the model is saved.</param>
    /// <param name="metrics">The metrics, by their names in the results.</param>
    public TaskResult Finish(ITransformer fitted, SequenceModel model, DataViewSchema schema, StagedFiles files, IReadOnlyDictionary<string, double> metrics)
    {
        string name = model.Architecture.Name;
        terminal.Output.WriteLine($"{name}: {model.Report.StoppedBecause}");
        Ml.Model.Save(fitted, schema, files.For(Place($"{name}.zip")));
        File.WriteAllText(files.For(Place($"training-{name}.html")), model.Report.ToHtml(name));
        return new TaskResult(name, model.ParameterCount, model.Report.Epochs.Select(epoch => epoch.Seconds).DefaultIfEmpty(double.NaN).Average(), metrics);
    }

    /// <summary>A file in the folder of results.</summary>
    public string Place(string file) => Path.Combine(plan.Folder, file);
}
