using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Tests.Managed;

[TestClass]
public sealed class ManagedNetworkTests
{
    // Enough work for several cores, and a number of sequences that leaves a rest.
    private const int Rows = 67, Steps = 60, Inputs = 3;

    private static readonly Architecture[] Recurrent =
        [new Rnn { HiddenSize = 40 }, new Lstm { HiddenSize = 40 }, new Gru { HiddenSize = 40, Layers = 2 }, new StableLstm { HiddenSize = 35 }];

    [TestMethod]
    public void Sequences_that_all_cores_score_have_the_bits_of_each_alone_whole_and_step_by_step()
    {
        foreach (Architecture architecture in Recurrent)
        {
            ManagedNetwork network = Make(architecture, normalization: null);
            float[] input = Input();
            float[] together = network.Score(input, Rows);
            CollectionAssert.AreEqual(Bits(input.Chunk(Steps * Inputs).SelectMany(row => network.Run(row))), Bits(together), architecture.Name);
            CollectionAssert.AreEqual(Bits(input.Chunk(Steps * Inputs).SelectMany(row => Stepped(network, row))), Bits(together), architecture.Name);
        }
    }

    [TestMethod]
    public void So_have_windows_that_are_normalised_and_sequences_of_different_lengths()
    {
        float[] input = Input();
        var normalization = new WindowNormalized(WindowNormalization.MeanAndDeviation, 1);
        ManagedNetwork windows = Make(new Lstm { HiddenSize = 40 }, normalization), padded = Make(new Lstm { HiddenSize = 40 }, normalization: null);
        CollectionAssert.AreEqual(
            Bits(input.Chunk(Steps * Inputs).SelectMany(row => windows.Run(row))), Bits(windows.Score(input, Rows)), "normalised windows");

        long[] lengths = [.. Enumerable.Range(0, Rows).Select(row => 1L + row % Steps)];
        float[][] scored = [.. padded.Score(input, Rows, lengths).Chunk(Steps * padded.OutputSize)];
        for (int row = 0; row < Rows; row++)
        {
            float[] alone = padded.Run(input.AsSpan(row * Steps * Inputs, (int)lengths[row] * Inputs));
            CollectionAssert.AreEqual(Bits(alone), Bits(scored[row].Take(alone.Length)), $"length {lengths[row]}");
            Assert.IsTrue(scored[row].Skip(alone.Length).All(value => value == 0));
        }
    }

    [TestMethod]
    public void What_a_step_leaves_in_the_working_space_of_a_recurrent_layer_is_no_part_of_its_state()
    {
        // The values that a layer carries; the rest of its state is working space.
        foreach ((Layer layer, int carried) in ((Layer, int)[])[(new LstmLayer(5), 10), (new GruLayer(5), 5), (new MinGruLayer(5), 5),
            (new MinLstmLayer(5), 5), (new ParaGruLayer(5), 5), (new ParaLstmLayer(5), 10)])
        {
            var one = IManagedLayer.Create(layer, Inputs, "", Initializer.Draw(layer.AllWeights(Inputs), new RandomStream(3)));
            float[] input = Input()[..Inputs], output = new float[5], state = new float[one.StateSize];
            one.Step(input, output, state, 0);

            Assert.IsTrue(state.Take(carried).All(value => value != 0), $"{layer}");
            Assert.IsTrue(state.Skip(carried).All(value => value == 0), $"{layer}");
        }
    }

    private static ManagedNetwork Make(Architecture architecture, WindowNormalized? normalization)
    {
        Layer layer = normalization is null ? architecture.Build(Steps) : new Sequential(architecture.Build(Steps), new LastStep(), new Dense(1));
        NetworkPlan plan = NetworkPlan.Of(layer, Inputs) with { Normalization = normalization };
        return new ManagedNetwork(plan, Initializer.Draw(plan.AllWeights(), new RandomStream(3)));
    }

    private static float[] Input()
    {
        var random = new RandomStream(4);
        return [.. Enumerable.Range(0, Rows * Steps * Inputs).Select(_ => (float)random.NextNormal())];
    }

    private static float[] Stepped(ManagedNetwork network, float[] row)
    {
        float[] state = new float[network.StateSize], output = new float[Steps * network.OutputSize];
        for (int step = 0; step < Steps; step++)
            network.Step(row.AsSpan(step * Inputs, Inputs), output.AsSpan(step * network.OutputSize, network.OutputSize), state);
        return output;
    }

    private static int[] Bits(IEnumerable<float> values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
