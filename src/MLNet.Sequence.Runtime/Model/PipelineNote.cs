using System.Buffers.Binary;
using System.Text;

namespace MLNet.Sequence.Model;

/// <summary>
/// The entry of a model's file that <c>ml.Model.Load</c> looks for: a header in ML.NET's format that names the library's loader and has no
/// content, so that the loader can say what reads such a file.
/// </summary>
internal static class PipelineNote
{
    /// <summary>Where ML.NET keeps the transformer of a saved model.</summary>
    public const string Entry = "TransformerChain/Model.key";

    private const int HeaderLength = 0x100;
    private const string Assembly = "MLNet.Sequence";

    // Both are 'ML MODEL', with a zero instead of the space; the second one reversed.
    private const ulong Begin = 0x4C45444F4D004C4D, End = 0x4D4C004D4F44454C;

    public static byte[] Bytes()
    {
        byte[] name = Encoding.Unicode.GetBytes(Assembly), file = new byte[HeaderLength + name.Length + sizeof(ulong)];
        void Write(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at), value);
        Write(0x00, (long)Begin);
        Write(0x08, 0x0001000200010002); // the format of the header: written, readable by
        Write(0x10, HeaderLength); // where the model's own bytes begin; there are none
        Encoding.ASCII.GetBytes("MLNETSEQ").CopyTo(file, 0x40);
        Write(0x48, 0x0001000100010001); // the format of the model's bytes
        Encoding.ASCII.GetBytes("MLNet.Sequence").CopyTo(file, 0x50); // the loader
        Write(0x80, HeaderLength + name.Length); // offsets of the end mark and of the end of the file
        Write(0x88, file.Length);
        Write(0x90, HeaderLength); // the assembly's name
        Write(0x98, name.Length);
        name.CopyTo(file, HeaderLength);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(HeaderLength + name.Length), End);
        return file;
    }
}
