using MLNet.Sequence.Certificates;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Certificates;

/// <summary>
/// Checks the bounds of one step of a cell, for each value of the state, against the papers' formulas: no pair of states and inputs breaks
/// a bound. For each term of a bound, a pair comes near it while all other terms are 0.
/// </summary>
[TestClass]
public sealed class CellBoundTests
{
    private const double Limit = 1 + 1e-9;

    [TestMethod]
    [DataRow("rnn")]
    [DataRow("relu")]
    [DataRow("lstm")]
    [DataRow("gru")]
    [DataRow("minGru")]
    [DataRow("minLstm")]
    [DataRow("paraGru")]
    [DataRow("paraLstm")]
    public void No_states_and_inputs_are_found_that_a_step_moves_apart_by_more(string kind)
    {
        double nearest = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new RandomStream(seed, kind.Length);
            Layer layer = Layer(kind, units: 1 + (int)random.NextInt64(3));
            CellCase cell = new(layer, inputs: 1 + (int)random.NextInt64(2), 2, GateScaled(layer, random));
            double worst = Enumerable.Range(0, 60).Max(_ => cell.Ratio([.. Enumerable.Range(0, cell.Numbers).Select(_ => Corner(random))]));
            Assert.IsLessThanOrEqualTo(Limit, worst, $"{layer}, seed {seed}");
            nearest = Math.Max(nearest, worst);
        }

        Assert.IsGreaterThan(0.9, nearest, kind);
    }

    // One unit with the recurrent weight of one gate alone, and biases that make its term large: the bound is nearly reached, so that
    // no term can be missing or too small.
    [TestMethod]
    [DataRow("input gate", 0)]
    [DataRow("forget gate", 1)]
    [DataRow("candidate", 2)]
    [DataRow("output gate", 3)]
    public void Each_term_of_the_lstm_is_reached(string gate, int row)
    {
        var recurrent = new float[4];
        recurrent[row] = row == 2 ? 0.5f : 1e-3f;
        // A gate that multiplies the term is fully open; the gate whose slope counts is half open.
        float[] bias = row switch
        {
            0 => [0, -30, 30, 30],
            1 => [30, 0, 30, 30],
            2 => [30, -30, 0, 30],
            _ => [30, -30, 30, 0],
        };
        var cell = new CellCase(new LstmLayer(1), inputs: 1, range: 0, (name, count) => name switch
        {
            "weight_hh" => recurrent,
            "bias_ih" => bias,
            _ => new float[count],
        });
        double[] largest = cell.Largest;
        // The states differ only in h. The forget gate's term matters where c is large.
        double[] Before(double h) => [row == 1 ? largest[0] : 0, h];
        double ratio = Enumerable.Range(0, 41).Max(i => cell.Ratio([0], [0], Before(-largest[1]), Before(-largest[1] + i / 20.0 * largest[1])));
        Assert.IsLessThanOrEqualTo(Limit, ratio, gate);
        Assert.IsGreaterThan(0.97, ratio, gate);
    }

    [TestMethod]
    [DataRow("reset gate", 0)]
    [DataRow("update gate", 1)]
    [DataRow("candidate", 2)]
    public void Each_term_of_the_gru_is_reached(string gate, int row)
    {
        var recurrent = new float[3];
        recurrent[row] = new[] { 1e-3f, 4, 0.5f }[row];
        // The reset gate acts on q, the inner shift; the outer shift brings the candidate back to where tanh is steep. The update gate
        // matters where h is far from the candidate, here at 1 and −1.
        (float[] bias, float[] shift) = row switch
        {
            0 => (new float[] { 0, -30, -0.01f }, new[] { 0, 0, 0.02f }),
            1 => (new float[] { 30, -4, -30 }, new[] { 0f, 0, 0 }),
            _ => (new float[] { 30, -30, 0 }, new[] { 0f, 0, 0 }),
        };
        var cell = new CellCase(new GruLayer(1), inputs: 1, range: 0, (name, count) => name switch
        {
            "weight_hh" => recurrent,
            "bias_ih" => bias,
            "bias_hh" => shift,
            _ => new float[count],
        });
        double most = cell.Largest[0];
        double[] states = [.. Enumerable.Range(0, 41).Select(i => most * (i / 20.0 - 1))];
        double ratio = states.Max(h => cell.Ratio([0], [0], [h], [h + (h > 0 ? -1 : 1) * most * 1e-3]));
        Assert.IsLessThanOrEqualTo(Limit, ratio, gate);
        Assert.IsGreaterThan(0.97, ratio, gate);
    }

    [TestMethod]
    public void The_range_of_a_clamp_is_that_of_its_output()
    {
        // Inputs below, across and above the limits.
        ValueRange output = PlainBound.Clamp(1, new ValueRange([-4, -0.5, 2, -3], [-2, 3, 5, 3])).Output;
        CollectionAssert.AreEqual(new double[] { -1, -0.5, 1, -1 }, output.Low);
        CollectionAssert.AreEqual(new double[] { -1, 1, 1, 1 }, output.High);
    }

    private static Layer Layer(string kind, int units) => kind switch
    {
        "rnn" => new RnnLayer(units),
        "relu" => new RnnLayer(units) { Activation = ActivationKind.Relu },
        "lstm" => new LstmLayer(units),
        "gru" => new GruLayer(units),
        "minGru" => new MinGruLayer(units),
        "paraGru" => new ParaGruLayer(units),
        "paraLstm" => new ParaLstmLayer(units),
        _ => new MinLstmLayer(units),
    };

    // Each block of rows (a gate) of each weight has its own size.
    private static Func<string, int, float[]> GateScaled(Layer layer, RandomStream random)
    {
        int gates = layer switch { LstmLayer => 4, GruLayer or MinLstmLayer or ParaGruLayer or ParaLstmLayer => 3, MinGruLayer => 2, _ => 1 };
        // The states of a ReLU cell are bounded only if ‖R‖ < 1.
        double most = layer is RnnLayer { Activation: ActivationKind.Relu } ? 0.2 : 3;
        return (name, count) =>
        {
            double[] sizes = [.. Enumerable.Range(0, gates).Select(_ => most * Math.Pow(10, -2 * random.NextDouble()))];
            return [.. Enumerable.Range(0, count).Select(i => (float)(sizes[i * gates / count] * random.NextNormal()))];
        };
    }

    private static double Corner(RandomStream random)
    {
        double value = 2 * random.NextDouble() - 1;
        return random.NextInt64(2) == 0 ? value : Math.Sign(value);
    }
}
