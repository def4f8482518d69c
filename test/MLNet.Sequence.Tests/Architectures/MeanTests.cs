namespace MLNet.Sequence.Tests.Architectures;

// What it forecasts: Training/References/ReferenceForecastTests.
[TestClass]
public sealed class MeanTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases => [new(new Mean(), Parameters: 0, ReceptiveField: 1)];

    internal override Architecture Invalid => new Mean();

    internal override IReadOnlyList<string> InvalidProperties => [];
}
