namespace MLNet.Sequence.Tests.Architectures;

// What it forecasts: Training/References/ReferenceForecastTests.
[TestClass]
public sealed class NaiveTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases => [new(new Naive(), Parameters: 0, ReceptiveField: 1)];

    internal override Architecture Invalid => new Naive();

    internal override IReadOnlyList<string> InvalidProperties => [];
}
