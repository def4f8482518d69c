using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// A sequence model's hyper-parameters. The record is what is saved; the layer tree is built from it.
/// To add one: its file, the line here that gives its saved name, and its place among <see cref="Defaults"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "name")]
[JsonDerivedType(typeof(Bidirectional), "bidirectional")]
[JsonDerivedType(typeof(Composed), "composed")]
[JsonDerivedType(typeof(Drift), "drift")]
[JsonDerivedType(typeof(Ensemble), "ensemble")]
[JsonDerivedType(typeof(GatedConv), "gated-conv")]
[JsonDerivedType(typeof(Gru), "gru")]
[JsonDerivedType(typeof(Linear), "linear")]
[JsonDerivedType(typeof(LinearOnStatistics), "linear-on-statistics")]
[JsonDerivedType(typeof(Lstm), "lstm")]
[JsonDerivedType(typeof(LstmNgram), "lstm-ngram")]
[JsonDerivedType(typeof(Lru), "lru")]
[JsonDerivedType(typeof(Mean), "mean")]
[JsonDerivedType(typeof(MinGru), "min-gru")]
[JsonDerivedType(typeof(MinLstm), "min-lstm")]
[JsonDerivedType(typeof(Naive), "naive")]
[JsonDerivedType(typeof(Patched), "patched")]
[JsonDerivedType(typeof(Ridge), "ridge")]
[JsonDerivedType(typeof(Rnn), "rnn")]
[JsonDerivedType(typeof(SeasonalNaive), "seasonal-naive")]
[JsonDerivedType(typeof(StableGru), "stable-gru")]
[JsonDerivedType(typeof(StableLstm), "stable-lstm")]
[JsonDerivedType(typeof(StableRnn), "stable-rnn")]
[JsonDerivedType(typeof(Tcn), "tcn")]
[JsonDerivedType(typeof(Transformer), "transformer")]
[JsonDerivedType(typeof(Truncated), "truncated")]
[JsonDerivedType(typeof(WaveNet), "wave-net")]
[JsonDerivedType(typeof(WindowMlp), "window-mlp")]
public abstract record Architecture
{
    private static readonly SavedRecords<Architecture> Saved = new("architecture", ArchitectureJson.Default.Options, () => Defaults);

    /// <summary>The saved names of all architectures, in alphabetical order: kebab-case of the record.</summary>
    public static IReadOnlyList<string> Names => Saved.Names;

    /// <summary>The name by which files, the command line and <see cref="FromName"/> know this architecture, as <c>stable-lstm</c>.</summary>
    [JsonIgnore]
    public string Name => Saved.NameOf(this);

    /// <summary>
    /// Whether no output depends on inputs after its step. Others read the whole sequence before they say anything of a step:
    /// they cannot be fed step by step, but for forecasters, which run their window anew, nor learn to predict the next step. Asked of valid
    /// hyper-parameters.
    /// </summary>
    [JsonIgnore]
    public bool IsCausal => Build(context: 1).IsCausal;

    /// <summary>
    /// No more weights than <see cref="Build(int)"/> names, counted without building: what a file says of layers and what it holds of them
    /// are compared before memory is taken for either.
    /// </summary>
    [JsonIgnore]
    internal virtual double LeastWeights => 1;

    /// <summary>Whether the weights of a model of it are given or solved in closed form: there is nothing to train.</summary>
    [JsonIgnore]
    internal virtual bool IsSolved => false;

    private static Architecture[] Defaults =>
    [
        new Bidirectional(),
        new Composed(),
        new Drift(),
        new Ensemble(),
        new GatedConv(),
        new Gru(),
        new Linear(),
        new LinearOnStatistics(),
        new Lstm(),
        new LstmNgram(),
        new Lru(),
        new Mean(),
        new MinGru(),
        new MinLstm(),
        new Naive(),
        new Patched(),
        new Ridge(),
        new Rnn(),
        new SeasonalNaive(),
        new StableGru(),
        new StableLstm(),
        new StableRnn(),
        new Tcn(),
        new Transformer(),
        new Truncated(),
        new WaveNet(),
        new WindowMlp(),
    ];

    /// <summary>The architecture of this saved name with its default hyper-parameters.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is none of this name; the message lists those that there are.</exception>
    public static Architecture FromName(string name) => Saved.Sample(name)
        ?? throw new ArgumentException($"There is no architecture named '{name}'. There are: {string.Join(", ", Names)}.", nameof(name));

