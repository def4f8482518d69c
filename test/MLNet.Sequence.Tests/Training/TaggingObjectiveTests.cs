using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Tasks;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>The losses of tagging against brute force and finite differences, on rows of different lengths.</summary>
[TestClass]
public sealed class TaggingObjectiveTests
{
    private const int Tags = 3, Steps = 5;
    private static readonly int[] Lengths = [5, 1, 3];
    private static readonly int[][] Tagged = [[0, 2, 2, 1, 0], [1], [2, 0, 1]];

    [ClassInitialize]
    public static void Load(TestContext _) => TorchRuntime.EnsureLoaded();

    [TestMethod]
    public void The_loss_of_a_chain_is_that_of_brute_force()
    {
        using var scope = NewDisposeScope();
        var every = EveryPath.Random(Tags, seed: 2);
        float[] scores = Scores();

        double expected = Enumerable.Range(0, Lengths.Length).Sum(row =>
        {
            float[] own = scores[(row * Steps * Tags)..((row * Steps + Lengths[row]) * Tags)];
            return every.LogPartition(own) - every.Score(own, Tagged[row]);
        });
        Tensor found = ChainLoss.Of(Tensor(scores).view(3, Steps, Tags), Targets().to_type(ScalarType.Int64), tensor([5L, 1, 3]), Chain(every)).sum();

        Assert.AreEqual(expected, found.item<double>(), 1e-9);
    }

    [TestMethod]
    public void Its_gradients_are_those_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        var every = EveryPath.Random(Tags, seed: 3);
        Tensor[] parts = [Tensor(Scores()), Tensor(every.Transitions), Tensor(every.First), Tensor(every.Last)];
        foreach (Tensor part in parts)
            part.requires_grad_(true);
        Loss(parts).backward();
        foreach (Tensor part in parts)
        {
            double[] expected = new double[part.NumberOfElements], found = part.grad!.data<double>().ToArray();
            using var noGrad = no_grad();
            for (int i = 0; i < expected.Length; i++)
            {
                double At(double step)
                {
                    part[i] = part[i].Add(step);
                    double loss = Loss(parts).item<double>();
                    part[i] = part[i].Sub(step);
                    return loss;
                }

                expected[i] = (At(1e-5) - At(-1e-5)) / 2e-5;
            }

            Close.AssertEqual(expected, found, 1e-7, "gradient");
        }

