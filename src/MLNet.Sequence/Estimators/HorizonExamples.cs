using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>Reads the examples of a model's task from rows: standardised, evenly spread, at most so many.</summary>
internal sealed class HorizonExamples(SequenceHost host, SequenceModel model, HorizonOptions options)
{
    // Contexts of an example where the state is carried: what is remembered longer is found to be as long.
    private const int LongestCarried = 8;

    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows are too few, or a value is missing.</exception>
    public IReadOnlyList<HorizonExample> Read(IDataView data)
    {
        using HostCancellation cancellation = host.LinkCancellation();
        return model.Task switch
        {
            Forecasting task => Windows(data, task, cancellation),
            SequenceRowTask task => Rows(data, task, cancellation),
            NextStep task => Steps(data, task, cancellation),
            _ => throw new NotSupportedException($"The memory horizon of the task {model.Task.GetType().Name} cannot be measured by its model; measure a function instead."),
        };
    }

    private HorizonExample[] Windows(IDataView data, Forecasting task, HostCancellation cancellation)
    {
        new ForecastingColumns(host).Check(data.Schema, task);
        SeriesSet set = SeriesReader.Read(data, task, allowMissing: false, cancellation);
        var windows = Data.Windows.Over(set, new WindowShape(task.Context, task.Horizon));
        if (windows.Count < 2)
        {
            string longest = set.Series.Count == 0 ? "no rows" : $"a longest series of {set.Series.Max(series => series.Length)} rows";
            throw new InvalidOperationException(
                $"The data has {longest}; for a memory horizon at least {(long)task.Context + task.Horizon + 1} rows of a series are needed: Context {task.Context} + Horizon {task.Horizon}, and one row more for a second window.");
        }

        double stride = Math.Max(1, (double)windows.Count / options.Examples);
        return [.. Spread(windows.Count).Select(index => Window(windows[index], task) with { Stride = stride })];
    }

    private HorizonExample Window(Window window, Forecasting task)
    {
        int steps = task.CarriesState ? (int)Math.Min((long)LongestCarried * task.Context, window.Origin + 1) : task.Context;
        float[] past = new float[steps * task.InputSize], beside = new float[task.BesideSize], target = new float[task.Horizon * task.TargetChannels.Count];
        ChannelScaling scaling = task.Standardize(window, model.Scaling, new SeenWindow(past, beside), target);
        return new HorizonExample(past, target) { Scaling = scaling, Beside = beside };
    }

    private HorizonExample[] Rows(IDataView data, SequenceRowTask task, HostCancellation cancellation)
    {
        SequenceGoal goal = task switch
        {
            SequenceRegression => new RegressionGoal(),
            SequenceBinaryClassification => new BinaryGoal(),
            SequenceTagging tagging => new TaggingGoal(tagging.Decoding),
            _ => new MulticlassGoal(),
        };
        IReadOnlyList<string>? values = (task as SequenceTagging)?.TagValues ?? (task as SequenceClassification)?.ClassValues;
        SequenceSet set = Labelled(data, task, goal, values, cancellation);
        return [.. Spread(set.Count).Select(row =>
        {
            double[] labels = set.Labels((int)row);
            var target = new float[labels.Length];
            ((task as SequenceRegression)?.LabelScaling ?? ChannelScaling.None(labels.Length)).Apply(labels, target);
            return new HorizonExample(Sequence(set, (int)row, set.Length((int)row)), target);
        })];
    }

    private SequenceSet Labelled(IDataView data, SequenceRowTask task, SequenceGoal goal, IReadOnlyList<string>? values, HostCancellation cancellation)
    {
        var columns = new SequenceOptions { LabelColumn = options.LabelColumn };
        new SequenceBinding(host).Check(data.Schema, task.Input);
        goal.Check(host, SchemaShapes.Of(data.Schema), columns);
        if (task is SequenceClassification or SequenceTagging)
            CheckValues(data.Schema[options.LabelColumn], values);
        SequenceSet set = SequenceSetReader.Read(data, task.Input, goal, columns, cancellation);
        return set.Count >= 2
            ? set
            : throw new InvalidOperationException($"The data has {set.Count} rows with a sequence; for a memory horizon at least 2 are needed.");
    }

    private void CheckValues(DataViewSchema.Column label, IReadOnlyList<string>? values)
    {
        string found = string.Join(", ", KeyValues.Of(label)?.Values ?? ["no values"]), expected = string.Join(", ", values ?? ["no values"]);
        if (found != expected)
            throw host.Mismatch("label", label.Name, $"a key of the values of training ({expected})", $"one of {found}");
    }

    private HorizonExample[] Steps(IDataView data, NextStep task, HostCancellation cancellation)
    {
        new SequenceBinding(host).Check(data.Schema, task.Input);
        SequenceSet set = SequenceSetReader.Read(data, task.Input, (task.Kind, Fewest: 2, SamplingKey: null), cancellation);
        // A step is predicted from at least one before it.
        long[] ends = [.. Enumerable.Range(0, set.Count).Select(row => set.Length(row) - 1L)];
        for (int row = 1; row < ends.Length; row++)
            ends[row] += ends[row - 1];
        long count = ends.Length == 0 ? 0 : ends[^1];
        if (count < 2)
            throw new InvalidOperationException($"The data has {count} steps to predict; for a memory horizon at least 2 are needed.");
        return [.. Spread(count).Select(step => Step(set, ends, step))];
    }

    private HorizonExample Step(SequenceSet set, long[] ends, long index)
    {
        int row = Array.FindIndex(ends, end => index < end);
        int before = (int)(index - (row == 0 ? 0 : ends[row - 1])) + 1;
        float[] sequence = Sequence(set, row, before + 1);
        int features = set.Features;
        return new HorizonExample(sequence[..^features], sequence[^features..]);
    }

    private float[] Sequence(SequenceSet set, int row, int steps)
    {
        var sequence = new double[steps * set.Features];
        set.CopyTo(row, sequence);
        var seen = new float[sequence.Length];
        model.Scaling.Pooled.ApplyOrMean(sequence, seen);
        return seen;
    }

    private IEnumerable<long> Spread(long count)
    {
        int most = (int)Math.Min(count, options.Examples);
        for (int i = 0; i < most; i++)
            yield return (long)i * count / most;
    }
}
