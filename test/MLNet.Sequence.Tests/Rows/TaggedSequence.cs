using Microsoft.ML;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>A row that holds a sequence and a tag for each step: noise, and spans in which it rises or falls.</summary>
internal sealed class TaggedSequence
{
    public float[] Features { get; set; } = [];

    public string[] Words { get; set; } = [];

    public string[] Tags { get; set; } = [];

    public static TaggedSequence[] Make(int rows, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => One(random))];
    }

    /// <summary>The rows with their tags as keys, and their words.</summary>
    public static IDataView View(MLContext ml, IEnumerable<TaggedSequence> rows)
    {
        IDataView view = ml.Data.LoadFromEnumerable(rows);
        // All tags and words, even if rows do not use them.
        IDataView known = ml.Data.LoadFromEnumerable(Make(200, seed: 77));
        return ml.Transforms.Conversion.MapValueToKey("Tags").Append(ml.Transforms.Conversion.MapValueToKey("Words")).Fit(known).Transform(view);
    }

    private static TaggedSequence One(Random random)
    {
        int steps = random.Next(6, 15);
        var tags = new string[steps];
        Array.Fill(tags, "O");
        for (int at = random.Next(4); at + 3 < steps; at += random.Next(5, 8))
        {
            string label = random.Next(2) == 0 ? "up" : "down";
            (tags[at], tags[at + 1], tags[at + 2]) = ($"B-{label}", $"I-{label}", $"I-{label}");
        }

        return new TaggedSequence
        {
            Tags = tags,
            Features = [.. tags.Select(tag => 50 + 10 * (float)(random.NextDouble() + (tag == "O" ? 0 : tag[2..] == "up" ? 3 : -3)))],
            Words = [.. tags.Select(tag => tag == "O" ? $"o{random.Next(4)}" : $"{tag[2..]}{random.Next(2)}")],
        };
    }
}

/// <summary>The output of a tagger for a row.</summary>
internal sealed class TagPrediction
{
    public uint[] PredictedLabels { get; set; } = [];

    public float[] Scores { get; set; } = [];
}
