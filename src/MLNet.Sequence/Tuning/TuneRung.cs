namespace MLNet.Sequence.Tuning;

/// <summary>A rung of successive halving: so many trials, each trained for so many epochs.</summary>
internal sealed record TuneRung(int Trials, int Epochs)
{
    /// <summary>From many trials of few epochs to few trials of all epochs: a rung has 1 / reduction of the trials and reduction times the epochs.</summary>
    public static IReadOnlyList<TuneRung> Of(int trials, int reduction, int epochs)
    {
        int last = 0;
        // As many rungs as there are trials and epochs to divide.
        while (trials / Power(reduction, last + 1) >= 1 && epochs / Power(reduction, last + 1) >= 1)
            last++;
        return [.. Enumerable.Range(0, last + 1).Select(rung => new TuneRung(
            (int)(trials / Power(reduction, rung)), rung == last ? epochs : (int)(epochs / Power(reduction, last - rung))))];
    }

    private static long Power(int reduction, int times) => (long)Math.Pow(reduction, times);
}
