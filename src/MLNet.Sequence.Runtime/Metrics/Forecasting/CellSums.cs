namespace MLNet.Sequence.Metrics;

/// <summary>The sum and the number of the terms of one measure, for each cell: a step and a target.</summary>
internal sealed class CellSums(int cells)
{
    private readonly double[] _sums = new double[cells];
    private readonly long[] _terms = new long[cells];

    public void Add(int cell, double value)
    {
        _sums[cell] += value;
        _terms[cell]++;
    }

    public void Add(CellSums other)
    {
        for (int cell = 0; cell < _sums.Length; cell++)
        {
            _sums[cell] += other._sums[cell];
            _terms[cell] += other._terms[cell];
        }
    }

    public double Sum(IEnumerable<int> cells) => cells.Sum(cell => _sums[cell]);

    public long Terms(IEnumerable<int> cells) => cells.Sum(cell => _terms[cell]);

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
            sum += _sums[cell] * factor;
            terms += _terms[cell];
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
            sum += _sums[cell];
            terms += _terms[cell];
        }

        return terms == 0 ? double.NaN : sum / terms;
    }
}
