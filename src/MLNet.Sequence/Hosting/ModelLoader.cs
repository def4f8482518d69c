using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.ByTask;

namespace MLNet.Sequence.Hosting;

/// <summary>Entry point that ML.NET calls to load what <see cref="SavedParts"/> saved.</summary>
internal static class ModelLoader
{
    /// <summary>At most 24 characters: ML.NET's header holds no more.</summary>
    public const string Signature = "MLNet.Sequence";

    public const string ModelPart = "Model";

    // The parts that the library saves, each under its own name.
    private static readonly string[] Parts = [ModelPart, SlidingWindowTransformer.Part, AnomalyTransformer.Part];

    // The frame around the model's bytes. The bytes have their own format version.
    private const uint Written = 0x00010001;
    private const uint ReadableBy = 0x00010001;
    private const uint OldestRead = 0x00010001;

    public static VersionInfo Version => new(
        modelSignature: "MLNETSEQ", // exactly 8 characters
        verWrittenCur: Written,
        verReadableCur: ReadableBy,
        verWeCanReadBack: OldestRead,
        loaderSignature: Signature,
        loaderAssemblyName: typeof(ModelLoader).Assembly.FullName);

    // ML.NET finds this method by its name and its parameters.
    public static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(ctx);
        uint needed = ctx.Header.ModelVerReadable;
        if (needed > Written)
        {
            throw env.ExceptDecode($"The sequence model was saved by a newer version of MLNet.Sequence: it needs a reader "
                + $"of format {needed:x8}, this one ({typeof(ModelLoader).Assembly.GetName().Version}) reads up to {Written:x8}. "
                + "Update the package MLNet.Sequence.");
        }

        ctx.CheckAtModel(Version);

        foreach (string part in Parts)
        {
            // Copied out: the entry's stream exists only during the call and may not support seeking.
            using var saved = new MemoryStream();
            if (!ctx.TryLoadBinaryStream(part, reader => reader.BaseStream.CopyTo(saved)))
                continue;
            saved.Position = 0;
            return TransformerFactory.Create(env, part, saved);
        }

        using Repository.Entry? bare = ctx.Repository.OpenEntryOrNull("model.json");
        if (bare is not null)
            throw env.ExceptDecode(
                "This is a file of SequenceModel.Save, the model alone: SequenceModel.Load reads it. ml.Model.Load reads what ml.Model.Save wrote.");
        throw env.ExceptDecode($"The saved sequence model is damaged: it has no part named {string.Join(" or ", Parts.Select(part => $"'{part}'"))}.");
    }
}
