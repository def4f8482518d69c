using Microsoft.ML;
using MLNet.Sequence.Memory;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Memory;

/// <summary>The excess entropy of processes for which it is known in closed form.</summary>
[TestClass]
public sealed class ExcessEntropyTests
{
    private const int Length = 40;

    // Of the even process with fair choices: the entropy of its two states, 1/3 and 2/3 (Crutchfield and Feldman 2003, "Regularities unseen, randomness
    // observed", table II: .9183 bits).
    private static readonly double Even = -(Math.Log(1 / 3.0) / 3 + Math.Log(2 / 3.0) * 2 / 3);

    [TestMethod]
    public void The_best_predictor_of_the_even_process_measures_its_excess_entropy()
    {
        ExcessEntropy found = OfEven(examples: 20_000);

        Assert.AreEqual(0.6365, Even, 1e-4);
        Assert.IsTrue(found.Low < Even && Even < found.High, $"{found}");
        Assert.IsLessThan(0.05, found.High - found.Low);
    }

    [TestMethod]
    public void No_number_of_steps_costs_more_than_the_bound()
    {
        ExcessEntropy found = OfEven(examples: 4_000);

        CollectionAssert.AreEqual(new[] { 0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 40 }, found.Costs.Select(cost => cost.Steps).ToArray());
        foreach (StepCost cost in found.Costs.Skip(1))
            Assert.IsLessThanOrEqualTo(found.MostAfter(cost.Steps), cost.Nats, $"{cost.Steps}");
        Assert.AreEqual(found.Nats / 12, found.MostAfter(12), 1e-12);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => found.MostAfter(0));
    }

    [TestMethod]
    public void A_model_of_a_Markov_chain_remembers_what_one_step_says()
    {
        // A token is repeated with probability .8: E = ln 2 − H(.8) = .1927 nats, all of it in the first step.
        var ml = new MLContext(seed: 1);
        TokenSequence[] rows = [.. Enumerable.Range(0, 200).Select(row => TokenSequence.One(Chain(row)))];
        IDataView data = TokenSequence.View(ml, rows);
        using NextStepTransformer model = ml.Sequence.Trainers.NextStep(new WindowMlp { Window = 1, HiddenSize = 4 }, new NextStepOptions
        {
            Kind = StepKind.Token,
            FeatureColumnName = "Tokens",
            Tokens = new TokenOptions { Vocabulary = 2 },
            Training = new TrainingOptions { Epochs = 40, Seed = 1, LearningRate = 5e-2 },
        }).Fit(data);

        MemoryReport report = ml.Sequence.MeasureMemory(model, data, new MemoryOptions { Examples = 4_000 });

        ExcessEntropy found = report.ExcessEntropy!;
        double expected = Math.Log(2) + 0.8 * Math.Log(0.8) + 0.2 * Math.Log(0.2);
        Assert.IsTrue(found.Low < expected && expected < found.High, $"{found}");
        Assert.IsLessThan(0.06, found.High - found.Low);
        Assert.AreEqual(found.Nats, found.Costs[0].Nats, 1e-6);
        StringAssert.Contains(report.ToString(), "Excess entropy, estimated: 0.1");
        Assert.IsTrue(((IReport)report).Content.Facts.Any(fact => fact.Name.StartsWith("excess entropy", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Losses_that_are_not_in_nats_have_no_entropy()
    {
        var ml = new MLContext(seed: 1);
        MemoryReport report = ml.Sequence.MeasureMemory(
            shown => [shown.Sum()], [.. Enumerable.Range(0, 9).Select(i => new MemoryExample([i, 1], [i]))], features: 1);
        Assert.IsNull(report.ExcessEntropy);
    }

    private static ExcessEntropy OfEven(int examples)
    {
        float[][] drawn = [.. Enumerable.Range(0, examples).Select(EvenProcess)];
        var subject = new MemorySubject
        {
            Metric = "log-loss",
            Features = 1,
            Sequences = [.. drawn.Select(sequence => sequence[..^1])],
            Overlap = 0,
            Run = (_, sequence, steps) => [Filter(sequence.AsSpan(^steps..))],
            Loss = (i, output) => -Math.Log(drawn[i][^1] > 0 ? output[0] : 1 - output[0]),
            LossOfNothing = i => -Math.Log(drawn[i][^1] > 0 ? 2 / 3.0 : 1 / 3.0),
            Move = (_, _) => { },
        };
        return new MemoryMeasurement(subject, new MemoryOptions()).Run().ExcessEntropy!;
    }

    // From the first state, 0 with probability ½, or 1 and then a second 1: blocks of ones have even lengths.
    private static float[] EvenProcess(int seed)
    {
        var random = new Random(seed);
        var drawn = new float[Length + 1];
        bool owesOne = random.NextDouble() < 1 / 3.0;
        for (int i = 0; i < drawn.Length; i++)
        {
            drawn[i] = owesOne || random.Next(2) == 1 ? 1 : 0;
            owesOne = !owesOne && drawn[i] > 0;
        }

        return drawn;
    }

    // The probability of 1 after the steps shown, by Bayes' rule from the stationary distribution of the two states.
    private static float Filter(ReadOnlySpan<float> shown)
    {
        (double first, double second) = (2 / 3.0, 1 / 3.0);
        foreach (float value in shown)
        {
            (first, second) = value > 0 ? (second, first / 2) : (first / 2, 0);
            double sum = first + second;
            (first, second) = (first / sum, second / sum);
        }

        return (float)(first / 2 + second);
    }

    private static int[] Chain(int seed)
    {
        var random = new Random(seed);
        var tokens = new int[40];
        tokens[0] = random.Next(2);
        for (int i = 1; i < tokens.Length; i++)
            tokens[i] = random.NextDouble() < 0.8 ? tokens[i - 1] : 1 - tokens[i - 1];
        return tokens;
    }
}
