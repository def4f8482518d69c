using MLNet.Sequence.Certificates;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Certificates;

/// <summary>Two states of a recurrent layer, one step, and the change of their difference in each norm, divided by λ of that
/// norm.</summary>
internal sealed class StatePair
{
    // The first two floats of a network's state count its steps.
    private const int Counter = 2;

    private readonly Layer _layer;
    private readonly ManagedNetwork _network;
    private readonly CellBound _cell;
    private readonly ContractionNorm[] _norms;
    private readonly int _inputs;
    private readonly double _range;

    public StatePair(Layer layer, int inputs, Weights weights, double range)
    {
        (_layer, _inputs, _range) = (layer, inputs, range);
        _network = new ManagedNetwork(layer, inputs, weights);
        var input = ValueRange.Around(inputs, range);
        double[] Own(string name) => [.. weights[name].Values.Select(value => (double)value)];
        _cell = layer switch
        {
            RnnLayer rnn => new RnnCell(rnn, Own, input),
            LstmLayer => new LstmCell(Own, input),
            GruLayer => new GruCell(Own, input),
            LruLayer => new LruCell(Own, input),
            ParaGruLayer => new ParaGruCell(Own, input),
            ParaLstmLayer => new ParaLstmCell(Own, input),
            _ => new MinimalCell(layer is MinLstmLayer, Own, input),
        };
        _norms = ContractionNorm.Find(_cell, inputs);
        Size = layer is LruLayer ? 2 * _cell.Largest.Length : _cell.Largest.Length;
    }

    /// <summary>The number of values in a state.</summary>
    public int Size { get; }

    /// <param name="point">In [−1, 1]: the input, one state, the other state, as fractions of the largest.</param>
    public double Ratio(double[] point)
    {
        float[] input = [.. point.Take(_inputs).Select(value => (float)(_range * value))];
        double[] first = Scaled(point.AsSpan(_inputs, Size)), second = Scaled(point.AsSpan(_inputs + Size, Size));
        Difference before = Between(first, second), after = Between(Step(first, input), Step(second, input));
        double most = 0;
        foreach (ContractionNorm norm in _norms)
        {
            double size = norm.Of(before), largest = norm.Of(new Difference([.. _cell.Largest]));
            // A difference must still be visible in float32 after the step.
            if (norm.Lambda * size > 5e-2 * Math.Max(1, largest) && double.IsFinite(norm.Lambda))
                most = Math.Max(most, norm.Of(after) / size / norm.Lambda);
        }

        return most;
    }

    // Within the bound of the states. States of minimal cells are at least 0; in complex cells each part may be as large as the whole.
    private double[] Scaled(ReadOnlySpan<double> parts)
    {
        double[] state = new double[Size], largest = [.. _cell.Largest.Select(value => double.IsInfinity(value) ? 1 : value)];
        for (int i = 0; i < Size; i++)
        {
            double part = _layer is MinGruLayer or MinLstmLayer ? Math.Abs(parts[i]) : parts[i];
            state[i] = part * largest[i % largest.Length] * (_layer is LruLayer ? Math.Sqrt(0.5) : 1);
        }

        return state;
    }

    private double[] Step(double[] state, float[] input)
    {
        var whole = new float[_network.StateSize];
        Span<float> own = whole.AsSpan(Counter);
        int[] order = Order();
        for (int i = 0; i < Size; i++)
            own[order[i]] = (float)state[i];
        _network.Step(input, new float[_network.OutputSize], whole);
        var after = new double[Size];
        for (int i = 0; i < Size; i++)
            after[i] = own[order[i]];
        return after;
    }

    // Where a network keeps the states: an LSTM's h comes before its c.
    private int[] Order() => [.. Enumerable.Range(0, Size).Select(i => _layer is LstmLayer or ParaLstmLayer ? (i + Size / 2) % Size : i)];

    private Difference Between(double[] one, double[] other)
    {
        double[] difference = [.. one.Zip(other, (a, b) => Math.Abs(a - b))];
        int states = _cell.Largest.Length;
        return new Difference(_layer is LruLayer
            ? [.. Enumerable.Range(0, states).Select(i => Math.Sqrt(difference[i] * difference[i] + difference[states + i] * difference[states + i]))]
            : difference);
    }
}
