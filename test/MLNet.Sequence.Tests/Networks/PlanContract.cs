using MLNet.Sequence.Certificates;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Networks;

/// <summary>The contract of every plan. A subclass per kind of network provides the cases and inherits the tests.</summary>
public abstract partial class PlanContract
{
    internal abstract IReadOnlyList<PlanCase> Cases { get; }

    /// <summary>Whether bounds are known; otherwise the result says that they are not.</summary>
    private protected virtual bool IsBounded => true;

    [TestMethod]
    public void Weights_have_the_stated_names_and_shapes() => ForEach(@case =>
    {
        string[] found = [.. @case.Plan.AllWeights().Select(spec => $"{spec.Name}[{string.Join(",", spec.Shape)}]")];
        CollectionAssert.AreEqual(@case.Weights, found, $"{@case}");
        Assert.AreEqual(@case.Outputs, @case.Plan.OutputSize, $"{@case}");
        Assert.IsEmpty(@case.Plan.Problems(), $"{@case}");
    });

    [TestMethod]
    public void Values_are_those_of_the_plain_formula_on_every_backend() => ForEach(@case =>
    {
        SequenceBatch past = @case.Past(rows: 3), beside = @case.Beside(rows: 3);
        Weights weights = @case.RandomWeights();
        double[] expected = [.. Enumerable.Range(0, 3).SelectMany(row => PlainPlan.Run(@case.Plan, past.RowSteps(row), Row(beside, row), weights))];
        using NetworkProbe exact = new(@case.Plan, weights), single = NetworkProbe.InFloat32(@case.Plan, weights);
        Close.AssertEqual(expected, Forward(exact, past, beside), 1e-12, $"{@case}");
        Close.AssertEqual(expected, Forward(single, past, beside), 5e-6, $"{@case} in single precision");
        var managed = new ManagedNetwork(@case.Plan, weights);
        Close.AssertEqual(expected, Close.Doubles(managed.Score(past.Floats, 3, beside: beside.Floats)), 5e-6, $"{@case} in plain C#");
        Close.AssertEqual(expected, Onnx(@case, past, beside), 1e-5, $"{@case} in ONNX");
    });

    [TestMethod]
    public void Steps_are_those_of_the_sequence_so_far_where_the_plan_can_be_stepped() => ForEach(@case =>
    {
        Weights weights = @case.RandomWeights();
        var network = new ManagedNetwork(@case.Plan, weights);
        SequenceBatch past = @case.Past(rows: 1), beside = @case.Beside(rows: 1);
        float[] state = new float[network.StateSize], output = new float[network.OutputSize];
        if (!network.CanStep)
        {
            StringAssert.Contains(Assert.ThrowsExactly<NotSupportedException>(() =>
                network.Step(past.Floats.AsSpan(0, past.Channels), output, state, beside.Floats)).Message, "step by step");
            return;
        }

        for (int step = 0; step < PlanCase.Steps; step++)
        {
            network.Step(past.Floats.AsSpan(step * past.Channels, past.Channels), output, state, beside.Floats);
            double[] expected = PlainPlan.Run(@case.Plan, past.RowSteps(0)[..(step + 1)], Row(beside, 0), weights);
            Close.AssertEqual(expected[^output.Length..], Close.Doubles(output), 5e-6, $"{@case}: step {step}");
        }

        Close.AssertEqual(Close.Doubles(output), OnnxSteps(@case, past, beside), 1e-5, $"{@case}: steps in ONNX");
    });

