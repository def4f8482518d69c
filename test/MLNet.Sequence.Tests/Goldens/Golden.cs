using System.Text.Json;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Goldens;

/// <summary>Numbers that make_goldens.py computed with PyTorch.</summary>
internal sealed class Golden : IDisposable
{
    private readonly JsonDocument _document;

    private Golden(JsonDocument document) => _document = document;

    public JsonElement Root => _document.RootElement;

    /// <summary>The name of the file without its extension.</summary>
    public static Golden Read(string name)
    {
        using Stream stream = typeof(Golden).Assembly.GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"The tests hold no golden numbers named '{name}'.");
        return new Golden(JsonDocument.Parse(stream));
    }

    public static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];

    public static double[] Values(JsonElement packed) => Numbers(packed.GetProperty("values"));

    public static int[] Shape(JsonElement packed) => [.. packed.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];

    public static Weight ToWeight(string name, JsonElement packed) =>
        new(name, Shape(packed), [.. Values(packed).Select(value => (float)value)]);

    public void Dispose() => _document.Dispose();
}
