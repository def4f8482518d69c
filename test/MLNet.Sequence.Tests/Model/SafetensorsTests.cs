using System.Buffers.Binary;
using System.Text;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Tests.Model;

[TestClass]
public sealed class SafetensorsTests
{
    [TestMethod]
    public void A_file_written_by_the_formats_definition_is_read()
    {
        const string Two = """{"dtype":"F32","shape":[2],"data_offsets":[4,12]}""", One = """{"dtype":"F32","shape":[],"data_offsets":[0,4]}""";
        Weights weights = Read($$"""{"__metadata__":{"format":"pt"},"b":{{Two}},"a":{{One}}}""", 1, 2, 3);

        Assert.HasCount(2, weights);
        CollectionAssert.AreEqual(new[] { 1f }, weights["a"].Values.Items);
        Assert.IsEmpty(weights["a"].Shape);
        CollectionAssert.AreEqual(new[] { 2f, 3f }, weights["b"].Values.Items);
    }

    [TestMethod]
    [DataRow("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,4]}}""", "The weight 'a' has type F16; expected F32.")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,16]}}""", "The weight 'a' is outside the file's 12 bytes of values.")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "The weight 'a' is outside")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""", "The weight 'a' is outside")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "The weight 'a' must begin and end")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,12]}}""", "Weight 'a' has shape [2, 2], which holds 4 values; found 3.")]
    [DataRow("""{"a":{"dtype":"F32","shape":[-1,-3],"data_offsets":[0,12]}}""", "The weight 'a' has an impossible shape: [-1, -3].")]
    [DataRow("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", "The weights' header is damaged")]
    [DataRow("""{"a":{"dtype":1,"shape":[1],"data_offsets":[0,4]}}""", "The weights' header is damaged")]
    [DataRow("""{"a":{"dtype":"F32","shape":["x"],"data_offsets":[0,4]}}""", "The weights' header is damaged")]
    [DataRow("""{"a":{"dtype":"F32","shape":[99999999999],"data_offsets":[0,4]}}""", "The weight 'a' has an impossible shape: [99999999999].")]
    [DataRow("""{"a":1}""", "The weights' header is damaged")]
    [DataRow("""{"__metadata__":1}""", "The weights' header is damaged")]
    [DataRow("[]", "The weights' header is damaged")]
    [DataRow("{ ", "The weights' header is damaged")]
    public void A_header_that_is_wrong_is_refused(string header, string message) =>
        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => Read(header, 1, 2, 3)).Message, message);

    [TestMethod]
    public void A_length_that_is_wrong_is_refused()
    {
        foreach (long length in new[] { -1, 0, 1, 3, long.MaxValue })
        {
            byte[] file = new byte[10];
            BinaryPrimitives.WriteInt64LittleEndian(file, length);
            StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => Safetensors.Read(file)).Message, "The stated length of the weights' header is");
        }

        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => Safetensors.Read(new byte[7])).Message, "The weights end before their header.");
    }

    [TestMethod]
    public void A_text_travels_in_the_metadata()
    {
        var weights = new Weights();
        weights.Add(new Weight("a", [1, 2], [float.NaN, -0f]));
        using var stream = new MemoryStream();
        Safetensors.Write(stream, weights, "\"quoted\" \u00e4");

        Weights read = Safetensors.Read(stream.ToArray(), out string? text);

        Assert.AreEqual("\"quoted\" \u00e4", text);
        CollectionAssert.AreEqual(
            weights["a"].Values.Select(BitConverter.SingleToInt32Bits).ToArray(), read["a"].Values.Select(BitConverter.SingleToInt32Bits).ToArray());
    }

    private static Weights Read(string header, params float[] values)
    {
        byte[] file = new byte[8 + Encoding.UTF8.GetByteCount(header) + 4 * values.Length];
        int length = Encoding.UTF8.GetBytes(header, file.AsSpan(8));
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(8 + length + 4 * i), values[i]);
        return Safetensors.Read(file);
    }
}
