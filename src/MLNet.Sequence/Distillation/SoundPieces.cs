using System.Runtime.InteropServices;
using MLNet.Sequence.Data;
using static TorchSharp.torch;

namespace MLNet.Sequence.Distillation;

/// <summary>Pieces of rows, drawn at random.</summary>
internal sealed class SoundPieces
{
    private readonly SequenceSet _set;
    private readonly SequenceModel _teacher;
    private readonly SequenceInput _input;
    private readonly int[] _rows;
    private readonly int _length;

    /// <exception cref="InvalidOperationException">No row is longer than a piece.</exception>
    public SoundPieces(SequenceSet set, SequenceModel teacher, int length)
    {
        (_set, _teacher, _input, _length) = (set, teacher, teacher.Task.RowInput!, length);
        _rows = [.. Enumerable.Range(0, set.Count).Where(row => set.Length(row) > length)];
        if (_rows.Length == 0)
            throw new InvalidOperationException($"No row has more samples than PieceLength = {length}; the longest has {set.Longest}. Choose shorter pieces.");
    }

    /// <summary>Loads pieces: frames [B, T, K], static values [B, S], and the levels of the recorded samples, [B, T].</summary>
    public SoundPiece Draw(RandomStream random, int count)
    {
        int width = _input.RowSize, known = _input.Conditions?.KnownSize ?? 0, apart = _input.Conditions?.StaticSize ?? 0, classes = _input.Tokens!.Count;
        Tensor frames = zeros(count, _length, known), statics = zeros(count, apart), levels = zeros(count, _length);
        Span<float> toFrames = Floats(frames), toStatics = Floats(statics), toLevels = Floats(levels);
        var rows = new double[(_length + 1) * width];
        var seen = new float[rows.Length];
        for (int i = 0; i < count; i++)
        {
            int row = _rows[random.NextInt64(_rows.Length)];
            _set.CopyTo(row, rows, random.NextInt64(_set.Length(row) - _length));
            _teacher.Scaling.Pooled.ApplyOrMean(rows, seen);
            for (int t = 0; t < _length; t++)
            {
                // The row before a sample has the frame of that sample.
                seen.AsSpan(t * width + 1, known).CopyTo(toFrames[((i * _length + t) * known)..]);
                toLevels[i * _length + t] = (float)(2 * rows[(t + 1) * width] / (classes - 1) - 1);
            }

            seen.AsSpan(1 + known, apart).CopyTo(toStatics[(i * apart)..]);
        }

        return new SoundPiece(frames, apart == 0 ? null : statics, levels);
    }

    private static Span<float> Floats(Tensor tensor) => tensor.numel() == 0 ? [] : MemoryMarshal.Cast<byte, float>(tensor.bytes);
}

/// <summary>Pieces of rows.</summary>
/// <param name="Frames">[B, T, K].</param>
/// <param name="Static">[B, S]; null: none.</param>
/// <param name="Levels">[B, T], from −1 to 1.</param>
internal sealed record SoundPiece(Tensor Frames, Tensor? Static, Tensor Levels);
