using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

/// <summary>The contract of every architecture. A subclass per architecture provides the cases and inherits the tests.</summary>
public abstract partial class ArchitectureContract
{
    private const int Inputs = ArchitectureCase.Inputs;

    /// <summary>Small networks of one architecture; the first is the one that is trained.</summary>
    internal abstract IReadOnlyList<ArchitectureCase> Cases { get; }

    /// <summary>An architecture with as many invalid properties as possible at once; none if it has no properties.</summary>
    internal abstract Architecture Invalid { get; }

    /// <summary>The invalid properties of <see cref="Invalid"/>.</summary>
    internal abstract IReadOnlyList<string> InvalidProperties { get; }

    [TestMethod]
    public void Future_inputs_do_not_change_past_outputs() => ForEach(@case =>
    {
        if (!@case.Architecture.IsCausal)
            return;
        using NetworkProbe probe = @case.Probe();
        SequenceBatch input = @case.Input(rows: 2);
        double[] before = probe.Forward(input);
        for (int last = 0; last < @case.Context - 1; last++)
        {
            double[] after = probe.Forward(input.Changed(step => step > last, seed: last));
            bool[] same = SameSteps(before, after, @case);
            Assert.IsTrue(same.Take(last + 1).All(one => one), $"{@case}: inputs after step {last} changed an earlier output");
            Assert.IsFalse(same[last + 1], $"{@case}: the input at step {last + 1} did not change the output there");
        }
    });

    [TestMethod]
    public void An_architecture_that_is_not_causal_sees_the_next_inputs() => ForEach(@case =>
    {
        Assert.AreEqual(@case.Build().IsCausal, @case.Architecture.IsCausal, $"{@case}");
        if (@case.Architecture.IsCausal)
            return;
        using NetworkProbe probe = @case.Probe();
        SequenceBatch input = @case.Input(rows: 2);
        double[] before = probe.Forward(input);
        for (int last = 0; last < @case.Context - 1; last++)
        {
            bool[] same = SameSteps(before, probe.Forward(input.Changed(step => step == last + 1, seed: last)), @case);
            Assert.IsFalse(same[last], $"{@case}: the input at step {last + 1} did not change the output before it");
        }
    });

    [TestMethod]
    public void A_row_does_not_depend_on_its_neighbours() => ForEach(@case =>
    {
        using NetworkProbe probe = @case.Probe();
        SequenceBatch five = @case.Input(rows: 5), others = @case.Input(rows: 2, seed: 2);
        double[][] together = [.. probe.Forward(five).Chunk(probe.Forward(five).Length / 5)];
        for (int row = 0; row < 5; row++)
        {
            double[] alone = probe.Forward(five.Row(row));
            Close.AssertEqual(together[row], alone, 1e-5, $"{@case}: row {row} alone");
            double[] among = probe.Forward(SequenceBatch.Concat(five.Row(row), others))[..alone.Length];
            Close.AssertEqual(together[row], among, 1e-5, $"{@case}: row {row} among others");
        }
    });

    [TestMethod]
    public void Padding_does_not_change_valid_steps() => ForEach(@case =>
    {
        using NetworkProbe probe = @case.Probe();
        long[] lengths = [@case.Context, 1, @case.Context / 2];
        SequenceBatch padded = @case.Input(lengths.Length);
        double[][] outputs = [.. probe.Forward(padded, lengths).Chunk(@case.Context * Width(@case))];
        for (int row = 0; row < lengths.Length; row++)
        {
            int steps = (int)lengths[row];
            var alone = new SequenceBatch(1, steps, Inputs, padded.Row(row).Values[..(steps * Inputs)]);
            Close.AssertEqual(probe.Forward(alone), outputs[row][..(steps * Width(@case))], 1e-5, $"{@case}: {steps} valid steps");
        }
    });

    [TestMethod]
    public void The_last_step_alone_is_the_last_of_all_steps() => ForEach(@case =>
    {
        using NetworkProbe all = @case.Probe(), alone = NetworkProbe.InFloat32(
            new Sequential(@case.Build(), new LastStep()), Inputs, Prefixed(@case.FirstWeights(), "0."));
        foreach (int steps in new[] { 1, 2, @case.Context, 3 * @case.Context + 1 })
        {
            var input = SequenceBatch.Random(rows: 2, steps, Inputs, seed: steps);
            double[][] expected = [.. all.Forward(input).Chunk(steps * Width(@case)).Select(row => row[^Width(@case)..])];
            Close.AssertEqual([.. expected.SelectMany(row => row)], alone.Forward(input), 1e-5, $"{@case}: {steps} steps");
        }
    });

