namespace MLNet.Sequence.Torch;

/// <summary>Matrices whose rows are adjacent, of any width.</summary>
internal static class Lines
{
    /// <summary>Copies the columns that both have; the others stay as they are.</summary>
    /// <param name="from">[rows, <paramref name="columns"/>].</param>
    /// <param name="columns">The columns of the source.</param>
    /// <param name="to">[rows, <paramref name="width"/>].</param>
    /// <param name="width">The columns of the destination.</param>
    public static void Copy(ReadOnlySpan<float> from, int columns, Span<float> to, int width)
    {
        if (columns == width)
        {
            from[..Math.Min(from.Length, to.Length)].CopyTo(to);
            return;
        }

        int both = Math.Min(columns, width);
        for (; from.Length >= both && to.Length >= both && from.Length > 0; from = from[columns..], to = to[width..])
            from[..both].CopyTo(to);
    }
}
