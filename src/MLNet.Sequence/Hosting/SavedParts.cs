using Microsoft.ML;

namespace MLNet.Sequence.Hosting;

/// <summary>
/// A transformer of this library is saved as one binary stream, a model as the bytes that its own file has, so that <c>ml.Model.Save</c> and
/// <c>ml.Model.Load</c> need nothing but this library.
/// </summary>
internal static class SavedParts
{
    /// <param name="ctx">Where ML.NET saves.</param>
    /// <param name="part">The name of the stream, by which it is read back.</param>
    /// <param name="write">Writes the bytes. The stream may not seek.</param>
    public static void Save(ModelSaveContext ctx, string part, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ctx.CheckAtModel();
        ctx.SetVersionInfo(ModelLoader.Version);
        ctx.SaveBinaryStream(part, writer =>
        {
            writer.Flush();
            write(writer.BaseStream);
        });
    }
}
