namespace MLNet.Sequence;

/// <summary>How a column of text, one text in a row, becomes sequences of tokens, and predicted tokens become text.</summary>
public abstract record TextTokenizer
{
    private protected TextTokenizer()
    {
    }

    /// <summary>A vocabulary of byte pairs that is learnt from the column in <c>Fit</c> and saved inside the model.</summary>
    /// <inheritdoc cref="LearntBytePairs(int)" path="/param"/>
    public static LearntBytePairs Learn(int merges = 8000) => new(merges);

    /// <summary>The problems of these options, one sentence each; empty if there are none.</summary>
    internal abstract IEnumerable<string> Problems();
}

/// <summary>
/// A vocabulary of byte pairs that is learnt from the column in <c>Fit</c> (<see cref="BytePairTokenizer.Learn(IEnumerable{string}, int)"/>) and saved
/// inside the model. Two columns with joined vocabularies (<c>Sharing = All</c>) are learnt from together.
/// </summary>
/// <param name="Merges">The largest number of merges, from 0 to 1,000,000: a vocabulary has 256 tokens and at most one for each merge.</param>
public sealed record LearntBytePairs(int Merges) : TextTokenizer
{
    internal const int MostMerges = 1_000_000;

    internal override IEnumerable<string> Problems() =>
        Merges is >= 0 and <= MostMerges ? [] : [FormattableString.Invariant($"Tokenizer.Merges must be from 0 to {MostMerges}; found {Merges}.")];
}
