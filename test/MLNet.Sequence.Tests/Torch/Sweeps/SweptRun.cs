using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>The values of a layer in a pass, and the gradients of a sum of them with different factors.</summary>
internal sealed record SweptRun(double[] Output, double[] Weights, double[] Input)
{
    private const int Inputs = 3, Rows = 2;

    /// <param name="layer">The layer.</param>
    /// <param name="scale">The factor of its weights, which are uniform in ±0.5 before.</param>
    /// <param name="steps">T.</param>
    /// <param name="pass">How it runs.</param>
    public static SweptRun Of(Layer layer, double scale, int steps, TorchPass pass)
    {
        using NetworkProbe probe = Probe(layer, scale);
        return Of(probe, steps, x => probe.Network.Forward(x, pass));
    }

    /// <summary>Each output is the last one of its own run over this many steps, or over all up to it if there are fewer.</summary>
    public static SweptRun OfWindows(Layer layer, double scale, int steps, int window)
    {
        using NetworkProbe probe = Probe(layer, scale);
        Tensor Last(Tensor x, int step)
        {
            int first = Math.Max(0, step + 1 - window);
            return probe.Network.Forward(x.narrow(1, first, step + 1 - first), TorchPass.Scoring).narrow(1, step - first, 1);
        }

        return Of(probe, steps, x => cat([.. Enumerable.Range(0, steps).Select(step => Last(x, step))], 1));
    }

    public static NetworkProbe Probe(Layer layer, double scale, ScalarType type = ScalarType.Float64)
    {
        var scaled = new Weights();
        foreach (Weight weight in NetworkProbe.RandomWeights(layer, Inputs, seed: 5))
            scaled.Add(weight with { Values = [.. weight.Values.Select(value => (float)(scale * value))] });
        return new NetworkProbe(layer, Inputs, scaled, type);
    }

    /// <summary>The largest factor by which a step moves two runs apart that differ only in their first input.</summary>
    public static double Growth(Layer layer, double scale, int steps)
    {
        using NetworkProbe probe = Probe(layer, scale);
        SequenceBatch input = SequenceBatch.Random(1, steps, Inputs, seed: 4);
        double[] values = [.. input.Values];
        values[0] += 1e-6;
        double[] one = probe.Forward(input), other = probe.Forward(input with { Values = values });
        double[] apart = [.. one.Zip(other, (a, b) => Math.Abs(a - b)).Chunk(one.Length / steps).Select(step => step.Max())];
        return Enumerable.Range(1, steps - 1).Max(step => apart[step] / apart[step - 1]);
    }

    /// <summary>Asserts that all values are those of another run, to within <paramref name="tolerance"/>.</summary>
    public void AssertIs(SweptRun expected, double tolerance, string what)
    {
        Close.AssertEqual(expected.Output, Output, tolerance, $"{what}: outputs");
        Close.AssertEqual(expected.Weights, Weights, tolerance, $"{what}: gradients of the weights");
        Close.AssertEqual(expected.Input, Input, tolerance, $"{what}: gradients of the input");
    }

    private static SweptRun Of(NetworkProbe probe, int steps, Func<Tensor, Tensor> forward)
    {
        using var scope = NewDisposeScope();
        SequenceBatch input = SequenceBatch.Random(Rows, steps, Inputs, seed: 4);
        Tensor x = tensor(input.Values, [Rows, steps, Inputs]).to(TestDevice.Current).requires_grad_(true), y = forward(x);
        Tensor factors = tensor(SequenceBatch.Random(1, (int)y.numel(), 1, seed: 6).Values).view(y.shape).to(TestDevice.Current);
        BackwardPass.Run((y * factors).sum());
        return new SweptRun(NetworkProbe.ToArray(y), NetworkProbe.ToArray(probe.Network.Parameters.Gradients), NetworkProbe.ToArray(x.grad!));
    }
}
