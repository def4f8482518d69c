using MLNet.Sequence.Samples.Commands;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Onnx;

/// <summary>Sequences of equal length, in the data's own units. On them an exported model is compared with the library.</summary>
/// <param name="Steps">Steps of each sequence.</param>
/// <param name="Rows">The values of each sequence, step by step; for tokens their indices.</param>
internal sealed record CheckSequences(int Steps, IReadOnlyList<float[]> Rows)
{
    private const int Count = 16, LongestRandom = 256;

    /// <summary>Random sequences like those that the model was trained on.</summary>
    public static CheckSequences Random(SequenceModel model, string? series)
    {
        var random = new Random(1);
        int longest = model.Task.TargetInput is null ? model.Task.ContextLength : model.Task.SourceLength, width = Width(model.Task);
        int steps = model.Task.Series is { } window ? window.Context : Math.Min(longest, LongestRandom);
        ChannelScaling scaling = model.Scaling[series];
        float Value(int channel)
        {
            if (model.Task.RowInput?.Tokens is { } tokens)
                return random.Next(tokens.Count);
            return model.Task.NextSteps == StepKind.MultiLabel ? random.Next(2) : (float)(scaling.Mean[channel] + scaling.Deviation[channel] * Normal(random));
        }

        float[] Row() => [.. Enumerable.Range(0, steps * width).Select(i => Value(i % width))];
        return new CheckSequences(steps, [.. Enumerable.Range(0, Count).Select(_ => Row())]);
    }

    /// <summary>Windows of a file, spread evenly over its series and their rows.</summary>
    public static CheckSequences Of(SequenceModel model, string path, FileFormat format)
    {
        if (model.Task.Series is not { } task)
            throw new UserError($"--data needs a forecaster; the model's task is {model.Task.GetType().Name}. Leave it out: random sequences are used.");
        SeriesTable table = SeriesTable.Read(SavedModel.Bind(model, path, format));
        ForecastFile.MustHold(table, task.Context, FormattableString.Invariant($"the model's context is {task.Context}"));
        (SeriesRows Series, int End)[] ends = [.. table.Series.SelectMany(series => Enumerable.Range(task.Context, series.Rows.Count - task.Context + 1)
            .Select(end => (series, end)))];
        float[] Window((SeriesRows Series, int End) at) =>
            [.. at.Series.Rows[(at.End - task.Context)..at.End].SelectMany(row => table.Targets.Select((_, target) => (float)table.Value(row, target)))];
        int count = Math.Min(Count, ends.Length);
        return new CheckSequences(task.Context, [.. Enumerable.Range(1, count).Select(i => Window(ends[(int)((long)i * ends.Length / count) - 1]))]);
    }

    /// <summary>Values per step of the data.</summary>
    public static int Width(SequenceTask task) => task.RowInput?.Features ?? task.InputSize;

    // Box and Muller
    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