    [TestMethod]
    public void The_same_weights_and_input_give_the_same_bits() => ForEach(@case =>
    {
        using NetworkProbe probe = @case.Probe(), other = @case.Probe();
        SequenceBatch input = @case.Input(rows: 3);
        double[] first = probe.Forward(input);
        CollectionAssert.AreEqual(first, probe.Forward(input), $"{@case}: second call");
        CollectionAssert.AreEqual(first, other.Forward(input), $"{@case}: second network");
    });

    [TestMethod]
    public void The_same_seed_draws_the_same_first_weights_and_another_seed_others() => ForEach(@case =>
    {
        CollectionAssert.AreEqual(AllValues(@case.FirstWeights(1)), AllValues(@case.FirstWeights(1)), $"{@case}");
        if (@case.Parameters > 0)
            CollectionAssert.AreNotEqual(AllValues(@case.FirstWeights(1)), AllValues(@case.FirstWeights(2)), $"{@case}");
    });

    [TestMethod]
    public void Building_twice_gives_the_same_weights() => ForEach(@case =>
        CollectionAssert.AreEqual(Described(@case.Build()), Described(@case.Build()), $"{@case}"));

    [TestMethod]
    public void Gradients_agree_with_finite_differences() => ForEach(@case =>
    {
        using NetworkProbe probe = @case.DoubleProbe();
        // The layers' contract compares every parameter of every layer.
        FiniteDifferences.AssertAgree(probe, @case.Input(rows: 2), $"{@case}", most: 64);
    });

    [TestMethod]
    public void The_gradient_reaches_every_parameter() => ForEach(@case =>
    {
        var reached = new bool[@case.Parameters];
        // Many rows and several networks: a ReLU unit may be 0 for all inputs, but not with all weights.
        for (int seed = 1; seed <= 6; seed++)
        {
            using NetworkProbe probe = @case.DoubleProbe(seed);
            SequenceBatch input = @case.Input(rows: 32);
            double[] factors = SequenceBatch.Random(1, probe.Forward(input).Length, 1, seed: 4).Values;
            double[] gradients = probe.Gradients(input, factors).Parameters;
            Assert.HasCount(reached.Length, gradients);
            Assert.IsTrue(gradients.All(double.IsFinite), $"{@case}");
            for (int i = 0; i < gradients.Length; i++)
                reached[i] |= gradients[i] != 0;
        }

        Assert.AreEqual(-1, Array.IndexOf(reached, false), $"{@case}");
    });

    [TestMethod]
    public void The_number_of_parameters_is_the_papers() => ForEach(@case =>
    {
        Assert.AreEqual(@case.Parameters, @case.Build().ParameterCount(Inputs), $"{@case}");
        Assert.AreEqual(@case.Parameters, @case.FirstWeights().ValueCount, $"{@case}");
    });

    [TestMethod]
    public void The_receptive_field_is_the_stated_one() => ForEach(@case =>
    {
        Assert.AreEqual(@case.ReceptiveField, @case.Build().ReceptiveField, $"{@case}");
        using NetworkProbe probe = @case.DoubleProbe();
        int steps = (@case.ReceptiveField ?? 32) + (@case.ReceptiveField is null ? 0 : 3);
        int[] reaching = probe.StepsThatReachTheLast(SequenceBatch.Random(rows: 16, steps, Inputs, seed: 6));
        Assert.AreEqual(@case.ReceptiveField is null ? 0 : 3, reaching[0], $"{@case}: the first step that reaches the last");
    });

    [TestMethod]
    public void Weights_come_back_from_a_file_bit_for_bit() => ForEach(@case =>
    {
        Weights weights = @case.FirstWeights();
        using var file = new MemoryStream();
        Safetensors.Write(file, weights);
        Weights loaded = Safetensors.Read(file.ToArray());
        loaded.MustFit(@case.Build().AllWeights(Inputs));
        CollectionAssert.AreEqual(AllValues(weights), AllValues(loaded), $"{@case}");

        using NetworkProbe saved = @case.Probe(), read = NetworkProbe.InFloat32(@case.Build(), Inputs, loaded);
        CollectionAssert.AreEqual(saved.Forward(@case.Input(2)), read.Forward(@case.Input(2)), $"{@case}");
        CollectionAssert.AreEqual(AllValues(weights), AllValues(read.Network.ReadWeights()), $"{@case}: read from the network");
    });

