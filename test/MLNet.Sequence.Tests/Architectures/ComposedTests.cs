using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class ComposedTests : ArchitectureContract
{
    private const int Inputs = ArchitectureCase.Inputs;

    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        new(new Composed(new Sequential(new CausalConv(4, 3), new Activation(ActivationKind.Tanh), new Dropout(0.25),
            new LstmLayer(3)) { Names = ["convolution", "tanh", "dropout", "lstm"] }),
            (3 * Inputs + 1) * 4 + 4 * (4 * 3 + 3 * 3 + 2 * 3), ReceptiveField: null),
        new(new Composed(new SkipSum([new Residual(new CausalConv(Inputs, 2, 3)), new Windowed(new GruLayer(2), 4)], 3)),
            (2 * Inputs + 1) * Inputs + (Inputs + 1) * 3 + (Inputs + 1) * Inputs + 3 * (Inputs * 2 + 4 + 4) + 3 * 3, ReceptiveField: 4 + 4 - 1),
        new(new Composed(new Branched(new CausalConv(2, 3), new Reversed(new GruLayer(1)))), (3 * Inputs + 1) * 2 + 3 * (Inputs + 1 + 2), ReceptiveField: 3),
    ];

    internal override Architecture Invalid => new Composed(new Sequential(
        new CausalConv(0, 0), new Dense(5), new Residual(new CausalAttention(2, 0)), new Gated((GateKind)7)));

    internal override IReadOnlyList<string> InvalidProperties =>
        ["Layer.0.Channels", "Layer.0.KernelSize", "Layer.2.inner.Window", "Layer.2.inner.Heads", "Layer.3.Kind", "Layer.3.Channels"];

    [TestMethod]
    public void A_layer_that_gives_one_output_for_the_sequence_is_refused() => StringAssert.Contains(
        Assert.ThrowsExactly<ArgumentException>(new Composed(new Sequential(new Dense(2), new Pooling(PoolingKind.Mean))).Validate).Message,
        "Layer.1 must give an output for each step, as all layers of a backbone must; found Pooling");

    [TestMethod]
    public void Without_a_layer_it_is_refused() => StringAssert.Contains(
        Assert.ThrowsExactly<ArgumentException>(new Composed(null!).Validate).Message, "Layer must be a layer; found none.");

    [TestMethod]
    public void What_depends_on_the_channels_of_the_data_is_refused_when_they_are_known()
    {
        var composed = new Composed(new Sequential(new LayerNorm(), new CausalAttention(2, 4)));
        composed.Validate();
        var task = new Forecasting { Targets = [new ChannelColumn("y", ["y", "z", "u"])], Context = 4, Horizon = 1, Normalization = WindowNormalization.None };

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => SequenceModel.BuildNetwork(composed, task));
        StringAssert.Contains(error.Message, "Composed do not fit the data's 3 channels: backbone.1.Heads must be such that two times as many divide the "
            + "channels; found 2 heads for 3 channels.");
    }
}
