using Microsoft.ML;

namespace MLNet.Sequence.Tests.NextSteps;

/// <summary>A row that holds a sequence without a label.</summary>
internal sealed class StepSequence
{
    public const int Keys = 6;

    public float[] Features { get; set; } = [];

    /// <summary>One key sounds at a time. The next step is always the key above it, and the lowest follows the highest.</summary>
    public static StepSequence[] Scales(int rows, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Scale(random.Next(Keys), random.Next(5, 16)))];
    }

    /// <summary>Two waves a quarter apart, of any phase and length, in units far from 1.</summary>
    public static StepSequence[] Waves(int rows, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Wave(6 * random.NextDouble(), random.Next(10, 30)))];
    }

    public static IDataView View(MLContext ml, IEnumerable<StepSequence> rows) => ml.Data.LoadFromEnumerable(rows);

    private static StepSequence Scale(int first, int length)
    {
        var values = new float[length * Keys];
        for (int step = 0; step < length; step++)
            values[step * Keys + (first + step) % Keys] = 1;
        return new StepSequence { Features = values };
    }

    private static StepSequence Wave(double phase, int length) => new()
    {
        Features = [.. Enumerable.Range(0, length).SelectMany(step =>
            new[] { 500 + 30 * (float)Math.Sin(phase + 0.6 * step), (float)Math.Cos(phase + 0.6 * step) / 10 })],
    };
}

/// <summary>The output of a next-step model for a row.</summary>
internal sealed class StepPrediction
{
    public float[] Prediction { get; set; } = [];

    public float Loss { get; set; }
}
