using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Certificates;

/// <summary>Layers one after the other.</summary>
internal sealed class ChainBound(IReadOnlyList<LayerBound> layers, ValueRange output) : LayerBound(output)
{
    public override IReadOnlyList<LayerBound> Inner => layers;

    public static ChainBound Make(int count, Func<int, ValueRange, LayerBound> child, ValueRange input)
    {
        var layers = new List<LayerBound>();
        for (int i = 0; i < count; i++)
        {
            layers.Add(child(i, input));
            input = layers[^1].Output;
        }

        return new ChainBound(layers, input);
    }

    /// <summary>Vectors of tokens times √d, the inner layer, and the product with all vectors.</summary>
    public static ChainBound Tied(TiedEmbedding layer, double[] vectors, double[] bias, Func<int, ValueRange, LayerBound> child)
    {
        double scale = Math.Sqrt(layer.Size);
        var layers = new List<LayerBound> { PlainBound.Embedding([.. vectors.Select(value => scale * value)], layer.Size) };
        for (int i = 0; i < layer.Children(1).Count(); i++)
            layers.Add(child(i, layers[^1].Output));
        layers.Add(PlainBound.Dense(vectors, bias, layers[^1].Output));
        return new ChainBound(layers, layers[^1].Output);
    }

    public override DifferenceStep Start(Past past)
    {
        DifferenceStep[] steps = [.. layers.Select(layer => layer.Start(past))];
        return input => steps.Aggregate(input, (difference, step) => step(difference));
    }
}

/// <summary>Layers with one input; their outputs are concatenated.</summary>
internal sealed class BranchBound(IReadOnlyList<LayerBound> branches) : LayerBound(new ValueRange(
    [.. branches.SelectMany(branch => branch.Output.Low)], [.. branches.SelectMany(branch => branch.Output.High)]))
{
    public override IReadOnlyList<LayerBound> Inner => branches;

    public override DifferenceStep Start(Past past)
    {
        DifferenceStep[] steps = [.. branches.Select(branch => branch.Start(past))];
        return input =>
        {
            Difference[] parts = [.. steps.Select(step => step(input))];
            return new Difference([.. parts.SelectMany(part => part.Channels.ToArray())], Outward.Length([.. parts.Select(part => part.Length)]));
        };
    }
}

/// <summary>One layer on the first channels and one on the last.</summary>
internal static class SplitBound
{
    public static LayerBound Make(ChannelSplit layer, Func<int, ValueRange, LayerBound> child, ValueRange input)
    {
        int head = input.Count - layer.TailChannels;
        LayerBound first = Part(0, head), last = Part(head, layer.TailChannels);
        return layer.Sum ? new SumBound(first, last) : new BranchBound([first, last]);

        LayerBound Part(int from, int count)
        {
            var range = new ValueRange(input.Low[from..(from + count)], input.High[from..(from + count)]);
            LayerBound inner = child(from == 0 ? 0 : 1, range);
            return new ChainBound([new PlainBound(range, difference => new Difference(difference.Channels.Slice(from, count).ToArray(), difference.Length)),
                inner], inner.Output);
        }
    }
}

/// <summary>The sum of two layers with one input.</summary>
internal sealed class SumBound(LayerBound one, LayerBound other) : LayerBound(one.Output.Plus(other.Output))
{
    public override IReadOnlyList<LayerBound> Inner => [one, other];

    public override DifferenceStep Start(Past past)
    {
        (DifferenceStep first, DifferenceStep second) = (one.Start(past), other.Start(past));
        return input => first(input).Plus(second(input));
    }
}

/// <summary>Blocks whose outputs continue through a residual connection, and into a separate sum.</summary>
internal sealed class SkipBound(IReadOnlyList<(LayerBound Block, LayerBound Skip, LayerBound? Residual)> blocks, ValueRange output) : LayerBound(output)
{
    public override IReadOnlyList<LayerBound> Inner => [.. blocks.SelectMany(one => new[] { one.Block, one.Skip, one.Residual }).OfType<LayerBound>()];

    public static SkipBound Make(SkipSum layer, Func<int, ValueRange, LayerBound> child, ValueRange input)
    {
        var blocks = new List<(LayerBound Block, LayerBound Skip, LayerBound? Residual)>();
        ValueRange? sum = null;
        for (int i = 0; i < layer.Blocks.Count; i++)
        {
            LayerBound block = child(3 * i, input), skip = child(3 * i + 1, block.Output);
            LayerBound? residual = i < layer.Blocks.Count - 1 ? child(3 * i + 2, block.Output) : null;
            blocks.Add((block, skip, residual));
            sum = sum?.Plus(skip.Output) ?? skip.Output;
            input = residual is null ? input : input.Plus(residual.Output);
        }

        return new SkipBound(blocks, sum!);
    }

    public override DifferenceStep Start(Past past)
    {
        var steps = blocks.Select(one => (Block: one.Block.Start(past), Skip: one.Skip.Start(past), Residual: one.Residual?.Start(past))).ToArray();
        return input =>
        {
            Difference? sum = null;
            foreach ((DifferenceStep block, DifferenceStep skip, DifferenceStep? residual) in steps)
            {
                Difference inside = block(input), part = skip(inside);
                sum = sum?.Plus(part) ?? part;
                input = residual is null ? input : input.Plus(residual(inside));
            }

            return sum!;
        };
    }
}