    [TestMethod]
    public void The_last_output_computed_from_what_it_reads_alone_has_the_bits_of_the_whole_sequence() => ForEach(@case =>
    {
        if (@case.Plan.IsOpen)
            return;
        var network = new ManagedNetwork(@case.Plan, @case.RandomWeights());
        var output = new float[network.OutputSize];
        foreach (int steps in new[] { 1, 2, PlanCase.Steps })
        {
            float[] past = @case.Past(rows: 1).Floats[..(steps * @case.Plan.InputSize)], beside = @case.Beside(rows: 1).Floats;
            float[] whole = network.Run(past, beside);
            network.RunLast(past, beside, output);
            CollectionAssert.AreEqual(Array.ConvertAll(whole[^output.Length..], BitConverter.SingleToInt32Bits),
                Array.ConvertAll(output, BitConverter.SingleToInt32Bits), $"{@case}: {steps} steps");
        }
    });

    [TestMethod]
    public void Padding_of_the_past_changes_nothing() => ForEach(@case =>
    {
        using var probe = new NetworkProbe(@case.Plan, @case.RandomWeights());
        SequenceBatch past = @case.Past(rows: 2), beside = @case.Beside(rows: 2);
        const int valid = 4;
        using var scope = NewDisposeScope();
        double[] padded = Forward(probe, past, beside, new TorchPass { Lengths = tensor(new long[] { PlanCase.Steps, valid }).to(TestDevice.Current) });
        var alone = new SequenceBatch(1, valid, past.Channels, past.Row(1).Values[..(valid * past.Channels)]);
        Close.AssertEqual(Forward(probe, alone, beside.Row(1)), padded[(padded.Length / 2)..][..(padded.Length / 2)], 1e-12, $"{@case}");
    });

    [TestMethod]
    public void The_last_steps_that_reach_the_output_are_the_stated_ones() => ForEach(@case =>
    {
        Assert.AreEqual(@case.Field, @case.Plan.ReceptiveField, $"{@case}");
        using var probe = new NetworkProbe(@case.Plan, @case.RandomWeights());
        SequenceBatch past = @case.Past(rows: 8), beside = @case.Beside(rows: 8);
        double[] before = Forward(probe, past, beside);
        int[] reach = [.. Enumerable.Range(0, PlanCase.Steps)
            .Where(step => !before.SequenceEqual(Forward(probe, past.Changed(other => other == step, seed: 7), beside)))];
        Assert.AreEqual(PlanCase.Steps - (@case.Field ?? PlanCase.Steps), reach[0], $"{@case}");
    });

    [TestMethod]
    public void Gradients_agree_with_finite_differences_and_reach_every_node() => ForEach(@case =>
    {
        using var probe = new NetworkProbe(@case.Plan, @case.RandomWeights());
        SequenceBatch past = @case.Past(rows: 2), beside = @case.Beside(rows: 2);
        double[] factors = SequenceBatch.Random(1, Forward(probe, past, beside).Length, 1, seed: 11).Values;
        double[] gradients;
        using (NewDisposeScope())
        {
            Tensor output = probe.Network.Forward(ToTensor(past), Pass(beside));
            probe.Network.Parameters.Gradients.zero_();
            (output * tensor(factors).view(output.shape).to(TestDevice.Current)).sum().backward();
            gradients = [.. @case.Plan.AllWeights().SelectMany(spec => NetworkProbe.ToArray(probe.Network.Parameters[spec.Name].grad!))];
        }

        double Weighted() => Forward(probe, past, beside).Zip(factors, (value, factor) => value * factor).Sum();
        void MustBe(double up, double down, double gradient, string what) =>
            Assert.AreEqual((up - down) / 2e-5, gradient, 1e-6 * Math.Abs(gradient) + 1e-7, $"{@case}: {what}");
        double[] direction = FiniteDifferences.Direction(gradients.Length);
        MustBe(
            probe.Nudged(direction, 1e-5, Weighted), probe.Nudged(direction, -1e-5, Weighted),
            gradients.Zip(direction, (gradient, part) => gradient * part).Sum(), "all weights");
        int place = 0;
        foreach (WeightSpec spec in @case.Plan.AllWeights())
        {
            Assert.IsTrue(gradients.Skip(place).Take((int)spec.Count).Any(value => Math.Abs(value) > 1e-6), $"{@case}: {spec.Name}");
            // The layers' contract compares every weight of every layer.
            foreach (int i in FiniteDifferences.Spread((int)spec.Count, 4).Select(i => place + i))
            {
                double At(double by)
                {
                    probe.Nudge(i, by);
                    double sum = Weighted();
                    probe.Nudge(i, -by);
                    return sum;
                }

                MustBe(At(1e-5), At(-1e-5), gradients[i], $"{spec.Name}, {i - place}");
            }

            place += (int)spec.Count;
        }
    });

