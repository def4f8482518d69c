using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class RnnTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new Rnn { HiddenSize = 8 }),
        Case(new Rnn { HiddenSize = 5, Layers = 2, Activation = ActivationKind.Relu, Recurrent = RecurrentInitialization.Identity }),
        Case(new Rnn { HiddenSize = 4, Layers = 3, Recurrent = RecurrentInitialization.Orthogonal, Dropout = 0.25 }),
    ];

    internal override Architecture Invalid => new Rnn
    {
        HiddenSize = 0,
        Layers = -1,
        Activation = ActivationKind.Sigmoid,
        Recurrent = (RecurrentInitialization)7,
        Dropout = 1,
    };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(Rnn.HiddenSize), nameof(Rnn.Layers), nameof(Rnn.Activation), nameof(Rnn.Recurrent), nameof(Rnn.Dropout)];

    [TestMethod]
    public void An_identity_start_keeps_the_state()
    {
        Layer tree = new Rnn { HiddenSize = 16, Activation = ActivationKind.Relu, Recurrent = RecurrentInitialization.Identity }.Build(8);
        Weights weights = Initializer.Draw(tree.AllWeights(1), new RandomStream(1));
        using var probe = Torch.NetworkProbe.InFloat32(tree, 1, weights);
        // One pulse, then zeros: the last of 50 outputs equals the first.
        double[] output = probe.Forward(new Torch.SequenceBatch(1, 50, 1, [1, .. new double[49]]));
        CollectionAssert.AreEqual(output[..16], output[^16..]);
        Assert.IsTrue(output.Any(value => value > 0));
    }

    // Per layer h units, each with weights to the input and to the last output; two biases, as in PyTorch.
    private static ArchitectureCase Case(Rnn rnn)
    {
        long h = rnn.HiddenSize, inputs = ArchitectureCase.Inputs;
        return new ArchitectureCase(rnn, h * (inputs + h + 2) + (rnn.Layers - 1) * h * (2 * h + 2), ReceptiveField: null);
    }
}
