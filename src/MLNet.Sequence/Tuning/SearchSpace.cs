using MLNet.Sequence.Layers;
using MLNet.Sequence.Tuning;

namespace MLNet.Sequence;

/// <summary>
/// The forecasters among which <c>ml.Forecasting.Tune</c> searches. Each trial draws an architecture and a value from each range; what has no range stays
/// as the options of the forecaster have it.
/// </summary>
public sealed record SearchSpace
{
    private const int MostSteps = 1 << 20;

    /// <summary>
    /// The architectures; at least one. Their other hyper-parameters stay as they are. Default: <see cref="Linear"/>, <see cref="WindowMlp"/>,
    /// <see cref="Tcn"/>, <see cref="Gru"/> and <see cref="Lstm"/>.
    /// </summary>
    public IReadOnlyList<Architecture> Architectures { get; init => field = ValueList.Of(value); } =
        ValueList.Create<Architecture>(new Linear(), new WindowMlp(), new Tcn(), new Gru(), new Lstm());

    /// <summary>
    /// <see cref="ForecastingOptions.Context"/>, in whole steps; at least 2. Null, the default: from a half to twice of that of the options or, if they
    /// leave it open, of what would be chosen; to the whole of it where series are too short for more.
    /// </summary>
    public SearchRange? Context { get; init; }

    /// <summary><see cref="TrainingOptions.LearningRate"/>; above 0. Null: not varied. Default 0.0003 to 0.01, logarithmic.</summary>
    public SearchRange? LearningRate { get; init; } = new(3e-4, 1e-2) { IsLogarithmic = true };

    /// <summary>The rate of dropout of architectures that have one; in [0, 1). Null: not varied. Default 0 to 0.3.</summary>
    public SearchRange? Dropout { get; init; } = new(0, 0.3);

    /// <summary>
    /// The width of architectures that have one: their HiddenSize, Channels or Size, in whole units; at least 1. Null: not varied. Default 16 to 64,
    /// logarithmic.
    /// </summary>
    public SearchRange? Width { get; init; } = new(16, 64) { IsLogarithmic = true };

    /// <summary><see cref="TrainingOptions.BatchSize"/>, in whole windows; at least 1. Null: not varied. Default 16 to 64, logarithmic.</summary>
    public SearchRange? BatchSize { get; init; } = new(16, 64) { IsLogarithmic = true };

    /// <summary>
    /// The choices of <see cref="ForecastingOptions.Normalization"/>. Default none: that of the options.
    /// </summary>
    public IReadOnlyList<WindowNormalization> Normalizations { get; init => field = ValueList.Of(value); } = ValueList.Create<WindowNormalization>();

    /// <summary>The settings of a trial, which depend on the space, the seed and the number alone: the same on every machine.</summary>
    /// <param name="seed">The seed of the search.</param>
    /// <param name="number">The number of the trial, from 0.</param>
    /// <param name="context">The context around which <see cref="Context"/> lies if it is null; null: the trial leaves the context as it is.</param>
    /// <exception cref="ArgumentException">The space has problems; the message lists all.</exception>
    public TuneSettings Draw(long seed, int number, int? context = null)
    {
        Validate();
        SearchRange? around = Context ?? (context is { } middle ? new SearchRange(Math.Max(2, middle / 2), 2.0 * middle) { IsLogarithmic = true } : null);
        return Draw(new RandomStream(seed, number), around);
    }

    internal TuneSettings Draw(RandomStream random, SearchRange? contexts)
    {
        // Every number is drawn in every trial, so that a range that is fixed does not change the others.
        double[] places = [.. Enumerable.Range(0, 7).Select(_ => random.NextDouble())];
        Architecture architecture = Architectures[(int)(places[0] * Architectures.Count)];
        return new TuneSettings(VariedArchitecture.With(architecture, Width?.WholeAt(places[1]), Dropout?.At(places[2])))
        {
            Context = contexts?.WholeAt(places[3]),
            LearningRate = LearningRate?.At(places[4]),
            BatchSize = BatchSize?.WholeAt(places[5]),
            Normalization = Normalizations.Count == 0 ? null : Normalizations[(int)(places[6] * Normalizations.Count)],
        };
    }

    /// <exception cref="ArgumentException">Lists all problems.</exception>
    internal void Validate()
    {
        var problems = new Problems();
        problems.Need(Architectures is { Count: > 0 }, $"{nameof(Architectures)} must have at least one architecture.");
        problems.AddRange(Architectures?.SelectMany(architecture => architecture.Problems()) ?? []);
        problems.AddRange(Context?.Problems(nameof(Context), 2, MostSteps, $"[2, {MostSteps}]") ?? []);
        problems.AddRange(LearningRate?.Problems(nameof(LearningRate), 1e-30, 1e30, "(0, 1E+30]") ?? []);
        problems.AddRange(Dropout?.Problems(nameof(Dropout), 0, Math.BitDecrement(1.0), "[0, 1)") ?? []);
        problems.AddRange(Width?.Problems(nameof(Width), 1, MostSteps, $"[1, {MostSteps}]") ?? []);
        problems.AddRange(BatchSize?.Problems(nameof(BatchSize), 1, MostSteps, $"[1, {MostSteps}]") ?? []);
        problems.AddRange(Normalizations.SelectMany(one => Limits.Defined(one, nameof(Normalizations))));
        problems.ThrowIfAny("The search space is wrong.");
    }
}
