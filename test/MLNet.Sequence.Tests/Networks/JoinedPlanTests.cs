using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Tests.Networks;

/// <summary>Networks that read more than the past.</summary>
[TestClass]
public sealed class JoinedPlanTests : PlanContract
{
    private const int Horizon = 3, Targets = 2;

    internal override IReadOnlyList<PlanCase> Cases =>
    [
        Static(new RnnLayer(3), field: null, "backbone.weight_ih[3,5]", "backbone.weight_hh[3,3]", "backbone.bias_ih[3]", "backbone.bias_hh[3]"),
        Static(new CausalConv(3, 2, 2), field: 3, "backbone.weight[3,5,2]", "backbone.bias[3]"),
        Ahead(WindowNormalization.None, field: 3),
        Ahead(WindowNormalization.LastValue, field: 3),
        Ahead(WindowNormalization.MeanAndDeviation, field: null),
    ];

    // Two numbers and a key with four values, which is replaced by a vector of one number.
    private static PlanCase Static(Layer backbone, int? field, params string[] weights) => new(
        new NetworkPlan(
            [new(NetworkInput.Past, 2, StepCoverage.Past), new(NetworkInput.Static, 3, StepCoverage.None)],
            [
                new("vectors", new ChannelSplit(new Sequential(), new Embedding(4, 1), 1), [NetworkInput.Static]),
                new("backbone", backbone, [NetworkInput.Past, "vectors"]),
                new("head", new Sequential(new LastStep(), new Dense(2)), ["backbone"]),
            ]),
        ["vectors.tail.weight[4,1]", .. weights, "head.1.weight[2,3]", "head.1.bias[2]"])
    {
        Outputs = 2,
        Field = field,
        Vocabulary = 4,
    };

    private static PlanCase Ahead(WindowNormalization normalization, int? field) => new(
        new NetworkPlan(
            [new(NetworkInput.Past, Targets, StepCoverage.Past), new(NetworkInput.Future, 2, StepCoverage.Horizon),
                new(NetworkInput.Static, 1, StepCoverage.None)],
            [
                new("backbone", new CausalConv(3, 2, 2), [NetworkInput.Past, NetworkInput.Static]),
                new("last", new LastStep(), ["backbone"]),
                new("head", new Dense(Horizon * Targets), ["last"]) { GivesHorizon = true },
                new("ahead", new ChannelSplit(new Sequential(), new Sequential(new Dense(4), new Activation(ActivationKind.Tanh), new Dense(Targets)),
                    6) { Sum = true },
                    ["head", "last", NetworkInput.Future, NetworkInput.Static]),
            ])
        {
            Horizon = Horizon,
            Normalization = normalization == WindowNormalization.None ? null : new WindowNormalized(normalization, Targets),
        },
        "backbone.weight[3,3,2]", "backbone.bias[3]", "head.weight[6,3]", "head.bias[6]",
        "ahead.tail.0.weight[4,6]", "ahead.tail.0.bias[4]", "ahead.tail.2.weight[2,4]", "ahead.tail.2.bias[2]")
    {
        Outputs = Horizon * Targets,
        Field = field,
    };
}
