namespace MLNet.Sequence.Metrics;

/// <summary>
/// The sum and the number of the terms of one measure, for each cell: a step and a target. Measures may share their memory: a backtest has sums for
/// each series and fold.
/// </summary>
/// <param name="memory">The memory of all measures.</param>
/// <param name="first">The first cell of this measure in it.</param>
/// <param name="count">The number of cells.</param>
internal readonly struct CellSums((double[] Sums, int[] Terms) memory, int first, int count)
{
    private readonly double[] _allSums = memory.Sums;
    private readonly int[] _allTerms = memory.Terms;
    private readonly int _first = first, _count = count;

    /// <param name="cells">The number of cells; with memory of their own.</param>
    public CellSums(int cells)
        : this((new double[cells], new int[cells]), 0, cells)
    {
    }

    /// <summary>All cells, for many additions.</summary>
    public Sums All => new(Sums, AllTerms);

    private Span<double> Sums => _allSums.AsSpan(_first, _count);

    private Span<int> AllTerms => _allTerms.AsSpan(_first, _count);

    public void Add(int cell, double value)
    {
        Sums[cell] += value;
        AllTerms[cell]++;
    }

    public void Add(CellSums other)
    {
        for (int cell = 0; cell < _count; cell++)
        {
            Sums[cell] += other.Sums[cell];
            AllTerms[cell] = checked(AllTerms[cell] + other.AllTerms[cell]);
        }
    }

    public double Sum(IEnumerable<int> cells)
    {
        double sum = 0;
        foreach (int cell in cells)
            sum += Sums[cell];
        return sum;
    }

    public long Terms(IEnumerable<int> cells)
    {
        long terms = 0;
        foreach (int cell in cells)
            terms += AllTerms[cell];
        return terms;
    }

    /// <summary>The mean over cells, each term with a weight that depends on its cell; NaN: no term is defined.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="weight">The factor of a cell's terms; NaN leaves them out.</param>
    public double Mean(IEnumerable<int> cells, Func<int, double> weight)
    {
        double sum = 0;
        long terms = 0;
        foreach (int cell in cells)
        {
            double factor = weight(cell);
            if (double.IsNaN(factor))
                continue;
            sum += Sums[cell] * factor;
            terms += AllTerms[cell];
        }

        return terms == 0 ? double.NaN : sum / terms;
    }

    /// <inheritdoc cref="Mean(IEnumerable{int}, Func{int, double})"/>
    public double Mean(IEnumerable<int> cells)
    {
        double sum = 0;
        long terms = 0;
        foreach (int cell in cells)
        {
            sum += Sums[cell];
            terms += AllTerms[cell];
        }

        return terms == 0 ? double.NaN : sum / terms;
    }
}

/// <summary>The cells of one measure.</summary>
/// <param name="sums">The sum of each.</param>
/// <param name="terms">The number of terms of each.</param>
internal readonly ref struct Sums(Span<double> sums, Span<int> terms)
{
    private readonly Span<double> _sums = sums;
    private readonly Span<int> _terms = terms;

    public void Add(int cell, double value)
    {
        _sums[cell] += value;
        _terms[cell]++;
    }
}