    [TestMethod]
    public void Two_pasts_differ_by_no_more_than_the_bound_for_any_other_inputs() => ForEach(@case =>
    {
        Weights weights = @case.RandomWeights();
        ValueRange[] ranges = [.. @case.Plan.Inputs.Select(input => ValueRange.Around(input.Size, 4))];
        LayerBound bound = PlanBound.Of(@case.Plan.Inside, ranges, new BoundedNetwork(weights, PlanCase.Steps));
        if (!IsBounded)
        {
            Assert.IsNotEmpty(bound.Obstacles(), $"{@case}");
            return;
        }

        var network = new ManagedNetwork(@case.Plan.Inside, weights);
        for (int seed = 0; seed < 20; seed++)
        {
            // One run has steps before the shared ones, the other has none.
            SequenceBatch whole = SequenceBatch.Random(1, PlanCase.Steps, @case.Plan.InputSize, seed), beside = @case.Beside(1, seed + 100);
            DifferenceStep step = bound.Start(Past.Unknown);
            for (int shared = 1; shared < PlanCase.Steps; shared++)
            {
                Difference allowed = step(Difference.None(@case.Plan.InputSize));
                float[] one = network.Run(whole.Floats, beside.Floats),
                    other = network.Run(whole.Floats.AsSpan((PlanCase.Steps - shared) * whole.Channels), beside.Floats);
                for (int i = 0; i < @case.Plan.OutputSize; i++)
                {
                    Assert.IsTrue(double.IsFinite(allowed.Channels[i]), $"{@case}: output {i} has no bound");
                    double found = Math.Abs((double)one[^(@case.Plan.OutputSize - i)] - other[^(@case.Plan.OutputSize - i)]);
                    Assert.IsLessThanOrEqualTo(allowed.Channels[i] + 1e-5, found, $"{@case}: output {i} after {shared} steps");
                }
            }
        }
    });

    [TestMethod]
    [DoNotParallelize]
    public void No_tensor_stays_alive() => ForEach(@case =>
    {
        using var probe = new NetworkProbe(@case.Plan, @case.RandomWeights());
        LiveTensors.AssertNoneLeft(() => Forward(probe, @case.Past(2), @case.Beside(2)), $"{@case}");
    });

    internal static double[] Forward(NetworkProbe probe, SequenceBatch past, SequenceBatch beside, TorchPass? pass = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor x = ToTensor(past).to(probe.Network.Parameters.Values.dtype);
        return NetworkProbe.ToArray(probe.Network.Forward(x, (pass ?? TorchPass.Scoring) with { Beside = Pass(beside).Beside?.to(x.dtype) }));
    }

    private static double[] Row(SequenceBatch beside, int row) => beside.Channels == 0 ? [] : beside.Row(row).Values;

    private static TorchPass Pass(SequenceBatch beside) => TorchPass.Scoring with
    {
        Beside = beside.Channels == 0 ? null : tensor(beside.Values, [beside.Rows, beside.Channels]).to(TestDevice.Current),
    };

    private static Tensor ToTensor(SequenceBatch input) => tensor(input.Values, [input.Rows, input.Steps, input.Channels]).to(TestDevice.Current);

    private void ForEach(Action<PlanCase> check)
    {
        foreach (PlanCase @case in Cases)
            check(@case);
    }
}
