using System.Runtime.InteropServices;
using Google.Protobuf;
using MLNet.Sequence.Model;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>A graph with its weights as the bytes of one file, or of two files if the weights are too large for one.</summary>
internal sealed class OnnxFile(OnnxGraph graph, IReadOnlyDictionary<string, string> metadata)
{
    private const int IrVersion = 8;

    // Weights begin at whole pages, so that a reader can memory-map them; small ones stay with the graph.
    private const int Page = 4096;

    private const string DataSuffix = ".data";

    private long WeightBytes => graph.Weights.Sum(weight => Size(weight.Values));

    /// <summary>Each file appears complete or not at all, and the weights appear first, so there is never a graph without its weights.</summary>
    public void Write(string path, long largestInside)
    {
        if (WeightBytes <= largestInside)
        {
            AtomicFile.Write(path, stream => Write(stream, largestInside));
            return;
        }

        string data = Path.GetFullPath(path) + DataSuffix;
        AtomicFile.Write(path, stream =>
        {
            List<float[]> outside = SetOutside(Path.GetFileName(data));
            Model().WriteTo(stream);
            AtomicFile.Write(data, file => WriteData(file, outside));
        });
    }

    public void Write(Stream stream, long largestInside)
    {
        if (WeightBytes > largestInside)
            throw new NotSupportedException($"The weights are {WeightBytes} bytes, too many for one ONNX message: save to a path; "
                + "the weights are then written to a separate file next to it.");
        foreach ((TensorProto tensor, float[] values) in graph.Weights)
            SetInside(tensor, values);
        Model().WriteTo(stream);
    }

    private ModelProto Model()
    {
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "MLNet.Sequence",
            ProducerVersion = typeof(OnnxFile).Assembly.GetName().Version!.ToString(3),
            DocString = string.Join("\n", metadata.Select(entry => $"{entry.Key}: {entry.Value}")),
            OpsetImport = { new OperatorSetIdProto { Version = graph.OperatorSet } },
            Graph = graph.Proto,
        };
        model.MetadataProps.Add(metadata.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }));
        return model;
    }

    private List<float[]> SetOutside(string location)
    {
        var outside = new List<float[]>();
        long offset = 0;
        foreach ((TensorProto tensor, float[] values) in graph.Weights)
        {
            if (Size(values) < Page)
            {
                SetInside(tensor, values);
                continue;
            }

            tensor.DataLocation = DataLocation.External;
            foreach ((string key, string value) in new[] { ("location", location), ("offset", $"{offset}"), ("length", $"{Size(values)}") })
                tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
            offset += (Size(values) + Page - 1) / Page * Page;
            outside.Add(values);
        }

        return outside;
    }

    private static void WriteData(Stream file, List<float[]> weights)
    {
        foreach (float[] values in weights)
        {
            file.Position = (file.Position + Page - 1) / Page * Page;
            const int chunk = 1 << 24; // what a span of bytes can hold
            for (int i = 0; i < values.Length; i += chunk)
                file.Write(MemoryMarshal.AsBytes(values.AsSpan(i, Math.Min(chunk, values.Length - i))));
        }
    }

    private static void SetInside(TensorProto tensor, float[] values) => tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));

    private static long Size(float[] values) => sizeof(float) * values.LongLength;
}