        static Tensor Loss(Tensor[] parts) => ChainLoss.Of(
            parts[0].view(3, Steps, Tags), Targets().to_type(ScalarType.Int64), tensor([5L, 1, 3]), (parts[1].view(Tags, Tags), parts[2], parts[3])).sum();
    }

    [TestMethod]
    [DataRow(20)]
    [DataRow(59)]
    [DataRow(61)]
    [DataRow(80)]
    [DataRow(5000)]
    public void A_transition_that_is_forced_although_others_are_far_better_has_its_exact_loss(int nats)
    {
        using var scope = NewDisposeScope();
        // From tag 0 the scores allow only tag 1, although its transition score is far below the other one. Both tags have the same end
        // score.
        Tensor scores = tensor(new float[] { 0, -9999, -9999, 0, -9999, 0 }).view(1, 3, 2), moves = tensor(new float[] { 0, -nats, 0, 0 }).view(2, 2);
        moves.requires_grad_(true);
        Tensor path = tensor(new long[] { 0, 1, 1 }).view(1, 3);
        Tensor loss = ChainLoss.Of(scores, path, null, (moves, zeros(2), zeros(2)));
        loss.backward();

        Assert.AreEqual(0, loss.item<float>(), 1e-3);
        Assert.IsTrue(moves.grad!.data<float>().ToArray().All(value => Math.Abs(value) < 1e-3));
    }

    [TestMethod]
    public void Two_equal_forced_transitions_cost_the_logarithm_of_two()
    {
        using var scope = NewDisposeScope();
        // All paths start in tag 0, from which tags 1 and 2 are 80 nats worse than staying, but the step scores forbid staying.
        Tensor scores = tensor(new float[] { 0, -9999, -9999, -9999, 0, 0 }).view(1, 2, 3);
        Tensor moves = tensor(new float[] { 0, -80, -80, 0, 0, 0, 0, 0, 0 }).view(3, 3);

        Assert.AreEqual(Math.Log(2), ChainLoss.Of(scores, tensor(new long[] { 0, 1 }).view(1, 2), null, (moves, zeros(3), zeros(3))).item<float>(), 1e-4);
    }

    [TestMethod]
    public void Transitions_of_any_size_give_a_loss_and_gradients()
    {
        using var scope = NewDisposeScope();
        Tensor scores = randn(2, 8, 3).Mul(1000).requires_grad_(true),
            moves = tensor(new float[] { -500, 400, 0, 0, -500, 400, 400, 0, -500 }).view(3, 3).requires_grad_(true);
        Tensor loss = ChainLoss.Of(scores, zeros(2, 8, ScalarType.Int64), null, (moves, zeros(3), zeros(3))).sum();
        loss.backward();

        Assert.IsTrue(float.IsFinite(loss.item<float>()) && loss.item<float>() >= 0);
        Assert.IsTrue(scores.grad!.data<float>().Concat(moves.grad!.data<float>()).All(float.IsFinite));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("chain")]
    public void Loss_and_accuracy_are_means_over_valid_steps(string? chain)
    {
        using var scope = NewDisposeScope();
        using var parameters = new TorchParameters(new LinearChain(Tags).AllWeights(Tags, "chain"), CPU);
        parameters.Load(new Weights { new("chain.transitions", [Tags, Tags], new float[9]), new("chain.first", [Tags], new float[3]),
            new("chain.last", [Tags], new float[3]) });
        IObjective objective = new TaggingObjective(Tags, chain).For(parameters);
        float[] scores = Scores();
        Tensor output = tensor(scores).view(3, Steps, Tags);
        var batch = new Batch(output, Targets(), 9) { Lengths = tensor([5L, 1, 3]) };

        // A chain whose weights are 0 is a softmax at each step.
        (int Row, int Step)[] steps = [.. Enumerable.Range(0, 3).SelectMany(row => Enumerable.Range(0, Lengths[row]).Select(step => (row, step)))];
        float[] At((int Row, int Step) place) => scores[((place.Row * Steps + place.Step) * Tags)..((place.Row * Steps + place.Step + 1) * Tags)];
        double loss = steps.Average(place => Math.Log(At(place).Sum(score => Math.Exp(score))) - At(place)[Tagged[place.Row][place.Step]]);
        Assert.AreEqual(loss, objective.Loss(output, batch).item<float>(), 1e-5);
        Assert.AreEqual(steps.Average(place => Array.IndexOf(At(place), At(place).Max()) == Tagged[place.Row][place.Step] ? 1.0 : 0),
            objective.Measure(output, batch)[0], 1e-9);
    }

    [TestMethod]
    [DataRow(null, 0f)]
    [DataRow(null, 2f)]
    [DataRow("chain", 0f)]
    public void Weighted_steps_count_so_much_in_loss_and_accuracy(string? chain, float gamma)
    {
        using var scope = NewDisposeScope();
        using var parameters = new TorchParameters(new LinearChain(Tags).AllWeights(Tags, "chain"), CPU);
        parameters.Load(new Weights { new("chain.transitions", [Tags, Tags], new float[9]), new("chain.first", [Tags], new float[3]),
            new("chain.last", [Tags], new float[3]) });
        IObjective objective = new TaggingObjective(Tags, chain, gamma).For(parameters);
        float[] scores = Scores();
        // With a chain each row has one weight; otherwise each step has one, here according to its tag.
        double Weight(int row, int step) => chain is null ? 1 + 2 * Tagged[row][step] : row + 0.5;
        (int Row, int Step)[] steps = [.. Enumerable.Range(0, 3).SelectMany(row => Enumerable.Range(0, Lengths[row]).Select(step => (row, step)))];
        double all = steps.Sum(place => Weight(place.Row, place.Step));
        Tensor weights = tensor(
            [.. Enumerable.Range(0, 3 * Steps).Select(i => i % Steps < Lengths[i / Steps] ? (float)Weight(i / Steps, i % Steps) : 0)]).view(3, Steps);
        Tensor output = tensor(scores).view(3, Steps, Tags);
        var batch = new Batch(output, Targets(), all) { Lengths = tensor([5L, 1, 3]), RowWeights = weights };

        float[] At((int Row, int Step) place) => scores[((place.Row * Steps + place.Step) * Tags)..((place.Row * Steps + place.Step + 1) * Tags)];
        double Loss((int Row, int Step) place)
        {
            double p = Math.Exp(At(place)[Tagged[place.Row][place.Step]]) / At(place).Sum(score => Math.Exp(score));
            return -Math.Pow(1 - p, gamma) * Math.Log(p);
        }

        double right = steps.Where(place => Array.IndexOf(At(place), At(place).Max()) == Tagged[place.Row][place.Step])
            .Sum(place => Weight(place.Row, place.Step));
        Assert.AreEqual(steps.Sum(place => Weight(place.Row, place.Step) * Loss(place)) / all, objective.Loss(output, batch).item<float>(), 1e-5);
        Assert.AreEqual(right / all, objective.Measure(output, batch)[0], 1e-6);
    }

    private static (Tensor, Tensor, Tensor) Chain(EveryPath every) => (Tensor(every.Transitions).view(Tags, Tags), Tensor(every.First), Tensor(every.Last));

    private static Tensor Tensor(float[] values) => tensor(Close.Doubles(values));

    // Values after a row's last step must not matter.
    private static Tensor Targets() => tensor(
        [.. Tagged.SelectMany(tags => tags.Select(tag => (float)tag).Concat(Enumerable.Repeat(-100f, Steps - tags.Length)))]).view(3, Steps);

    private static float[] Scores()
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, 3 * Steps * Tags).Select(_ => (float)(3 * random.NextDouble()))];
    }
}
