using Microsoft.ML;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Tests.NextSteps;

namespace MLNet.Sequence.Tests.Memory;

/// <summary>The gradients of a loss by earlier states, compared with differences in plain C# and with certificates.</summary>
[TestClass]
public sealed class GradientFlowTests
{
    private const int Features = 2, Farthest = 6;

    private static readonly NextStepOptions Waves = new()
    {
        Kind = StepKind.Real,
        Features = Features,
        Training = new TrainingOptions { Epochs = 2, Seed = 1, LearningRate = 1e-2 },
    };

    private readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> Recurrent =>
    [
        [new Rnn { HiddenSize = 4 }], [new Gru { HiddenSize = 4, Layers = 2 }], [new Lstm { HiddenSize = 4 }], [new MinGru { HiddenSize = 4 }],
        [new StableRnn { HiddenSize = 4, Layers = 2 }],
    ];

    [TestMethod]
    [DynamicData(nameof(Recurrent))]
    public void The_gradient_is_the_slope_of_the_loss_by_the_state(Architecture architecture)
    {
        using NextStepTransformer model = Fit(architecture);
        StepSequence row = StepSequence.Waves(1, seed: 5)[0];

        GradientFlowReport report = _ml.Sequence.GradientFlow(model, View([row]), new GradientFlowOptions { Examples = 1_000, Steps = Farthest });

        var seen = new float[row.Features.Length];
        model.Model.Scaling.Pooled.ApplyOrMean([.. row.Features.Select(value => (double)value)], seen);
        int[] ends = [.. Enumerable.Range(Farthest + 1, seen.Length / Features - Farthest - 1)];
        Assert.AreEqual(ends.Length, report.Examples);
        for (int back = 1; back <= Farthest; back++)
        {
            double[] slopes = [.. ends.Select(end => end * Features)
                .Select(at => Slope(model.Model.Managed, seen[..at], seen[at..(at + Features)], back))];
            double expected = Math.Sqrt(slopes.Average(slope => slope * slope));
            Assert.AreEqual(1, report.Curve[back - 1].Norm / expected, 0.01, $"{back}");
            Assert.AreEqual(1, report.Curve[back - 1].Largest / slopes.Max(), 0.01, $"{back}");
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void A_stable_model_stays_below_its_bound(int layers)
    {
        using NextStepTransformer model = Fit(new StableRnn { HiddenSize = 6, Layers = layers });

        GradientFlowReport report = _ml.Sequence.GradientFlow(model, View(StepSequence.Waves(20, seed: 3)));

        Assert.IsLessThan(1, report.CertifiedRate!.Value);
        Assert.IsGreaterThan(4, report.Curve.Count);
        foreach (GradientFlowStep step in report.Curve)
            Assert.IsTrue(step.Norm > 0 && step.Norm <= step.Largest && step.Norm <= step.Bound, $"{step.StepsBack}: {step.Norm} {step.Bound}");
        // With two layers the state of the lower one first reaches more and more of the upper one's.
        if (layers == 1)
            Assert.IsLessThan(report.Curve[0].Bound!.Value, report.Curve[^1].Bound!.Value);
        Assert.IsLessThan(1, report.Rate);
    }

    [TestMethod]
    public void The_slopes_of_a_cross_entropy_are_those_of_its_differences()
    {
        float[] logits = [0.5f, -1, 2, 0];
        float[] byFormula = LossSlopes.OfCrossEntropy(logits, 1), byDifferences = LossSlopes.Of(values => TaskLoss.CrossEntropy.Of(values, [1]), logits);
        for (int i = 0; i < logits.Length; i++)
            Assert.AreEqual(byDifferences[i], byFormula[i], 1e-4, $"{i}");
    }

    [TestMethod]
    public void Models_that_remember_in_other_ways_are_refused()
    {
        using NextStepTransformer model = Fit(new Tcn { Channels = 4 });
        NotSupportedException refused = Assert.ThrowsExactly<NotSupportedException>(() => _ml.Sequence.GradientFlow(model, View(StepSequence.Waves(2))));
        StringAssert.Contains(refused.Message, "Tcn remembers in other ways too");
        Assert.ThrowsExactly<ArgumentException>(() =>
            _ml.Sequence.GradientFlow(model, View(StepSequence.Waves(2)), new GradientFlowOptions { Steps = 0, Examples = 0 }));
    }

    // The norm of the central differences of the loss by each value of the state, so many steps before the last one.
    private static double Slope(ManagedNetwork network, float[] sequence, float[] target, int back)
    {
        const float move = 1e-2f;
        int steps = sequence.Length / Features;
        var state = new float[network.StateSize];
        var output = new float[network.OutputSize];
        for (int step = 0; step < steps - back; step++)
            network.Step(sequence.AsSpan(step * Features, Features), output, state);
        double squares = 0;
        for (int i = ManagedNetwork.CounterSize; i < state.Length; i++)
        {
            double slope = (After(i, move) - After(i, -move)) / (2 * move);
            squares += slope * slope;
        }

        return Math.Sqrt(squares);

        double After(int moved, float by)
        {
            float[] own = [.. state];
            own[moved] += by;
            for (int step = steps - back; step < steps; step++)
                network.Step(sequence.AsSpan(step * Features, Features), output, own);
            return output.Zip(target, (value, actual) => Math.Pow((double)value - actual, 2)).Average();
        }
    }

    private NextStepTransformer Fit(Architecture architecture) =>
        _ml.Sequence.Trainers.NextStep(architecture, Waves).Fit(View(StepSequence.Waves(40)));

    private IDataView View(StepSequence[] rows) => StepSequence.View(_ml, rows);
}
