using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Tests.Hosting;

[TestClass]
public sealed class ModelStreamTests
{
    // Where ML.NET's model header keeps the version that wrote the model and the oldest one that can read it.
    private const int VersionWritten = 0x48;
    private const int VersionNeeded = 0x4C;

    private static readonly byte[] ModelBytes = [1, 2, 3, 4, 5];

    private readonly MLContext _ml = new();

    [TestMethod]
    public void A_transformer_saves_the_models_bytes_as_one_stream()
    {
        using var file = new ZipArchive(Saved());

        using Stream stream = Find(file, "Model").Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        CollectionAssert.AreEqual(ModelBytes, bytes.ToArray());
    }

    [TestMethod]
    public void A_model_of_a_newer_version_is_refused_with_both_versions_named()
    {
        MemoryStream saved = Saved();
        using (var file = new ZipArchive(saved, ZipArchiveMode.Update, leaveOpen: true))
        {
            using Stream header = Find(file, "Model.key").Open();
            byte[] bytes = new byte[header.Length];
            header.ReadExactly(bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(VersionWritten), 0x00020000);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(VersionNeeded), 0x00020000);
            header.Position = 0;
            header.Write(bytes);
        }

        StringAssert.Contains(LoadError(saved), "newer version of MLNet.Sequence");
        StringAssert.Contains(LoadError(saved), "00020000");
        StringAssert.Contains(LoadError(saved), "00010001");
    }

    [TestMethod]
    public void A_model_without_its_bytes_is_refused()
    {
        MemoryStream saved = Saved();
        using (var file = new ZipArchive(saved, ZipArchiveMode.Update, leaveOpen: true))
            Find(file, "Model").Delete();

        StringAssert.Contains(LoadError(saved), "it has no part named 'Model'");
    }

    private MemoryStream Saved()
    {
        var stream = new MemoryStream();
        _ml.Model.Save(new Transformer(), null, stream);
        stream.Position = 0;
        return stream;
    }

    // ML.NET wraps the exceptions of a loader. The cause is the innermost one.
    private string LoadError(MemoryStream saved)
    {
        saved.Position = 0;
        Exception error = Assert.Throws<Exception>(() => _ml.Model.Load(saved, out _));
        return error.GetBaseException().Message;
    }

    private static ZipArchiveEntry Find(ZipArchive file, string name) => file.Entries.Single(entry => entry.Name == name);

    // Its bytes are not a model.
    private sealed class Transformer : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IDataView Transform(IDataView input) => input;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new InvalidOperationException();

        void ICanSaveModel.Save(ModelSaveContext ctx) => SavedParts.Save(ctx, ModelLoader.ModelPart, model => model.Write(ModelBytes));
    }
}
