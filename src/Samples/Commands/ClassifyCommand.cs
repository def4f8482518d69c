using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Sequence.Rows;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Sequences;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>classify: trains architectures to classify sequences, and measures them on test sequences.</summary>
internal sealed class ClassifyCommand(Terminal terminal)
{
    // The part of the training sequences that is kept for early stopping, if there are enough of them.
    private const double Validated = 0.1;
    private const int Enough = 200;

    private readonly Option<string?> _train = new("--train")
    {
        Description = "Sequences to train on: .csv with column names, a label column and a column "
        + "for each step, .tsv of the UCR archive, or .ts of aeon and sktime; each also as .gz. [default: control charts, which come with "
        + "the program]",
        HelpName = "FILE"
    };
    private readonly Option<string?> _test = new("--test") { Description = "Sequences to measure on, in the same form.", HelpName = "FILE" };
    private readonly Option<string?> _label =
        new("--label") { Description = "The label column of .csv files. [default: 'label' if there is one, else the first]", HelpName = "COLUMN" };
    private readonly Option<string?> _group = new("--group")
    {
        Description = "The column of .csv files that says which sequences belong together, such as those "
        + "of one subject. A group is never split between training and validation, and --test must have no group of --train. [default: each "
        + "sequence alone]",
        HelpName = "COLUMN"
    };
    private readonly Option<PoolingKind> _pooling =
        new("--pooling") { Description = "How the outputs of all steps are combined into one.", DefaultValueFactory = _ => PoolingKind.Max };
    private readonly Option<bool> _balanced = new("--balanced") { Description = "Every class has the same total weight, however rare it is." };
    private readonly Option<double?> _focal = NumberOption.RealOrNone(
        "--focal", "Gamma of the focal loss: sequences that are already classified well count less. [default: 0, cross-entropy]");
    private readonly Option<bool> _intervals = new("--intervals") { Description = "Adds 95 % confidence intervals from a bootstrap over the test sequences." };
    private readonly FormatOptions _format = new(numbers: true);
    private readonly TaskOptions _task = new(
        "tcn,lstm", new TrainingDefaults { Epochs = 200, QuickEpochs = 20, BatchSize = 8, LearningRate = 3e-3, QuickLearningRate = 3e-3, Patience = 40 });

    public Command Describe()
    {
        var command = new Command("classify", "Trains architectures to classify sequences, and measures them. It draws confusion matrices.");
        foreach (Option option in new Option[] { _train, _test, _label, _group, _pooling, _balanced, _focal, _intervals }.Concat(_format.All).Concat(_task.All))
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_train) is null != parsed.GetValue(_test) is null)
            throw new UserError("--train and --test go together: sequences to train on, and others to measure on.");
        TaskPlan plan = _task.Read(parsed);
        LabelledRows Read(string? path, string option, string shipped) =>
            LabelledFile.Read(path ?? ShippedData.At(shipped), option, parsed.GetValue(_label), _format.Read(parsed), parsed.GetValue(_group));
        LabelledRows train = Read(parsed.GetValue(_train), "--train", "control-charts-train.csv.gz"),
            test = Read(parsed.GetValue(_test), "--test", "control-charts-test.csv.gz");
        if (train.Features != test.Features)
            throw new UserError(FormattableString.Invariant($"'{test.Path}' has {test.Features} values per step; '{train.Path}' has {train.Features}."));
        if (train.Names.Zip(test.Names).FirstOrDefault(pair => pair.First != pair.Second) is ({ } expected, { } found))
            throw new UserError($"'{test.Path}' has the column '{found}' where '{train.Path}' has '{expected}': both need the same label and steps, in "
                + "the same order.");
        if (test.Classes.Except(train.Classes, StringComparer.Ordinal).ToArray() is { Length: > 0 } unseen)
            throw new UserError($"'{test.Path}' has classes that '{train.Path}' does not have: {string.Join(", ", unseen.Select(name => $"'{name}'"))}.");
        if (parsed.GetValue(_group) is { } group && test.Groups.Intersect(train.Groups, StringComparer.Ordinal).ToArray() is { Length: > 0 } shared)
            throw new UserError($"'{test.Path}' and '{train.Path}' share groups of '{group}': "
                + $"{string.Join(", ", shared.Take(5).Select(name => $"'{name}'"))}. All sequences of a group must be in one file.");
        terminal.ShowNotes(train.Notes.Union(test.Notes));
        terminal.Output.WriteLine($"training: {train}");
        terminal.Output.WriteLine($"test: {test}");

        var run = new TaskRun(terminal, plan);
        SequenceOptions options = Options(parsed, train, test);
        BootstrapOptions? bootstrap = parsed.GetValue(_intervals) ? new BootstrapOptions() : null;
        IDataView rows = run.Ml.Data.LoadFromEnumerable(train.Rows), others = run.Ml.Data.LoadFromEnumerable(test.Rows);
        return run.Run((architecture, files) =>
        {
            using TransformerChain<KeyToValueMappingTransformer> fitted = run.Fit(architecture, training =>
                Pipeline(run.Ml, architecture, options with { Training = training with { ValidationFraction = train.Rows.Count < Enough ? 0 : Validated } })
                    .Fit(rows));
            SequenceClassificationMetrics metrics = run.Ml.MulticlassClassification.EvaluateSequence(fitted.Transform(others), bootstrap: bootstrap);
            File.WriteAllText(files.For(run.Place($"classes-{architecture.Name}.html")), metrics.ToHtml(architecture.Name));
            terminal.Output.Write($"{architecture.Name}: {metrics}");
            return run.Finish(fitted, fitted.OfType<SequencePredictionTransformer>().Single().Model, rows.Schema, files, new Dictionary<string, double>
            {
                ["accuracy"] = metrics.Accuracy,
                ["macroF1"] = metrics.MacroF1,
                ["logLoss"] = metrics.LogLoss,
            });
        });
    }

    private SequenceOptions Options(ParseResult parsed, LabelledRows train, LabelledRows test) => new()
    {
        Features = train.Features,
        Pooling = parsed.GetValue(_pooling),
        ClassWeights = parsed.GetValue(_balanced) ? ClassWeights.Balanced : ClassWeights.None,
        FocalGamma = parsed.GetValue(_focal) ?? 0,
        SamplingKeyColumnName = parsed.GetValue(_group) is null ? null : nameof(LabelledRow.Group),
        MissingValues = train.Missing + test.Missing > 0 ? MissingValues.Interpolate : MissingValues.Error,
    };

    private static EstimatorChain<KeyToValueMappingTransformer> Pipeline(MLContext ml, Architecture architecture, SequenceOptions options) =>
        ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(ml.MulticlassClassification.Trainers.Sequence(architecture, options))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel"));
}
