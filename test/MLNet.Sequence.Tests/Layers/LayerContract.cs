using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;
using TorchSharp;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>The contract of every layer. A subclass per layer provides the cases and inherits the tests.</summary>
public abstract partial class LayerContract
{
    internal abstract IReadOnlyList<LayerCase> Cases { get; }

    [TestMethod]
    public void The_output_has_the_shape_that_the_layer_states() => ForEach(@case =>
    {
        Assert.AreEqual(@case.Outputs, @case.Layer.OutputSize(@case.Inputs), $"{@case}");
        using NetworkProbe probe = @case.Probe();
        long[] expected = @case.KeepsTime ? [3, LayerCase.Steps, @case.Outputs] : [3, @case.Outputs];
        CollectionAssert.AreEqual(expected, probe.Forward(@case.Input(rows: 3), TorchPass.Scoring).Shape, $"{@case}");
    });

    [TestMethod]
    public void Weights_have_the_stated_names_and_shapes() => ForEach(@case =>
    {
        string[] found = [.. @case.Layer.AllWeights(@case.Inputs).Select(spec => $"{spec.Name}[{string.Join(",", spec.Shape)}]")];
        CollectionAssert.AreEqual(@case.Weights, found, $"{@case}");
    });

    [TestMethod]
    public void The_record_comes_back_from_JSON_equal() => ForEach(@case =>
    {
        string json = JsonSerializer.Serialize(@case.Layer, LayerJson.Default.Layer);
        Layer read = LayerConverter.Saved.Read(JsonNode.Parse(json));
        Assert.AreEqual(@case.Layer, read);
        Assert.AreEqual(@case.Layer.GetHashCode(), read.GetHashCode());
        Assert.AreEqual(json, JsonSerializer.Serialize(read, LayerJson.Default.Layer));
    });

    [TestMethod]
    public void Nothing_is_wrong_with_it() => ForEach(@case => Assert.IsEmpty(@case.Layer.Problems(@case.Inputs), $"{@case}"));

    [TestMethod]
    public void Only_matrices_and_kernels_decay_or_their_lengths_where_these_are_apart() => ForEach(@case =>
    {
        foreach (WeightSpec spec in @case.Layer.AllWeights(@case.Inputs))
        {
            bool decays = (spec.Shape.Length > 1 && !spec.Name.EndsWith("weight_v", StringComparison.Ordinal))
                || spec.Name.EndsWith("weight_g", StringComparison.Ordinal);
            Assert.AreEqual(decays, spec.Decays, $"{@case}: {spec.Name}");
        }
    });

    [TestMethod]
    public void Values_are_those_of_the_plain_formula() => ForEach(@case =>
    {
        SequenceBatch input = @case.Input(rows: 3);
        var weights = new PlainWeights(@case.RandomWeights());
        double[] expected = [.. Enumerable.Range(0, 3).SelectMany(row => PlainLayers.Run(@case.Layer, input.RowSteps(row), weights)).SelectMany(step => step)];
        using NetworkProbe exact = @case.Probe(), single = @case.Probe(single: true);
        // Sums of tens of terms: about 1e-15 in double precision, about 1e-6 in single.
        Close.AssertEqual(expected, exact.Forward(input), 1e-12, $"{@case}");
        Close.AssertEqual(expected, single.Forward(input), 5e-6, $"{@case} in single precision");
    });

    [TestMethod]
    public void Gradients_agree_with_finite_differences() => ForEach(@case =>
    {
        using NetworkProbe probe = @case.Probe();
        FiniteDifferences.AssertAgree(probe, @case.Input(rows: 2), $"{@case}");
    });

    [TestMethod]
    public void The_receptive_field_is_the_stated_one() => ForEach(@case =>
    {
        Assert.AreEqual(@case.Field, @case.Layer.ReceptiveField, $"{@case}");
        using NetworkProbe probe = @case.Probe();
        if (@case.CountsSteps)
        {
            var equal = new SequenceBatch(1, LayerCase.Steps, @case.Inputs, new double[LayerCase.Steps * @case.Inputs]);
            double[][] outputs = [.. probe.Forward(equal).Chunk(@case.Outputs)];
            CollectionAssert.AreNotEqual(outputs[^1], outputs[^2], $"{@case}: a step later");
            return;
        }

        int first = LayerCase.Steps - (@case.Field ?? LayerCase.Steps);
        Assert.AreEqual(first, probe.StepsThatReachTheLast(@case.Input(rows: 8))[0], $"{@case}");
    });

    [TestMethod]
    [DoNotParallelize]
    public void The_global_random_state_is_neither_read_nor_changed() => ForEach(@case =>
    {
        using NetworkProbe first = @case.Probe();
        byte[] before = RandomState();
        using NetworkProbe probe = @case.Probe();
        double[] values = TrainingPass(probe, @case.Input(rows: 3));
        CollectionAssert.AreEqual(before, RandomState(), $"{@case}");
        using (torch.NewDisposeScope())
            torch.rand(5);
        CollectionAssert.AreEqual(values, TrainingPass(probe, @case.Input(rows: 3)), $"{@case}");
    });

    [TestMethod]
    public void Padding_does_not_change_valid_steps() => ForEach(@case =>
    {
        using NetworkProbe probe = @case.Probe();
        SequenceBatch padded = @case.Input(rows: 2);
        const int valid = 4;
        double[] output = probe.Forward(padded, [LayerCase.Steps, valid]);
        double[] alone = probe.Forward(new SequenceBatch(1, valid, @case.Inputs, padded.Row(1).Values[..(valid * @case.Inputs)]));
        Close.AssertEqual(alone, output[(output.Length / 2)..][..alone.Length], 1e-12, $"{@case}");
    });

    [TestMethod]
    [DoNotParallelize]
    public void No_tensor_stays_alive() => ForEach(@case =>
    {
        LiveTensors.AssertNoneLeft(() => { using NetworkProbe made = @case.Probe(); }, $"{@case}: making and disposing");
        using NetworkProbe probe = @case.Probe();
        LiveTensors.AssertNoneLeft(() => probe.Forward(@case.Input(rows: 2)), $"{@case}: forward");
        LiveTensors.AssertNoneLeft(() => probe.Gradients(@case.Input(rows: 2), new double[probe.Forward(@case.Input(rows: 2)).Length]), $"{@case}: backward");
    });

    private static double[] TrainingPass(NetworkProbe probe, SequenceBatch input)
    {
        return probe.Forward(input, new TorchPass { Dropout = new DropoutMasks(3) }).Values;
    }

    private static byte[] RandomState()
    {
        using torch.Tensor state = torch.get_rng_state();
        return state.bytes.ToArray();
    }

    private void ForEach(Action<LayerCase> check)
    {
        foreach (LayerCase @case in Cases)
            check(@case);
    }
}
