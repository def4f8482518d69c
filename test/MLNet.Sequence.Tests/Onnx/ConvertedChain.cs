using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>A chain that ML.NET converts, and the outputs of its graph for rows.</summary>
internal static class ConvertedChain
{
    private const double Parity = 1e-4;

    // ML.NET's name for an output.
    private const string Suffix = ".output";

    /// <summary>The graph, or an error.</summary>
    public static byte[] Convert(ITransformer chain, IDataView rows)
    {
        using var file = new MemoryStream();
        new MLContext().Model.ConvertToOnnx(chain, rows, file);
        return file.ToArray();
    }

    /// <summary>The graph in ONNX Runtime, which must log no warning about it.</summary>
    public static OnnxSession Open(ITransformer chain, IDataView rows) => OnnxLog.Quietly(() => new OnnxSession(Convert(chain, rows)));

    /// <summary>Fails if <c>ApplyOnnxModel</c> gives these columns other values than the chain, row by row.</summary>
    public static void AssertSame(ITransformer chain, IDataView rows, params string[] columns)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.At("chain.onnx"), Convert(chain, rows));
        string[] inputs = [.. rows.Schema.Select(column => column.Name)], outputs = [.. columns.Select(column => column + Suffix)];
        // ML.NET's own nodes for values of keys declare one key; ONNX Runtime warns if there are more.
        OnnxLog.Aside(() =>
        {
            using OnnxTransformer applied = new MLContext().Transforms
                .ApplyOnnxModel(outputs, inputs, folder.At("chain.onnx"), gpuDeviceId: null, fallbackToCpu: false).Fit(rows);
            IDataView expected = chain.Transform(rows), found = applied.Transform(rows);
            foreach (string column in columns)
                AssertSame(Read(expected, column), Read(found, column), column);
            AssertVaries(expected, columns);
        });
    }

    /// <summary>Fails if the graph gives a batch of rows other values than the chain. Missing values may follow shorter rows.</summary>
    public static void AssertSame(ITransformer chain, IDataView rows, OnnxTensor batch, params string[] columns)
    {
        using OnnxSession session = Open(chain, rows);
        Dictionary<string, OnnxTensor> found = session.Run(batch);
        IDataView expected = chain.Transform(rows);
        foreach (string column in columns)
        {
            object[][] before = Read(expected, column);
            OnnxTensor output = found[column + Suffix];
            Assert.HasCount(2, output.Shape, column);
            object[][] after = [.. output.Values.Cast<object>().Chunk((int)output.Shape[1])];
            AssertSame(before, [.. after.Zip(before, (row, same) => row[..same.Length])], column);
            IEnumerable<object> beyond = after.Zip(before, (row, same) => row[same.Length..]).SelectMany(row => row);
            Assert.IsTrue(beyond.All(value => value is float.NaN or 0u), $"{column}: what follows a row is missing");
        }

        AssertVaries(expected, columns);
    }

    /// <summary>The values of a column; a scalar is one value.</summary>
    public static object[][] Read(IDataView view, string column)
    {
        DataViewType type = view.Schema[column].Type;
        Type item = type is VectorDataViewType vector ? vector.ItemType.RawType : type.RawType;
        return item == typeof(float) ? Read<float>(view, column)
            : item == typeof(uint) ? Read<uint>(view, column)
            : item == typeof(bool) ? Read<bool>(view, column)
            : Array.ConvertAll(Read<ReadOnlyMemory<char>>(view, column), row => Array.ConvertAll(row, text => (object)text.ToString()!));
    }

    private static object[][] Read<T>(IDataView view, string column) => view.Schema[column].Type is VectorDataViewType
        ? [.. view.GetColumn<VBuffer<T>>(column).Select(row => row.DenseValues().Cast<object>().ToArray())]
        : [.. view.GetColumn<T>(column).Select(value => new object[] { value! })];

    private static void AssertSame(object[][] expected, object[][] found, string what)
    {
        CollectionAssert.AreEqual(Array.ConvertAll(expected, row => row.Length), Array.ConvertAll(found, row => row.Length), $"{what}: sizes of rows");
        object[] before = [.. expected.SelectMany(row => row)], after = [.. found.SelectMany(row => row)];
        if (before is not [float, ..])
        {
            CollectionAssert.AreEqual(before, after, $"{what}: {string.Join(", ", before)} became {string.Join(", ", after)}");
            return;
        }

        CollectionAssert.AreEqual(Array.ConvertAll(before, value => value is float.NaN), Array.ConvertAll(after, value => value is float.NaN), $"{what}: NaN");
        Close.AssertEqual(Numbers(before), Numbers(after), Parity, what);
    }

    // A probability may be 1 in all rows, but a network without its weights gives one value everywhere.
    private static void AssertVaries(IDataView view, string[] columns) => Assert.IsTrue(
        columns.Any(column => Read(view, column).SelectMany(row => row).OfType<float>().Distinct().Count() > 1), "the values do not depend on the row");

    private static double[] Numbers(object[] values) => Close.Doubles(values.Cast<float>().Where(value => !float.IsNaN(value)));
}
