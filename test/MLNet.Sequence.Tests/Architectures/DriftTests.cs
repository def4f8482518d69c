namespace MLNet.Sequence.Tests.Architectures;

// What it forecasts: Training/References/ReferenceForecastTests.
[TestClass]
public sealed class DriftTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases => [new(new Drift(), Parameters: 0, ReceptiveField: 1)];

    internal override Architecture Invalid => new Drift();

    internal override IReadOnlyList<string> InvalidProperties => [];
}
