using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MLNet.Sequence.Layers;

/// <summary>Reads and writes layer trees without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    // Values that a layer computes, such as its receptive field.
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(Layer))]
internal sealed partial class LayerJson : JsonSerializerContext;

/// <summary>A layer tree inside a larger document: each layer by its saved name; absent properties have their defaults.</summary>
internal sealed class LayerConverter : JsonConverter<Layer>
{
    /// <summary>All layers; values that their constructors require are 1 here, and must be in the document.</summary>
    public static SavedRecords<Layer> Saved { get; } = new("layer", LayerJson.Default.Options, () =>
    [
        new Activation(ActivationKind.Relu),
        new AdaptiveSoftmax(1, []),
        new AttentionGru(1),
        new Branched(),
        new CausalAttention(1, 1),
        new CausalConv(1, 1),
        new ChannelSplit(new LastStep(), new LastStep(), 1),
        new Clamp(1),
        new CrossAttention(1),
        new Dense(1),
        new Dropout(0),
        new Embedding(1, 1),
        new Gated(GateKind.Linear),
        new GruLayer(1),
        new LastStep(),
        new LayerNorm(),
        new LinearChain(1),
        new LruLayer(1),
        new LstmLayer(1),
        new MinGruLayer(1),
        new MinLstmLayer(1),
        new ParaGruLayer(1),
        new ParaLstmLayer(1),
        new PatchedLayer(new LastStep(), 1, 1),
        new Pooling(PoolingKind.LastStep),
        new PositionEmbedding(1),
        new ProjectedLstmLayer(1, 1),
        new Residual(new LastStep()),
        new Reversed(new LastStep()),
        new RnnLayer(1),
        new RunningStatistics(),
        new Sequential(),
        new SinusoidalPositions(),
        new SkipSum([], 1),
        new TiedEmbedding(new LastStep(), 1, 1),
        new Windowed(new LastStep(), 1),
    ]);

    public override Layer Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Saved.Read(JsonNode.Parse(ref reader));

    public override void Write(Utf8JsonWriter writer, Layer value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, LayerJson.Default.Layer);
}
