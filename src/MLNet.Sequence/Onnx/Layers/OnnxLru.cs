using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>The state is x, first the real and then the imaginary parts: [B, 2 N].</summary>
internal sealed class OnnxLru(LruLayer layer, OnnxWeights own) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        int n = layer.States;
        OnnxGraph graph = input.Graph;
        double[] gamma = [.. own.Values("gamma_log").Select(value => Math.Exp(value))];
        OnnxValue terms = own.Multiply(input, "weight_in") * own.Made(graph, "gamma", [.. gamma.Concat(gamma).Select(value => (float)value)], 2 * n);
        (OnnxValue real, OnnxValue imaginary) = (Factor(graph, "real", Math.Cos), Factor(graph, "imaginary", Math.Sin));
        // λ x, with x = a + ib
        OnnxValue Next(OnnxValue x, OnnxValue term)
        {
            OnnxValue[] parts = x.Split(-1, 2, n);
            (OnnxValue a, OnnxValue b) = (parts[0], parts[1]);
            return (a * real - b * imaginary).Concat(-1, b * real + a * imaginary) + term;
        }

        OnnxValue state;
        if (pass.State is null)
        {
            state = OnnxScan.Run([terms], [2 * n], (x, at) => [Next(x[0], at[0])])[0];
        }
        else
        {
            OnnxValue before = pass.State.Take(own.Path("x"), 2 * n);
            state = Next(before, terms);
            pass.State.Put(before, state);
        }

        return own.Multiply(state, "weight_out") + input * own.As(graph, "skip");
    }

    // The real or imaginary part of λ = exp(−exp(ν) + i exp(θ)), [N]
    private OnnxValue Factor(OnnxGraph graph, string name, Func<double, double> part)
    {
        float[] nu = own.Values("nu_log"), theta = own.Values("theta_log");
        return own.Made(graph, $"lambda_{name}", [.. nu.Zip(theta, (v, t) => (float)(Math.Exp(-Math.Exp(v)) * part(Math.Exp(t))))], layer.States);
    }
}