    /// <summary>
    /// Reads an architecture in the form in which it is saved: <c>{"name":"lstm","hiddenSize":64}</c>. An architecture inside
    /// another may be a name, an object, or an object without a name, which changes the one that is there by default:
    /// <c>{"name":"bidirectional","inner":{"hiddenSize":64}}</c>.
    /// </summary>
    /// <param name="json">A JSON object; properties that are absent have their defaults.</param>
    /// <exception cref="FormatException">It is no JSON object, the name or a property is unknown, or a value has the wrong form.</exception>
    public static Architecture Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return Saved.Read(JsonNode.Parse(json));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FormatException($"The architecture cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Reads an architecture; properties that are absent have their defaults, as in files of older versions.</summary>
    /// <exception cref="JsonException">The name or a property is unknown, or a value has the wrong form.</exception>
    internal static Architecture FromJson(JsonNode? json) => Saved.Read(json);

    /// <summary>The layer tree of the backbone: [B, T, C] to [B, T, D], causal in T but for <see cref="IsCausal"/>.</summary>
    /// <param name="context">The number of steps T that the model will see, for architectures that fit themselves to it.</param>
    public abstract Layer Build(int context);

    /// <inheritdoc cref="Build(int)"/>
    /// <param name="context">The number of steps T that the model will see, for architectures that fit themselves to it.</param>
    /// <param name="conditions">
    /// The last channels of the input that do not come from the sequence itself: known for all steps, or the same at all. For architectures
    /// that read them by a way of their own.
    /// </param>
    internal virtual Layer Build(int context, int conditions) => Build(context);

    /// <summary>What is wrong with the hyper-parameters, one sentence each; empty when nothing is.</summary>
    public abstract IEnumerable<string> Problems();

    /// <summary>Checks that all hyper-parameters are in their ranges, and fit each other.</summary>
    /// <exception cref="ArgumentException">Lists all problems.</exception>
    public void Validate()
    {
        string[] problems = [.. Problems()];
        if (problems.Length > 0)
            throw new ArgumentException($"{GetType().Name}: {string.Join(" ", problems)}");
    }

    /// <summary>What <see cref="object.ToString"/> shows: hyper-parameters, not what follows from them.</summary>
    protected virtual bool PrintMembers(StringBuilder builder) => false;

    /// <inheritdoc cref="Limits.AtLeast"/>
    private protected static IEnumerable<string> AtLeast(int minimum, int value, string property) => Limits.AtLeast(minimum, value, property);

    /// <inheritdoc cref="Limits.Finite"/>
    private protected static IEnumerable<string> Finite(float? value, string property) => Limits.Finite(value, property);

    /// <summary>What is wrong with an architecture inside this one.</summary>
    private protected static IEnumerable<string> Inside(Architecture? inner, string property) => inner is null
        ? [$"{property} must be an architecture; found none."]
        : inner.IsSolved
            ? [$"{property} must be an architecture that is trained; found {inner.GetType().Name}, which is solved in closed form by itself."]
            : inner.Problems().Select(problem => $"{property}.{problem}");

    /// <summary>A contraction factor is in (0, 1).</summary>
    private protected static IEnumerable<string> ContractionLimit(double value, string property)
    {
        if (value is not (> 0 and < 1))
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{property} must be in (0, 1); found {value}.");
    }

    /// <summary>A number is above 0 and finite.</summary>
    private protected static IEnumerable<string> Positive(double value, string property)
    {
        if (!(value > 0 && double.IsFinite(value)))
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{property} must be above 0; found {value}.");
    }

    /// <inheritdoc cref="Limits.Rate"/>
    private protected static IEnumerable<string> DropoutRate(float value, string property) => Limits.Rate(value, property);
}

/// <summary>Reads and writes architectures without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Architecture))]
internal sealed partial class ArchitectureJson : JsonSerializerContext;

/// <summary>An architecture inside a larger document.</summary>
internal sealed class ArchitectureConverter : JsonConverter<Architecture>
{
    public override Architecture Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Architecture.FromJson(JsonNode.Parse(ref reader));

    public override void Write(Utf8JsonWriter writer, Architecture value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, ArchitectureJson.Default.Architecture);
}
