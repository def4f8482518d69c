using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tests.Networks;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Tests.Training;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Architectures;

/// <summary>
/// The contract of every encoder–decoder: that of its network as a plan, on numbers, and of its decoder, which is stepped. A subclass per
/// architecture provides the cases and inherits the tests.
/// </summary>
public abstract class EncoderDecoderContract : PlanContract
{
    /// <summary>Channels of a step of the source, and of the target; steps of the target.</summary>
    protected const int Inputs = 2, TargetSteps = 4;

    private const int Outputs = 3;

    /// <summary>Small networks of one architecture, each with its number of trainable values in encoder and decoder, by a formula from the paper.</summary>
    internal abstract IReadOnlyList<(EncoderDecoder Architecture, long Parameters)> Small { get; }

    /// <summary>An architecture with as many invalid properties as possible at once.</summary>
    internal abstract EncoderDecoder Invalid { get; }

    /// <summary>The invalid properties of <see cref="Invalid"/>.</summary>
    internal abstract IReadOnlyList<string> InvalidProperties { get; }

    internal sealed override IReadOnlyList<PlanCase> Cases => [.. Small.Select(small => Case(small.Architecture))];

    private protected override bool IsBounded => false;

    [TestMethod]
    public void The_number_of_parameters_is_the_papers()
    {
        foreach ((EncoderDecoder architecture, long parameters) in Small)
        {
            Layer encoder = architecture.BuildEncoder(PlanCase.Steps);
            Assert.AreEqual(parameters, encoder.ParameterCount(Inputs) + architecture.Build(TargetSteps).ParameterCount(Inputs), $"{architecture}");
        }
    }

    [TestMethod]
    public void A_decoder_that_is_stepped_gives_the_outputs_of_the_whole_target_and_a_copied_state_goes_on_alike()
    {
        foreach (PlanCase @case in Cases)
        {
            Weights weights = @case.RandomWeights();
            SequenceBatch source = @case.Past(rows: 1), target = @case.Beside(rows: 1);
            ManagedNetwork decoder = new ManagedNetwork(@case.Plan, weights).Decoder(source.Floats);
            var state = new float[decoder.StateSize];
            float[] copy = [];
            var output = new float[TargetSteps * Outputs];
            for (int step = 0; step < TargetSteps; step++)
            {
                if (step == TargetSteps - 1)
                    copy = [.. state];
                decoder.Step(target.Floats.AsSpan(step * Inputs, Inputs), output.AsSpan(step * Outputs, Outputs), state);
            }

            Close.AssertEqual(PlainPlan.Run(@case.Plan, source.RowSteps(0), target.Values, weights), Close.Doubles(output), 5e-6, $"{@case}");
            var again = new float[Outputs];
            decoder.Step(target.Floats.AsSpan((TargetSteps - 1) * Inputs, Inputs), again, copy);
            CollectionAssert.AreEqual(output[^Outputs..], again, $"{@case}");
        }
    }

    [TestMethod]
    public void A_later_step_of_the_target_does_not_change_an_earlier_output_and_every_step_of_the_source_changes_all()
    {
        foreach (PlanCase @case in Cases)
        {
            using var probe = new NetworkProbe(@case.Plan, @case.RandomWeights());
            SequenceBatch source = @case.Past(rows: 1), target = @case.Beside(rows: 1);
            double[] before = Forward(probe, source, target);
            for (int changed = 0; changed < TargetSteps; changed++)
            {
                double[] values = [.. target.Values];
                values[changed * Inputs] += 2;
                double[] after = Forward(probe, source, target with { Values = values });
                for (int step = 0; step < TargetSteps; step++)
                    Assert.AreEqual(step < changed, before.AsSpan(step * Outputs, Outputs).SequenceEqual(after.AsSpan(step * Outputs, Outputs)),
                        $"{@case}: the token at step {changed}, the output at step {step}");
            }

            for (int changed = 0; changed < PlanCase.Steps; changed++)
            {
                double[] after = Forward(probe, source.Changed(step => step == changed, seed: changed), target);
                Assert.IsFalse(before.Zip(after).Any(pair => pair.First == pair.Second), $"{@case}: step {changed} of the source");
            }
        }
    }

