using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Rows;

/// <summary>The rows that a goal plans for.</summary>
/// <param name="Input">Where the sequences are read from.</param>
/// <param name="Label">The label's column.</param>
/// <param name="Set">The rows that training reads, including those kept for validation.</param>
/// <param name="Training">The rows of the set that are trained on.</param>
/// <param name="Given">The rows of the validation set; null if there is none.</param>
internal sealed record LabelledRows(SequenceInput Input, DataViewSchema.Column Label, SequenceSet Set, int[] Training, SequenceSet? Given);

/// <summary>The plan that a goal makes for the rows.</summary>
internal sealed record SequencePlan(SequenceRowTask Task, IObjective Objective)
{
    /// <summary>The weight of the rows of each class; null: all equal.</summary>
    public float[]? ClassWeights { get; init; }
}

/// <summary>What a sequence trainer learns to predict for a row: everything in which classification and regression differ in training.</summary>
internal abstract class SequenceGoal
{
    public const string Role = "label";

    /// <summary>Whether validation rows are chosen class by class.</summary>
    public abstract bool HasClasses { get; }

    /// <summary>The class of each row if validation rows are chosen class by class; else always 0.</summary>
    public Func<int, int> ClassOf(SequenceSet set) => HasClasses ? row => (int)set.Label(row) : _ => 0;

    /// <summary>The metric that can be monitored in addition to the loss: that of its objective.</summary>
    public abstract MetricInfo Metric { get; }

    /// <summary>Whether each step has a loss of its own, so that rows can be trained on in chunks.</summary>
    public virtual bool LearnsSteps => false;

    /// <summary>The types of label that it learns from.</summary>
    protected abstract string Expected { get; }

    /// <summary>Problems: options that have no meaning for this goal.</summary>
    public abstract IEnumerable<string> Problems(SequenceOptions options);

    /// <summary>Problems: a loss for numbers if classes are predicted.</summary>
    protected static IEnumerable<string> LossProblems(SequenceOptions options)
    {
        if (options.Loss != RegressionLoss.Squared)
            yield return "Loss has no meaning in classification.";
    }

    /// <summary>Problems: columns that are read and would be hidden by an added column of the same name.</summary>
    public IEnumerable<string> ColumnProblems(SequenceOptions options)
    {
        string[] added = [.. Outputs(options)];
        foreach (string name in options.Columns.Names.Append(options.LabelColumnName).Append(options.ExampleWeightColumnName).OfType<string>()
            .Distinct().Intersect(added, StringComparer.Ordinal))
            yield return $"The column '{name}' is read, and the model's outputs would hide it ({string.Join(", ", added)}): give the output another name.";
    }

    /// <summary>The columns that the fitted transformer adds.</summary>
    public abstract SchemaShape.Column[] Promise(SchemaShape.Column label, SequenceOptions options);

    /// <summary>The names of those columns.</summary>
    protected abstract IEnumerable<string> Outputs(SequenceOptions options);

    /// <summary>Reads a label as numbers: a class from 0, or the numbers to predict; NaN if it is missing.</summary>
    public abstract VectorReader CreateReader(DataViewRow row, DataViewSchema.Column label);

    /// <summary>The count of numbers in a label; null: one for each step of the sequence.</summary>
    public virtual int? LabelSize(DataViewSchema.Column label) => 1;

    /// <summary>The task and its objective.</summary>
    /// <exception cref="InvalidOperationException">The labels cannot be learnt.</exception>
    public abstract SequencePlan Plan(LabelledRows rows, SequenceOptions options);

    /// <summary>The metrics of scored rows, by name.</summary>
    /// <param name="host">Where messages go.</param>
    /// <param name="scored">The rows with the task's columns.</param>
    /// <param name="label">The label's column.</param>
    /// <param name="task">The task.</param>
    public abstract IReadOnlyDictionary<string, double> Evaluate(SequenceHost host, IDataView scored, string label, SequenceTask task);

    /// <summary>The label's column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing or has the wrong type.</exception>
    public SchemaShape.Column Check(SequenceHost host, SchemaShape schema, SequenceOptions options)
    {
        SchemaShape.Column label = host.Require(schema, Role, options.LabelColumnName);
        return Reads(label) ? label : throw host.Mismatch(Role, options.LabelColumnName, Expected, SchemaShapes.TypeOf(label));
    }

    /// <summary>Checks that another set's label means what the training rows' does.</summary>
    public void CheckSame(SequenceHost host, string set, DataViewSchema.Column training, DataViewSchema.Column other)
    {
        if (Meaning(training) is var expected && Meaning(other) is var found && expected != found)
            throw host.Mismatch($"{set}'s {Role}", training.Name, $"{expected}, as in the training rows", found);
    }

    /// <summary>Whether it can learn from a label of this type.</summary>
    public abstract bool Reads(SchemaShape.Column label);

    /// <summary>Reads a column of numbers, or of vectors of known size.</summary>
    public static VectorReader Numbers(DataViewRow row, DataViewSchema.Column label)
    {
        Action<Span<double>> read = ChannelReaders.CreateDouble(row, label);
        var values = new double[Math.Max(1, ChannelReaders.CountChannels(label.Type))];
        return () =>
        {
            read(values);
            return values;
        };
    }

    /// <summary>The meaning of a label's values, as text: equal for labels that mean the same.</summary>
    protected virtual string Meaning(DataViewSchema.Column label) => Expected;
}