    [TestMethod]
    [DoNotParallelize]
    public void No_tensor_stays_alive() => ForEach(@case =>
    {
        LiveTensors.AssertNoneLeft(() => { using NetworkProbe made = @case.Probe(); }, $"{@case}: making and disposing");
        using NetworkProbe probe = @case.Probe();
        float[] input = @case.Input(rows: 3).Floats;
        LiveTensors.AssertNoneLeft(() => probe.Network.Score(input, batch: 3), $"{@case}: scoring");
        LiveTensors.AssertNoneLeft(() => new SmallTraining(@case).Run(steps: 3), $"{@case}: training");
    });

    [TestMethod]
    public void It_memorises_eight_random_sequences()
    {
        // An architecture in closed form can memorise only with its head.
        if (Cases[0].Architecture.IsSolved)
            return;
        // Targets of variance 1: a loss below 1e-3 is 0.1 % of it, and no constant comes below 1.
        double loss = new SmallTraining(Cases[0]).Run(steps: 2000, until: 1e-3);
        Assert.IsLessThan(1e-3, loss, $"{Cases[0]}");
    }

    [TestMethod]
    public void Training_twice_from_one_seed_gives_the_same_bits() => ForEach(@case =>
    {
        var first = new SmallTraining(@case);
        var second = new SmallTraining(@case);
        first.Run(steps: 5);
        second.Run(steps: 5);
        CollectionAssert.AreEqual(AllValues(first.Trained!), AllValues(second.Trained!), $"{@case}");
    });

    [TestMethod]
    public void All_problems_of_hyper_parameters_are_reported_in_one_message()
    {
        string message = InvalidProperties.Count == 0 ? "" : Assert.ThrowsExactly<ArgumentException>(Invalid.Validate).Message;
        StringAssert.StartsWith(message, InvalidProperties.Count == 0 ? "" : $"{Invalid.GetType().Name}: ");
        foreach (string property in InvalidProperties)
            StringAssert.Contains(message, $"{property} must be ");
        Assert.HasCount(InvalidProperties.Count, Invalid.Problems());
        ForEach(@case => @case.Architecture.Validate());
        Architecture.FromName(Invalid.Name).Validate();
    }

    [TestMethod]
    public void The_record_comes_back_from_JSON_equal() => ForEach(@case =>
    {
        string json = JsonSerializer.Serialize(@case.Architecture, ArchitectureJson.Default.Architecture);
        Assert.AreEqual(@case.Architecture, Architecture.FromJson(JsonNode.Parse(json)!.AsObject()));
        StringAssert.StartsWith(json, $"{{\"name\":\"{@case.Architecture.Name}\"");
        string unknown = json[..^1] + ",\"numberOfMoons\":1}";
        Assert.ThrowsExactly<JsonException>(() => Architecture.FromJson(JsonNode.Parse(unknown)!.AsObject()));
        Assert.AreEqual(Architecture.FromName(@case.Architecture.Name), Architecture.FromJson(new JsonObject { ["name"] = @case.Architecture.Name }));
    });

    [TestMethod]
    public void Its_name_gives_the_record_with_its_defaults()
    {
        object defaults = Activator.CreateInstance(Invalid.GetType())!;
        Assert.AreEqual(defaults, Architecture.FromName(Invalid.Name));
    }

    private static int Width(ArchitectureCase @case) => @case.Build().OutputSize(Inputs);

    private static Weights Prefixed(Weights weights, string path)
    {
        var renamed = new Weights();
        foreach (Weight weight in weights)
            renamed.Add(weight with { Name = path + weight.Name });
        return renamed;
    }

    private static float[] AllValues(Weights weights) => [.. weights.SelectMany(weight => weight.Values)];

    private static string[] Described(Layer layer) =>
        [.. layer.AllWeights(Inputs).Select(spec => $"{spec.Name} [{string.Join(", ", spec.Shape)}] {Described(spec.Initializer)} {spec.Decays}")];

    private static string Described(Initializer initializer) => initializer is Initializer.Blocks blocks
        ? string.Join(" | ", blocks.Parts.Select(Described))
        : initializer.ToString();

    // For each step, whether all rows have the same output.
    private static bool[] SameSteps(double[] before, double[] after, ArchitectureCase @case)
    {
        int width = Width(@case);
        return [.. Enumerable.Range(0, @case.Context).Select(step =>
            Enumerable.Range(0, before.Length).Where(i => i / width % @case.Context == step).All(i => before[i] == after[i]))];
    }

    private void ForEach(Action<ArchitectureCase> check)
    {
        foreach (ArchitectureCase @case in Cases)
            check(@case);
    }
}
