using Microsoft.ML;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Bench;

/// <summary>A row that holds a sequence of 4 to 16 steps in several forms, with a label for each task.</summary>
internal sealed class StressRow
{
    public const int BitsPerStep = 3, Vocabulary = 12;

    private const int Count = 64;

    public float[] Features { get; set; } = [];

    public float[] Bits { get; set; } = [];

    public int[] Tokens { get; set; } = [];

    public string[] Tags { get; set; } = [];

    public string Class { get; set; } = "";

    public bool Yes { get; set; }

    public float Number { get; set; }

    /// <summary>Always the same rows, classes and tags as keys.</summary>
    public static IDataView View(MLContext ml)
    {
        var random = new Random(1);
        StressRow[] rows = [.. Enumerable.Range(0, Count).Select(_ => One(random))];
        IDataView view = ml.Data.LoadFromEnumerable(rows);
        return ml.Transforms.Conversion.MapValueToKey("Tags").Append(ml.Transforms.Conversion.MapValueToKey("Class")).Fit(view).Transform(view);
    }

    private static StressRow One(Random random)
    {
        int steps = random.Next(4, 17);
        double pace = 0.2 + random.NextDouble();
        int[] tokens = [.. Enumerable.Range(0, steps).Select(step => (int)(Vocabulary * Math.Pow(random.NextDouble(), 2)))];
        return new StressRow
        {
            Features = [.. Enumerable.Range(0, steps).Select(step => (float)Math.Sin(pace * step))],
            Bits = [.. Enumerable.Range(0, steps * BitsPerStep).Select(_ => (float)random.Next(2))],
            Tokens = tokens,
            Tags = [.. tokens.Select(token => token < 2 ? "few" : token < 6 ? "some" : "many")],
            Class = pace < 0.6 ? "slow" : pace < 0.9 ? "middling" : "fast",
            Yes = pace < 0.7,
            Number = (float)pace,
        };
    }
}
