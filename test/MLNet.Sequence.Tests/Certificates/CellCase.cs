using MLNet.Sequence.Certificates;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Certificates;

/// <summary>A cell's step from two states with two inputs, in double precision, divided by the proved bound of each value of the
/// state.</summary>
internal sealed class CellCase
{
    private readonly Layer _layer;
    private readonly CellBound _bound;
    private readonly Func<string, double[]> _own;
    private readonly int _inputs;
    private readonly double _range;

    /// <param name="layer">The cell's layer.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="range">Inputs are between minus this and plus this.</param>
    /// <param name="weights">The values of each weight, by its name and number of values.</param>
    public CellCase(Layer layer, int inputs, double range, Func<string, int, float[]> weights)
    {
        (_layer, _inputs, _range) = (layer, inputs, range);
        Dictionary<string, double[]> all = layer.OwnWeights(inputs).ToDictionary(
            spec => spec.Name, spec => Array.ConvertAll(weights(spec.Name, spec.Shape.Aggregate(1, (one, two) => one * two)), value => (double)value));
        _own = name => all[name];
        var input = ValueRange.Around(inputs, range);
        _bound = layer switch
        {
            RnnLayer rnn => new RnnCell(rnn, _own, input),
            LstmLayer => new LstmCell(_own, input),
            GruLayer => new GruCell(_own, input),
            ParaGruLayer => new ParaGruCell(_own, input),
            ParaLstmLayer => new ParaLstmCell(_own, input),
            _ => new MinimalCell(layer is MinLstmLayer, _own, input),
        };
    }

    /// <summary>The largest magnitude of a state.</summary>
    public double[] Largest => _bound.Largest;

    /// <summary>Numbers in [−1, 1] from which two states and two inputs are made.</summary>
    public int Numbers => 2 * (_inputs + Largest.Length);

    /// <param name="point">Inputs and states as fractions of the largest.</param>
    public double Ratio(double[] point)
    {
        int states = Largest.Length;
        double[] State(int first) => [.. Largest.Select((most, i) => most * (HasSign ? point[first + i] : Math.Abs(point[first + i])))];
        double[] Input(int first) => [.. point.Skip(first).Take(_inputs).Select(value => _range * value)];
        return Largest.All(double.IsFinite) ? Ratio(Input(0), Input(_inputs), State(2 * _inputs), State(2 * _inputs + states)) : 0;
    }

    /// <summary>The largest ratio of a difference after the step to its proved bound, over the values of the state.</summary>
    public double Ratio(double[] input, double[] otherInput, double[] state, double[] otherState)
    {
        double[] after = Step(input, state), otherAfter = Step(otherInput, otherState), proved = new double[state.Length];
        _bound.Step([.. state.Zip(otherState, Apart)], new Difference([.. input.Zip(otherInput, Apart)]), proved);
        // If the bound is 0, no difference is allowed except 1e-15, the rounding of doubles near 1.
        return after.Zip(otherAfter, Apart).Zip(proved, (found, most) => found / (most + 1e-14)).Max();
    }

    private bool HasSign => _layer is not (MinGruLayer or MinLstmLayer or RnnLayer { Activation: ActivationKind.Relu });

    private double[] Step(double[] input, double[] state) => _layer switch
    {
        RnnLayer rnn => CellSteps.Rnn(_own, input, state, rnn.Activation == ActivationKind.Relu),
        LstmLayer => CellSteps.Lstm(_own, input, state),
        GruLayer => CellSteps.Gru(_own, input, state),
        ParaGruLayer => CellSteps.ParaGru(_own, input, state),
        ParaLstmLayer => CellSteps.ParaLstm(_own, input, state),
        MinGruLayer => CellSteps.MinGru(_own, input, state),
        _ => CellSteps.MinLstm(_own, input, state),
    };

    private static double Apart(double one, double other) => Math.Abs(one - other);
}
