using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MLNet.Sequence.Hosting;

/// <summary>
/// The connection of a component to an <see cref="MLContext"/>: its log, its random numbers, the device that the user chose,
/// cancellation, and errors in ML.NET's wording.
/// </summary>
internal sealed class SequenceHost
{
    private const string SchemaParameter = "inputSchema";

    private static readonly Lock Registering = new();

    private readonly IHostEnvironment _environment;
    private readonly IHost _host;
    private readonly string _of = "", _advice = "";

    public SequenceHost(IHostEnvironment environment, string name)
    {
        ArgumentNullException.ThrowIfNull(environment);
        _environment = environment;
        Name = name;
        // Registering draws from the environment's random numbers, which are not thread-safe.
        lock (Registering)
            _host = environment.Register(name);
    }

    private SequenceHost(SequenceHost host, string of, string advice) =>
        (_environment, _host, _of, _advice, Name) = (host._environment, host._host, of, advice, host.Name);

    /// <summary>
    /// What ML.NET's pipelines need to know about a trainer. The model itself standardises sequences, and the trainer keeps them in memory.
    /// </summary>
    public static TrainerInfo TrainerInfo { get; } = new(normalization: false, calibration: false, caching: false, supportValid: false);

    /// <summary>The component's name for users.</summary>
    public string Name { get; }

    /// <summary>The environment that the component was created in.</summary>
    public IHostEnvironment Environment => _environment;

    /// <summary>The number of the CUDA device that the user requests; null for the CPU.</summary>
    /// <remarks>Read from the environment, not from the host: a host copies the setting when it is registered.</remarks>
    public int? GpuDeviceId => Settings?.GpuDeviceId;

    /// <summary>Whether the CPU is used if the device is missing.</summary>
    public bool FallbackToCpu => Settings?.FallbackToCpu ?? false;

    /// <summary>The context's seed; null if the user set none.</summary>
    public int? Seed => Settings?.Seed;

    /// <summary>Whether the context's execution was cancelled.</summary>
    public bool IsCanceled => _host is ICancelable { IsCanceled: true };

    private IHostEnvironmentInternal? Settings => _environment as IHostEnvironmentInternal;

    /// <summary>The environment of a catalog such as <c>ml.Forecasting.Trainers</c>.</summary>
    public static IHostEnvironment EnvironmentOf(TrainCatalogBase.CatalogInstantiatorBase trainers) =>
        CatalogUtils.GetEnvironment(trainers);

    /// <inheritdoc cref="EnvironmentOf(TrainCatalogBase.CatalogInstantiatorBase)"/>
    public static IHostEnvironment EnvironmentOf(TrainCatalogBase catalog) => CatalogUtils.GetEnvironment(catalog);

    /// <inheritdoc cref="EnvironmentOf(TrainCatalogBase.CatalogInstantiatorBase)"/>
    public static IHostEnvironment EnvironmentOf(TransformsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);

    /// <summary>A seed from the host's random numbers: the same sequence in every run of a seeded context.</summary>
    public int NextSeed() => _host.Rand.Next();

    /// <exception cref="OperationCanceledException">The context's execution was cancelled.</exception>
    public void ThrowIfCanceled() => _host.CheckAlive();

    /// <summary>The same host for other rows than those trained on: its errors about columns name these rows and say what to do.</summary>
    public SequenceHost ForValidationSet() => new(
        this, "the validation set's ", ". Give the validation set as the data is before the chain: its transforms are applied to it, "
            + "except across a cache checkpoint. Or pass it through them (transforms.Fit(training).Transform(validation))");

    /// <summary>A token that is cancelled by the user's token and by the context. Dispose it when the work is done.</summary>
    public HostCancellation LinkCancellation(params ReadOnlySpan<CancellationToken> tokens) => new(this, tokens);

    /// <summary>Opens the log for one phase of the work, such as "Training".</summary>
    public HostChannel Start(string phase) => new(_environment, _host, phase);

    /// <summary>The column of that name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing.</exception>
    public DataViewSchema.Column Require(DataViewSchema schema, string role, string name) => schema.GetColumnOrNull(name)
        ?? throw MissingColumn(role, name, schema.Where(column => !column.IsHidden).Select(column => column.Name));

    /// <inheritdoc cref="Require(DataViewSchema, string, string)"/>
    public SchemaShape.Column Require(SchemaShape schema, string role, string name) => SchemaShapes.Find(schema, name)
        ?? throw MissingColumn(role, name, schema.Select(column => column.Name));

    /// <summary>A column is missing. The message names the role, the column, and the most similar names.</summary>
    public Exception MissingColumn(string role, string column, IEnumerable<string> present) => _host.ExceptParam(
        SchemaParameter, $"Could not find {_of}{role} column '{column}'. "
            + $"{NearestNames.Sentence(column, present)}{(_advice.Length > 0 ? _advice[1..] + "." : "")}");

    /// <summary>A column has the wrong type. The message names the role, the column, the expected and the found type.</summary>
    public Exception Mismatch(string role, string column, string expected, string actual) =>
        _host.ExceptSchemaMismatch(SchemaParameter, _of + role, column, expected, actual + _advice);

    /// <summary>The error of a transformer that needs several rows, if a mapper of single rows is requested.</summary>
    public Exception NotRowToRow() => _host.Process(new InvalidOperationException(
        "The model reads several rows for each of its outputs, so it cannot map single rows. "
        + "Use Transform; to feed rows one by one, an engine (ml.Forecasting.CreateEngine) or a session (Model.CreateSession)."));
}
