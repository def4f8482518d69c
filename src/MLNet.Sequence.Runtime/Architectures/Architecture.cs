using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// The hyper-parameters of a sequence model. The record is saved; the layer tree is built from it.
/// To add an architecture: its file, the line here with its saved name, and its place among <see cref="Defaults"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "name")]
[JsonDerivedType(typeof(AttentionRnn), "attention-rnn")]
[JsonDerivedType(typeof(Bidirectional), "bidirectional")]
[JsonDerivedType(typeof(Composed), "composed")]
[JsonDerivedType(typeof(ConvSeq2Seq), "conv-seq2-seq")]
[JsonDerivedType(typeof(Drift), "drift")]
[JsonDerivedType(typeof(EncoderDecoderTransformer), "encoder-decoder-transformer")]
[JsonDerivedType(typeof(Ensemble), "ensemble")]
[JsonDerivedType(typeof(GatedConv), "gated-conv")]
[JsonDerivedType(typeof(Gnmt), "gnmt")]
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
[JsonDerivedType(typeof(ParaGru), "para-gru")]
[JsonDerivedType(typeof(ParaLstm), "para-lstm")]
[JsonDerivedType(typeof(Patched), "patched")]
[JsonDerivedType(typeof(ProjectedLstm), "projected-lstm")]
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

    /// <summary>
    /// The saved names of all architectures of one sequence, in alphabetical order: the record's name in kebab-case. Those of pairs are
    /// <see cref="EncoderDecoder.Names"/>.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } = NamesOf(pairs: false);

    /// <summary>The name of this architecture in files, on the command line and in <see cref="FromName"/>, such as <c>stable-lstm</c>.</summary>
    [JsonIgnore]
    public string Name => Saved.NameOf(this);

    /// <summary>
    /// Whether no output depends on inputs after its step. An architecture that is not causal reads the whole sequence before it gives any
    /// output. It cannot be fed step by step, except in forecasters, which run their window again, and it cannot learn to predict the next
    /// step. The hyper-parameters must be valid.
    /// </summary>
    [JsonIgnore]
    public bool IsCausal => Build(context: 1).IsCausal;

    /// <summary>Number of last channels of the input that it reads as conditions because its hyper-parameters say so.</summary>
    internal virtual int LastConditions => 0;

    /// <summary>
    /// A lower bound on the number of weights that <see cref="Build(int)"/> names, counted without building. The layers that a file
    /// describes and the weights that it holds are compared before memory is allocated for either.
    /// </summary>
    [JsonIgnore]
    internal virtual double LeastWeights => 1;

    /// <summary>Whether the weights are given or solved in closed form, so that there is nothing to train.</summary>
    [JsonIgnore]
    internal virtual bool IsSolved => false;

    private static Architecture[] Defaults =>
    [
        new AttentionRnn(),
        new Bidirectional(),
        new Composed(),
        new ConvSeq2Seq(),
        new Drift(),
        new EncoderDecoderTransformer(),
        new Ensemble(),
        new GatedConv(),
        new Gnmt(),
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
        new ParaGru(),
        new ParaLstm(),
        new Patched(),
        new ProjectedLstm(),
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

    /// <summary>The architecture with this saved name and its default hyper-parameters.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no architecture of this name; the message lists all names.</exception>
    public static Architecture FromName(string name) => Default(name) is { } one and not EncoderDecoder
        ? one
        : throw new ArgumentException($"There is no architecture named '{name}'. There are: {string.Join(", ", Names)}.", nameof(name));

    /// <summary>
    /// Reads an architecture in its saved form: <c>{"name":"lstm","hiddenSize":64}</c>. An architecture inside another may be a name, an
    /// object, or an object without a name, which changes the default one: <c>{"name":"bidirectional","inner":{"hiddenSize":64}}</c>.
    /// </summary>
    /// <param name="json">A JSON object; absent properties have their defaults.</param>
    /// <exception cref="FormatException">It is not a JSON object, the name or a property is unknown, or a value has the wrong form.</exception>
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

    /// <summary>Reads an architecture; absent properties have their defaults, as in files of older versions.</summary>
    /// <exception cref="JsonException">The name or a property is unknown, or a value has the wrong form.</exception>
    internal static Architecture FromJson(JsonNode? json) => Saved.Read(json);

    /// <summary>
    /// The layer tree of the backbone: [B, T, C] to [B, T, D], causal in T if <see cref="IsCausal"/>. The built-in architectures round
    /// dropout rates, initial deviations and radii to floats, as the network has them.
    /// </summary>
    /// <param name="context">The number of steps T that the model will see, for architectures that adapt to it.</param>
    public abstract Layer Build(int context);

    /// <inheritdoc cref="Build(int)" path="/node()[not(self::param)]"/>
    /// <param name="context">The number of steps T that the model will see, for architectures that adapt to it.</param>
    /// <param name="conditions">
    /// The number of last channels of the input that do not come from the sequence itself: known for all steps, or the same at all steps.
    /// For architectures that read them separately.
    /// </param>
    internal virtual Layer Build(int context, int conditions) => Build(context);

    /// <summary>
    /// This architecture with the sizes that are left open (null) chosen so that its receptive field is at most this number of steps, if any size makes
    /// it so. Otherwise, and by default, the same architecture.
    /// </summary>
    /// <param name="context">The largest receptive field; at least 1.</param>
    internal virtual Architecture Within(int context) => this;

    /// <summary>The layers that read the source of a pair; null: the architecture reads one sequence.</summary>
    /// <param name="context">The number of steps of the source, for architectures that adapt to it.</param>
    internal virtual Layer? Encoder(int context) => null;

    /// <summary>The problems of the hyper-parameters, one sentence each; empty if there are none.</summary>
    public abstract IEnumerable<string> Problems();

    /// <summary>Checks that all hyper-parameters are in their ranges and fit together.</summary>
    /// <exception cref="ArgumentException">Lists all problems.</exception>
    public void Validate()
    {
        string[] problems = [.. Problems()];
        if (problems.Length > 0)
            throw new ArgumentException($"{GetType().Name}: {string.Join(" ", problems)}");
    }

    /// <summary>The text of <see cref="object.ToString"/>: the hyper-parameters, not the values that follow from them.</summary>
    protected virtual bool PrintMembers(StringBuilder builder) => false;

    /// <summary>The names of the architectures of pairs, or of the others.</summary>
    private protected static IReadOnlyList<string> NamesOf(bool pairs) =>
        ValueList.Of([.. Saved.Names.Where(name => Saved.Sample(name) is EncoderDecoder == pairs)]);

    /// <summary>The architecture with this saved name and its default hyper-parameters; null: there is none.</summary>
    private protected static Architecture? Default(string name) => Saved.Sample(name);

    /// <inheritdoc cref="Limits.AtLeast"/>
    private protected static IEnumerable<string> AtLeast(int minimum, int value, string property) => Limits.AtLeast(minimum, value, property);

    /// <inheritdoc cref="Limits.Finite"/>
    private protected static IEnumerable<string> Finite(double? value, string property) => Limits.Finite(value, property);

    /// <summary>The problems of an architecture inside this one.</summary>
    private protected static IEnumerable<string> Inside(Architecture? inner, string property) => inner is null
        ? [$"{property} must be an architecture; found none."]
        : inner is EncoderDecoder
            ? [$"{property} must be an architecture of one sequence; found {inner.GetType().Name}, an encoder–decoder."]
        : inner.IsSolved
            ? [$"{property} must be an architecture that is trained; found {inner.GetType().Name}, which is solved in closed form."]
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
    private protected static IEnumerable<string> DropoutRate(double value, string property) => Limits.Rate(value, property);

    /// <summary>The fewest levels whose receptive field covers the context.</summary>
    private protected static int LevelsFor(int context, Func<int, double> field)
    {
        int levels = 1;
        while (field(levels) < context)
            levels++;
        return levels;
    }

    /// <summary>The most levels, at least one, whose receptive field is at most the context.</summary>
    private protected static int LevelsWithin(int context, Func<int, double> field)
    {
        int levels = LevelsFor(context, field);
        return field(levels) <= context ? levels : Math.Max(1, levels - 1);
    }
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
