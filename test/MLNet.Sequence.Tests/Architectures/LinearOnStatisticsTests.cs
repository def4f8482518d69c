namespace MLNet.Sequence.Tests.Architectures;

// What it learns: Training/References/StatisticsHeadTests.
[TestClass]
public sealed class LinearOnStatisticsTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases => [new(new LinearOnStatistics { Penalty = 0.1 }, Parameters: 0, ReceptiveField: null)];

    internal override Architecture Invalid => new LinearOnStatistics { Penalty = -1 };

    internal override IReadOnlyList<string> InvalidProperties => [nameof(LinearOnStatistics.Penalty)];
}
