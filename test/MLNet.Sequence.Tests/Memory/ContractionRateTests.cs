using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Memory;

namespace MLNet.Sequence.Tests.Memory;

[TestClass]
public sealed class ContractionRateTests
{
    [TestMethod]
    [DataRow(0.9, 0.5)]
    [DataRow(0.3, 0.2)]
    [DataRow(1.3, 0.7)]
    public void Around_zero_the_exponent_of_a_simple_recurrence_is_that_of_its_largest_eigenvalue(double largest, double other)
    {
        // Not symmetric, so the factor does not hold from the first step on.
        float[] matrix = [(float)largest, 0.8f, 0, (float)other];
        double? exponent = ContractionRate.Exponent(Rnn(matrix, ActivationKind.Tanh), [new float[200]], seed: 1);
        Assert.AreEqual(Math.Log(largest), exponent!.Value, 2e-3);
    }

    [TestMethod]
    public void Inputs_that_saturate_the_units_make_the_state_forget_faster()
    {
        float[] matrix = [0.9f, 0, 0, 0.9f];
        float[] quiet = new float[200], loud = [.. Enumerable.Repeat(1f, 200)];
        ManagedNetwork network = Rnn(matrix, ActivationKind.Tanh);
        double fixedPoint = 0.5;
        for (int i = 0; i < 1000; i++)
            fixedPoint = Math.Tanh(0.9 * fixedPoint + 1);
        // tanh' = 1 − tanh².
        Assert.AreEqual(Math.Log(0.9 * (1 - fixedPoint * fixedPoint)), ContractionRate.Exponent(network, [loud], 1)!.Value, 0.02);
        Assert.AreEqual(Math.Log(0.9), ContractionRate.Exponent(network, [quiet], 1)!.Value, 2e-3);
    }

    [TestMethod]
    public void The_direction_is_carried_over_short_sequences()
    {
        float[] matrix = [0.8f, 0.5f, 0, 0.4f];
        IEnumerable<float[]> sequences = Enumerable.Repeat(new float[6], 100);
        Assert.AreEqual(Math.Log(0.8), ContractionRate.Exponent(Rnn(matrix, ActivationKind.Tanh), sequences, 1)!.Value, 5e-3);
    }

    [TestMethod]
    public void Too_few_steps_say_nothing() =>
        Assert.IsNull(ContractionRate.Exponent(Rnn([0.9f, 0, 0, 0.9f], ActivationKind.Tanh), [new float[20]], 1));

    private static ManagedNetwork Rnn(float[] matrix, ActivationKind activation)
    {
        var weights = new Weights();
        weights.Add(new Weight("weight_ih", [2, 1], [1, 1]));
        weights.Add(new Weight("weight_hh", [2, 2], matrix));
        weights.Add(new Weight("bias_ih", [2], new float[2]));
        weights.Add(new Weight("bias_hh", [2], new float[2]));
        return new ManagedNetwork(new RnnLayer(2) { Activation = activation }, 1, weights);
    }
}
