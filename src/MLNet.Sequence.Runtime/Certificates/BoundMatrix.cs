namespace MLNet.Sequence.Certificates;

/// <summary>A matrix that bounds differences: |W| row by row, its rows' Euclidean lengths, and ‖W‖₂.</summary>
internal sealed class BoundMatrix
{
    private readonly double[] _absolute, _lengths;
    private readonly int _columns;
    private readonly Lazy<double> _norm;

    /// <param name="weights">[rows, columns].</param>
    /// <param name="columns">Channels in.</param>
    public BoundMatrix(double[] weights, int columns)
    {
        _columns = columns;
        _absolute = Array.ConvertAll(weights, Math.Abs);
        Rows = weights.Length / columns;
        _lengths = [.. Enumerable.Range(0, Rows).Select(row => Outward.Length(Row(row)))];
        _norm = new Lazy<double>(() => SpectralNorm.UpperBound(weights, columns));
    }

    public int Rows { get; }

    public double Norm => _norm.Value;

    /// <summary>|W| of one row.</summary>
    public ReadOnlySpan<double> Row(int row) => _absolute.AsSpan(row * _columns, _columns);

    /// <summary>W Δ.</summary>
    public Difference Apply(Difference difference)
    {
        if (difference.IsNone)
            return Difference.None(Rows);
        var result = new double[Rows];
        for (int row = 0; row < Rows; row++)
            result[row] = Math.Min(Outward.Sum(Row(row), difference.Channels), Outward.Up(Outward.Times(_lengths[row], difference.Length)));
        return new Difference(result, Outward.Up(Outward.Times(Norm, difference.Length)));
    }
}
