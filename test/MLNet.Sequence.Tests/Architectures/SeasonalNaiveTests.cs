namespace MLNet.Sequence.Tests.Architectures;

// What it forecasts: Training/References/ReferenceForecastTests.
[TestClass]
public sealed class SeasonalNaiveTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        new(new SeasonalNaive { Season = 5 }, Parameters: 0, ReceptiveField: 5),
        new(new SeasonalNaive { Season = 1 }, Parameters: 0, ReceptiveField: 1),
    ];

    internal override Architecture Invalid => new SeasonalNaive { Season = 0 };

    internal override IReadOnlyList<string> InvalidProperties => [nameof(SeasonalNaive.Season)];
}
