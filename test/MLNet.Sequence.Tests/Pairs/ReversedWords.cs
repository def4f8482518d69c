using Microsoft.ML;

namespace MLNet.Sequence.Tests.Pairs;

/// <summary>A source of letters, and the same letters in capitals from the last to the first.</summary>
internal sealed class ReversedWords
{
    public const string Letters = "abcdef";

    public required string[] Source { get; init; }

    public required string[] Target { get; init; }

    public static ReversedWords[] Make(int rows, int seed = 1, int longest = 6)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Of(string.Concat(
            Enumerable.Range(0, 1 + (int)random.NextInt64(longest)).Select(_ => Letters[(int)random.NextInt64(Letters.Length)]))))];
    }

    public static ReversedWords Of(string letters) => new()
    {
        Source = [.. letters.Select(letter => $"{letter}")],
        Target = [.. letters.Reverse().Select(letter => $"{char.ToUpperInvariant(letter)}")],
    };

    /// <summary>Both columns as keys of the letters.</summary>
    public static IDataView View(MLContext ml, params IEnumerable<ReversedWords> rows) => Keys(ml, ml.Data.LoadFromEnumerable(rows), "Source", "Target");

    /// <summary>Sources alone.</summary>
    public static IDataView Sources(MLContext ml, params IEnumerable<ReversedWords> rows) =>
        Keys(ml, ml.Data.LoadFromEnumerable(rows.Select(row => new SourceRow { Source = row.Source })), "Source");

    public static IDataView Keys(MLContext ml, IDataView data, params string[] columns) =>
        ml.Transforms.Conversion.MapValueToKey([.. columns.Select(column => new InputOutputColumnPair(column))]).Fit(data).Transform(data);
}

/// <summary>A row to predict the target of.</summary>
internal sealed class SourceRow
{
    public required string[] Source { get; init; }
}
