using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

/// <summary>The same architectures in plain C#: parity with libtorch, whole and step by step, and the contract of the state.</summary>
public abstract partial class ArchitectureContract
{
    // The documented tolerance, relative to the largest output.
    private const double Parity = 1e-4;

    [TestMethod]
    public void Plain_CSharp_gives_the_outputs_of_libtorch_whole_and_step_by_step() => ForEach(@case =>
    {
        using NetworkProbe probe = @case.Probe();
        ManagedNetwork network = Managed(@case);
        // From a single step to far more than the receptive field and the context of the network.
        foreach (int steps in new[] { 1, 2, @case.Context, 3 * @case.Context + 1 })
        {
            var input = SequenceBatch.Random(rows: 1, steps, Inputs, seed: steps);
            double[] expected = probe.Forward(input);
            Close.AssertEqual(expected, Doubles(network.Run(input.Floats)), Parity, $"{@case}: {steps} steps at once");
            if (network.CanStep)
                Close.AssertEqual(expected, Doubles(Stepped(network, input.Floats, new float[network.StateSize])), Parity,
                    $"{@case}: {steps} steps one by one");
        }
    });

    [TestMethod]
    public void Causal_architectures_and_no_others_can_be_fed_step_by_step() => ForEach(@case =>
    {
        ManagedNetwork network = Managed(@case);
        Assert.AreEqual(@case.Architecture.IsCausal, network.CanStep, $"{@case}");
        if (!network.CanStep)
            Assert.ThrowsExactly<NotSupportedException>(() => Stepped(network, @case.Input(rows: 1).Floats, new float[network.StateSize]), $"{@case}");
    });

    [TestMethod]
    public void A_copied_state_continues_as_the_original_would() => ForEachStream(@case =>
    {
        ManagedNetwork network = Managed(@case);
        float[] first = @case.Input(rows: 1).Floats, second = @case.Input(rows: 1, seed: 2).Floats;
        var state = new float[network.StateSize];
        Stepped(network, first, state);
        float[] copy = [.. state];
        CollectionAssert.AreEqual(Stepped(network, second, state), Stepped(network, second, copy), $"{@case}");
    });

    [TestMethod]
    public void Interleaved_streams_do_not_influence_each_other() => ForEachStream(@case =>
    {
        ManagedNetwork network = Managed(@case);
        float[] one = @case.Input(rows: 1).Floats, other = @case.Input(rows: 1, seed: 2).Floats;
        float[] alone = Stepped(network, one, new float[network.StateSize]);
        float[] state = new float[network.StateSize], otherState = new float[network.StateSize];
        var output = new float[alone.Length];
        var ignored = new float[network.OutputSize];
        for (int step = 0; step < @case.Context; step++)
        {
            network.Step(one.AsSpan(step * Inputs, Inputs), output.AsSpan(step * network.OutputSize, network.OutputSize), state);
            network.Step(other.AsSpan(step * Inputs, Inputs), ignored, otherState);
        }

        CollectionAssert.AreEqual(alone, output, $"{@case}");
    });

    [TestMethod]
    public void A_step_allocates_nothing() => ForEachStream(@case =>
    {
        ManagedNetwork network = Managed(@case);
        float[] input = new float[Inputs], output = new float[network.OutputSize], state = new float[network.StateSize];
        network.Step(input, output, state);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            network.Step(input, output, state);
        Assert.AreEqual(before, GC.GetAllocatedBytesForCurrentThread(), $"{@case}");
    });

    [TestMethod]
    public void The_last_output_computed_from_what_it_reads_alone_has_the_bits_of_the_whole_sequence() => ForEach(@case =>
    {
        // Of every step, as in a network that keeps its steps, and behind the poolings of a forecaster's head.
        foreach (Layer? pool in new Layer?[] { null, new LastStep(), new Pooling(PoolingKind.Mean), new Pooling(PoolingKind.Attention) })
        {
            Layer layer = pool is null ? @case.Build() : new Sequential(@case.Build(), pool, new Dense(2));
            var network = new ManagedNetwork(layer, Inputs, Initializer.Draw(layer.AllWeights(Inputs), new RandomStream(3)));
            var output = new float[network.OutputSize];
            foreach (int steps in new[] { 1, 2, @case.Context - 1, @case.Context, 3 * @case.Context + 1 })
            {
                float[] input = SequenceBatch.Random(rows: 1, steps, Inputs, seed: steps).Floats, whole = network.Run(input);
                network.RunLast(input, default, output);
                CollectionAssert.AreEqual(Bits(whole[^output.Length..]), Bits(output), $"{@case} and {pool}: {steps} steps");
            }
        }
    });

    [TestMethod]
    public void The_last_output_of_a_window_allocates_nothing() => ForEach(@case =>
    {
        ManagedNetwork network = Managed(@case);
        float[] input = @case.Input(rows: 1).Floats, output = new float[network.OutputSize];
        network.RunLast(input, default, output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            network.RunLast(input, default, output);
        Assert.AreEqual(before, GC.GetAllocatedBytesForCurrentThread(), $"{@case}");
    });

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);

    private static ManagedNetwork Managed(ArchitectureCase @case) => new(@case.Build(), Inputs, @case.FirstWeights());

    private static float[] Stepped(ManagedNetwork network, float[] input, float[] state)
    {
        int steps = input.Length / Inputs;
        var output = new float[steps * network.OutputSize];
        for (int step = 0; step < steps; step++)
            network.Step(input.AsSpan(step * Inputs, Inputs), output.AsSpan(step * network.OutputSize, network.OutputSize), state);
        return output;
    }

    private void ForEachStream(Action<ArchitectureCase> check) => ForEach(@case =>
    {
        if (@case.Architecture.IsCausal)
            check(@case);
    });

    private static double[] Doubles(float[] values) => [.. values.Select(value => (double)value)];
}
