using Microsoft.ML.OnnxRuntime;

namespace MLNet.Sequence.Samples.Onnx;

/// <summary>A tensor by its name.</summary>
/// <param name="Name">The name of the model's input or output.</param>
/// <param name="Values">Row-major: an array of float, long or bool.</param>
/// <param name="Shape">Dimensions.</param>
internal sealed record OnnxTensor(string Name, Array Values, params long[] Shape)
{
    /// <summary>The values of a tensor of float32.</summary>
    public float[] Floats => (float[])Values;
}

/// <summary>A model in ONNX Runtime, on the CPU with one thread.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;

    public OnnxSession(string path)
    {
        using SessionOptions options = Options();
        _session = new InferenceSession(path, options);
    }

    public OnnxSession(byte[] model)
    {
        using SessionOptions options = Options();
        _session = new InferenceSession(model, options);
    }

    public IReadOnlyDictionary<string, NodeMetadata> Inputs => _session.InputMetadata;

    public IReadOnlyDictionary<string, NodeMetadata> Outputs => _session.OutputMetadata;

    public IReadOnlyDictionary<string, string> Metadata => _session.ModelMetadata.CustomMetadataMap;

    /// <summary>All outputs by their names.</summary>
    public Dictionary<string, OnnxTensor> Run(params IReadOnlyList<OnnxTensor> inputs)
    {
        OrtValue[] values = [.. inputs.Select(Value)];
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(options, [.. inputs.Select(input => input.Name)], values, _session.OutputNames);
        var tensors = _session.OutputNames.Zip(outputs, Read).ToDictionary(tensor => tensor.Name);
        foreach (OrtValue value in values)
            value.Dispose();
        return tensors;
    }

    public void Dispose() => _session.Dispose();

    private static SessionOptions Options() => new()
    {
        IntraOpNumThreads = 1,
        InterOpNumThreads = 1,
        ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
    };

    private static OrtValue Value(OnnxTensor tensor) => tensor.Values switch
    {
        float[] floats => OrtValue.CreateTensorValueFromMemory(floats, tensor.Shape),
        long[] numbers => OrtValue.CreateTensorValueFromMemory(numbers, tensor.Shape),
        _ => throw new NotSupportedException($"'{tensor.Name}' has values of {tensor.Values.GetType().GetElementType()}."),
    };

    private static OnnxTensor Read(string name, OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        Array values = info.ElementDataType switch
        {
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float => value.GetTensorDataAsSpan<float>().ToArray(),
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int64 => value.GetTensorDataAsSpan<long>().ToArray(),
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.UInt32 => value.GetTensorDataAsSpan<uint>().ToArray(),
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Bool => value.GetTensorDataAsSpan<bool>().ToArray(),
            _ => throw new NotSupportedException($"'{name}' has values of {info.ElementDataType}."),
        };
        return new OnnxTensor(name, values, info.Shape);
    }
}
