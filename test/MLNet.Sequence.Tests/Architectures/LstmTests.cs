using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class LstmTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new Lstm { HiddenSize = 6 }),
        Case(new Lstm { HiddenSize = 4, Layers = 2, ForgetBias = null }),
        Case(new Lstm { HiddenSize = 4, Layers = 2, Dropout = 0.25, RecurrentDropout = 0.25, Variational = true }),
        Case(new Lstm { HiddenSize = 3, Layers = 3, Dropout = 0.25, ForgetBias = 2.5 }),
    ];

    internal override Architecture Invalid => new Lstm { HiddenSize = 0, Layers = -1, Dropout = 1, RecurrentDropout = -0.1, ForgetBias = double.NaN };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(Lstm.HiddenSize), nameof(Lstm.Layers), nameof(Lstm.Dropout), nameof(Lstm.RecurrentDropout), nameof(Lstm.ForgetBias)];

    [TestMethod]
    public void The_forget_gate_starts_at_its_bias_and_the_others_around_zero()
    {
        Weights weights = Initializer.Draw(new Lstm { HiddenSize = 50 }.Build(8).AllWeights(2), new RandomStream(1));
        float[] first = weights["0.bias_ih"].Values.Items, second = weights["0.bias_hh"].Values.Items;
        float[] forget = [.. Enumerable.Range(50, 50).Select(i => first[i] + second[i])];
        Assert.IsTrue(forget.All(value => value == 1));
        // The others: uniform in ±1/√50 = ±0.1414, twice.
        double[] others = [.. first.Concat(second).Where((_, i) => i % 200 / 50 != 1).Select(value => (double)value)];
        Assert.IsTrue(others.All(value => Math.Abs(value) <= 0.1415));
        Assert.IsLessThan(0.02, Math.Abs(others.Average()));
    }

    // Bai, Kolter and Koltun, arXiv 1803.01271, table 1: about 70,000 parameters with 130 units, for the adding problem and for MNIST.
    [TestMethod]
    [DataRow(2, 1)]
    [DataRow(1, 10)]
    public void An_lstm_of_130_units_has_the_papers_70_thousand_parameters(int inputs, int outputs) =>
        Assert.AreEqual(70_000, new Sequential(new Lstm { HiddenSize = 130 }.Build(600), new Dense(outputs)).ParameterCount(inputs), 5_000);

    // Per layer four gates of h units, each with weights to the input and to the last output; two biases, as in PyTorch.
    private static ArchitectureCase Case(Lstm lstm)
    {
        long h = lstm.HiddenSize, inputs = ArchitectureCase.Inputs;
        long first = 4 * (inputs * h + h * h + 2 * h), further = 4 * (h * h + h * h + 2 * h);
        return new ArchitectureCase(lstm, first + (lstm.Layers - 1) * further, ReceptiveField: null);
    }
}
