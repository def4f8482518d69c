namespace MLNet.Sequence.Samples.Sequences;

/// <summary>Rows of a file that follow each other: numbers or a token at each step, and its tag if tags were asked for.</summary>
internal sealed record StepSequence
{
    /// <summary>The series that it is a part of; empty: the file is one series.</summary>
    public required string Series { get; init; }

    /// <summary>The number of its first step in the series, from 1.</summary>
    public int First { get; init; } = 1;

    public required int Length { get; init; }

    /// <summary>The series and, if it does not begin with it, its first step.</summary>
    public string Name => First == 1 && Series.Length > 0 ? Series
        : FormattableString.Invariant($"{Series}{(Series.Length > 0 ? ", from row " : "row ")}{First}");

    /// <summary>The values of each step, step by step; NaN for a missing value. Empty: the steps are tokens.</summary>
    public double[] Values { get; init; } = [];

    /// <summary>The token of each step. Empty: the steps are numbers.</summary>
    public string[] Tokens { get; init; } = [];

    /// <summary>The tag of each step. Empty: none were asked for.</summary>
    public string[] Tags { get; init; } = [];

    /// <summary>Some of its steps.</summary>
    public StepSequence Part(Range steps)
    {
        (int start, int length) = steps.GetOffsetAndLength(Length);
        int features = Values.Length / Length;
        return this with
        {
            First = First + start,
            Length = length,
            Values = Values.AsSpan(start * features, length * features).ToArray(),
            Tokens = Tokens.Length == 0 ? [] : Tokens[steps],
            Tags = Tags.Length == 0 ? [] : Tags[steps],
        };
    }

    /// <summary>Pieces of at most so many steps; a last one below <paramref name="least"/> is left out, unless it is the only one.</summary>
    public IEnumerable<StepSequence> Pieces(int most, int least)
    {
        for (int start = 0; start < Length; start += most)
        {
            int end = Math.Min(Length, start + most);
            if (start == 0 || end - start >= least)
                yield return Part(start..end);
        }
    }
}

/// <summary>Steps of numbers, as ML.NET reads them.</summary>
internal sealed class NumberSteps
{
    public double[] Steps { get; set; } = [];

    public string[] Tags { get; set; } = [];
}

/// <summary>Steps of tokens, as ML.NET reads them.</summary>
internal sealed class TokenSteps
{
    public string[] Steps { get; set; } = [];

    public string[] Tags { get; set; } = [];
}
