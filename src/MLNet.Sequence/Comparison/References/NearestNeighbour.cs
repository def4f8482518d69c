using System.Numerics.Tensors;

namespace MLNet.Sequence.Comparison;

/// <summary>
/// The nearest training row to another row: by the Euclidean distance of their values, step by step; for tokens, by the number of different
/// steps. Rows of different lengths are stretched to one length (uniform scaling; Keogh, "Efficiently finding arbitrarily scaled patterns
/// in massive time series databases", 2003): that of the longest training row. Numbers are interpolated linearly, tokens take the nearest step.
/// </summary>
internal sealed class NearestNeighbour
{
    // About ten seconds of one core.
    private const double MostProducts = 2e10;

    private readonly float[][] _rows;
    private readonly int[] _numbers;
    private readonly int _channels, _steps;
    private readonly bool _ofTokens;

    /// <param name="rows">The training rows, step by step.</param>
    /// <param name="channels">The number of values in a step.</param>
    /// <param name="ofTokens">Whether the values are the numbers of tokens.</param>
    /// <param name="asked">The number of rows for which a neighbour is searched.</param>
    public NearestNeighbour(float[][] rows, int channels, bool ofTokens, long asked)
    {
        (_channels, _ofTokens, _steps) = (channels, ofTokens, rows.Max(row => row.Length) / channels);
        double products = (double)rows.Length * asked * _steps * channels;
        Every = Math.Max(1, (int)Math.Ceiling(products / MostProducts));
        _numbers = [.. Enumerable.Range(0, rows.Length).Where(row => row % Every == 0)];
        _rows = [.. _numbers.Select(row => Stretched(rows[row]))];
    }

    /// <summary>Which training rows are searched: 1: all; 3: every third, since more would take too long.</summary>
    public int Every { get; }

    /// <summary>The number of steps that all rows are stretched to.</summary>
    public int Steps => _steps;

    /// <summary>The index of the training row nearest to this one; the first of equally near ones.</summary>
    public int Of(float[] row)
    {
        float[] stretched = Stretched(row);
        return _numbers[Enumerable.Range(0, _rows.Length).MinBy(i => Distance(_rows[i], stretched))];
    }

    private float Distance(float[] one, float[] other) => _ofTokens
        ? TensorPrimitives.HammingDistance<float>(one, other)
        : TensorPrimitives.Distance<float>(one, other);

    private float[] Stretched(float[] row)
    {
        int steps = row.Length / _channels;
        if (steps == _steps)
            return row;
        var stretched = new float[_steps * _channels];
        for (int step = 0; step < _steps; step++)
        {
            double place = _steps == 1 ? 0 : (double)step * (steps - 1) / (_steps - 1);
            int before = _ofTokens ? (int)Math.Round(place) : (int)place, after = Math.Min(before + 1, steps - 1);
            float part = _ofTokens ? 0 : (float)(place - before);
            for (int c = 0; c < _channels; c++)
                stretched[step * _channels + c] = (1 - part) * row[before * _channels + c] + part * row[after * _channels + c];
        }

        return stretched;
    }
}