    [TestMethod]
    public void A_pair_does_not_depend_on_its_neighbours()
    {
        foreach (PlanCase @case in Cases)
        {
            using var probe = new NetworkProbe(@case.Plan, @case.RandomWeights());
            SequenceBatch source = @case.Past(rows: 3), target = @case.Beside(rows: 3);
            double[][] together = [.. Forward(probe, source, target).Chunk(TargetSteps * Outputs)];
            for (int row = 0; row < 3; row++)
                Close.AssertEqual(together[row], Forward(probe, source.Row(row), target.Row(row)), 1e-12, $"{@case}: pair {row}");
        }
    }

    [TestMethod]
    public void It_memorises_eight_random_pairs()
    {
        PlanCase @case = Cases[0];
        const int pairs = 8;
        SequenceBatch source = @case.Past(pairs, seed: 12);
        var random = new RandomStream(5);
        float[] tokens = [.. Enumerable.Range(0, pairs * TargetSteps).Select(_ => (float)random.NextInt64(Outputs))];
        using NetworkProbe probe = NetworkProbe.InFloat32(@case.Plan, Initializer.Draw(@case.Plan.AllWeights(), new RandomStream(8)));
        using var step = new GivenStep(probe.Network, new TargetObjective(0), new TrainingOptions());
        double loss = double.PositiveInfinity;
        for (int i = 0; i < 2000 && loss > 1e-2; i++)
        {
            using var scope = NewDisposeScope();
            // The decoder sees nothing that tells pairs apart: only the source does.
            var batch = new Batch(
                tensor(source.Floats, [pairs, source.Steps, Inputs]).clone().to(TestDevice.Current),
                tensor(tokens, [pairs, TargetSteps]).clone().to(TestDevice.Current), pairs * TargetSteps)
            {
                Beside = zeros(pairs, TargetSteps * Inputs).to(TestDevice.Current),
            };
            loss = step.Accumulate(batch, 1, maskSeed: i);
            step.Advance(rate: 0.01);
        }

        // Of guesses by frequency it is about ln 3.
        Assert.IsLessThan(1e-2, loss, $"{@case}");
    }

    [TestMethod]
    public void All_problems_of_hyper_parameters_are_reported_in_one_message()
    {
        string message = Assert.ThrowsExactly<ArgumentException>(Invalid.Validate).Message;
        StringAssert.StartsWith(message, $"{Invalid.GetType().Name}: ");
        foreach (string property in InvalidProperties)
            StringAssert.Contains(message, $"{property} must be ");
        Assert.HasCount(InvalidProperties.Count, Invalid.Problems());
        foreach ((EncoderDecoder architecture, _) in Small)
            architecture.Validate();
    }

    [TestMethod]
    public void The_record_comes_back_from_JSON_equal_and_its_name_gives_its_defaults()
    {
        foreach ((EncoderDecoder architecture, _) in Small)
        {
            string json = JsonSerializer.Serialize(architecture, ArchitectureJson.Default.Architecture);
            Assert.AreEqual(architecture, Architecture.FromJson(JsonNode.Parse(json)));
            StringAssert.StartsWith(json, $"{{\"name\":\"{architecture.Name}\"");
        }

        Assert.AreEqual(Activator.CreateInstance(Invalid.GetType()), EncoderDecoder.FromName(Invalid.Name));
        EncoderDecoder.FromName(Invalid.Name).Validate();
    }

    private static PlanCase Case(EncoderDecoder architecture)
    {
        var plan = new NetworkPlan(
            [new(NetworkInput.Past, Inputs, StepCoverage.Past), new(NetworkInput.Target, Inputs, StepCoverage.Horizon)],
            [
                new("encoder", architecture.BuildEncoder(PlanCase.Steps), [NetworkInput.Past]),
                new("decoder", architecture.Build(TargetSteps), [NetworkInput.Target]) { Memory = "encoder" },
                new("head", new Dense(Outputs), ["decoder"]),
            ])
        {
            IsOpen = true,
        };
        return new PlanCase(plan, [.. plan.AllWeights().Select(spec => $"{spec.Name}[{string.Join(",", spec.Shape)}]")])
        {
            Outputs = Outputs,
            Field = null,
            TargetSteps = TargetSteps,
        };
    }
}
