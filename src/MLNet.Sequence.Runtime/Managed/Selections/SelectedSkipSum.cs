namespace MLNet.Sequence.Managed;

/// <summary>Of each block the wanted steps, for their sum, and the steps that the blocks behind it read.</summary>
internal sealed class SelectedSkipSum : ISelectedLayer
{
    private readonly ManagedDense[] _skips, _residuals;
    private readonly Block[] _blocks;
    private readonly int _width, _rows;

    /// <param name="inner">The inner layer of each block.</param>
    /// <param name="dense">The skip of each block, and the residual of each but the last.</param>
    /// <param name="wanted">The wanted steps, ascending.</param>
    /// <param name="steps">The steps of the sequence.</param>
    public SelectedSkipSum(IManagedLayer[] inner, (ManagedDense[] Skips, ManagedDense[] Residuals) dense, int[] wanted, int steps)
    {
        (_skips, _residuals, _width) = (dense.Skips, dense.Residuals, inner[0].InputSize);
        _blocks = new Block[inner.Length];
        int[] next = [];
        for (int i = inner.Length - 1; i >= 0; i--)
        {
            int[] given = StepPlaces.Union(wanted, next);
            ISelectedLayer layer = inner[i].Select(given, steps);
            int[] reads = StepPlaces.Union(layer.Reads, next);
            _blocks[i] = new Block(layer, inner[i].OutputSize, given.Length, new StepPlaces(layer.Reads, reads), new StepPlaces(wanted, given))
            {
                NextInside = new StepPlaces(next, given),
                NextBefore = new StepPlaces(next, reads),
            };
            next = reads;
        }

        Reads = next;
        _rows = next.Length;
        WorkSize = 2 * _rows * _width + _blocks.Max(block => block.Given * block.Width + Math.Max(
            block.Reads.WorkSize(_width) + block.Layer.WorkSize, Math.Max(block.Wanted.Count, block.NextInside.Count) * block.Width));
    }

    public int[] Reads { get; }

    public int WorkSize { get; }

    public void Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work)
    {
        Span<float> here = work[..(_rows * _width)], there = work.Slice(here.Length, here.Length), rest = work[(2 * here.Length)..];
        output.Clear();
        for (int i = 0; i < _blocks.Length; i++)
        {
            Block block = _blocks[i];
            Span<float> inside = rest[..(block.Given * block.Width)], own = rest[inside.Length..];
            ReadOnlySpan<float> read = block.Reads.Of(input, _width, own);
            block.Layer.Run(read, inside, own[block.Reads.WorkSize(_width)..]);
            _skips[i].Add(block.Wanted.Of(inside, block.Width, own), output, block.Wanted.Count);
            if (i == _residuals.Length)
                break;
            // The channels behind those of the residual stay.
            block.NextBefore.CopyTo(input, (0, _width, _width), here);
            ReadOnlySpan<float> added = block.NextInside.Of(inside, block.Width, own);
            for (int t = 0; t < block.NextInside.Count; t++)
                _residuals[i].Add(added.Slice(t * block.Width, block.Width), here.Slice(t * _width, _residuals[i].OutputSize));
            input = here[..(block.NextInside.Count * _width)];
            Span<float> other = there;
            there = here;
            here = other;
        }
    }

    // Given: the steps of the inner layer's output. Reads: what it reads of the block's input.
    private sealed record Block(ISelectedLayer Layer, int Width, int Given, StepPlaces Reads, StepPlaces Wanted)
    {
        // What the next block reads, in the inner layer's output and in the block's input.
        public required StepPlaces NextInside { get; init; }

        public required StepPlaces NextBefore { get; init; }
    }
}
