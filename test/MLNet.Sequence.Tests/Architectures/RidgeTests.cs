using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

// What it learns: Training/References/LeastSquaresTests.
[TestClass]
public sealed class RidgeTests : ArchitectureContract
{
    private const int Inputs = ArchitectureCase.Inputs;

    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        new(new Ridge(), Parameters: 0, ReceptiveField: 16),
        new(new Ridge { Lags = 3, Penalty = 0.5 }, Parameters: 0, ReceptiveField: 3),
        new(new Ridge { Lags = 1 }, Parameters: 0, ReceptiveField: 1),
    ];

    internal override Architecture Invalid => new Ridge { Lags = 0, Penalty = -1 };

    internal override IReadOnlyList<string> InvalidProperties => [nameof(Ridge.Lags), nameof(Ridge.Penalty)];

    [TestMethod]
    public void The_last_steps_are_side_by_side_oldest_first_after_zeros()
    {
        var @case = new ArchitectureCase(new Ridge { Lags = 3 }, 0, 3);
        using NetworkProbe probe = @case.Probe();
        SequenceBatch input = @case.Input(rows: 1);
        double[] padded = [.. new double[2 * Inputs], .. input.Values];
        double[] expected = [.. Enumerable.Range(0, @case.Context).SelectMany(step => padded[(step * Inputs)..((step + 3) * Inputs)])];
        Close.AssertEqual(expected, probe.Forward(input), 1e-7, "lags");
    }

    [TestMethod]
    public void A_solved_architecture_is_not_accepted_inside_a_trained_one()
    {
        Architecture[] wrong = [new Ensemble(new Lstm(), new Naive()), new Bidirectional(new Ridge()), new Patched(new Mean(), 4, 2),
            new Ensemble(new Truncated(new Ridge(), 2))];
        foreach (Architecture outside in wrong)
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(outside.Validate).Message, "must be an architecture that is trained; found ");
        // Truncate makes these of fitted models.
        new Truncated(new Ridge(), 2).Validate();
    }
}
