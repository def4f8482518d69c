using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchLru(Func<string, Tensor> own, string path) : ITorchLayer
{
    private readonly Tensor _nu = own("nu_log"), _theta = own("theta_log"), _gamma = own("gamma_log");
    private readonly Tensor _in = own("weight_in"), _out = own("weight_out"), _skip = own("skip");

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor terms = Product(input, _in, pass); // [B, T, 2 N]: real parts, then imaginary
        Tensor? start = pass.State?.Take(path);
        Tensor state = KernelChoice.OfScan(terms, pass) ? ComplexFunction.Run(terms, stack([.. Factors(), _gamma.exp()]), start) : Composed(terms, start);
        pass.State?.Put(path, state.narrow(1, state.shape[1] - 1, 1));
        return Product(state, _out, pass).Addcmul(input, _skip, 1);
    }

    private Tensor Composed(Tensor terms, Tensor? start)
    {
        long steps = terms.shape[1], states = _nu.shape[0];
        Tensor[] factors = Factors();
        Tensor parts = terms.view(terms.shape[0], steps, 2, states) * _gamma.exp();
        Tensor x = LinearRecurrence.Run(
            complex(factors[0], factors[1]).expand(1, steps, states), complex(parts.select(2, 0), parts.select(2, 1)), start is null ? null : Complex(start));
        return cat([x.real, x.imag], 2); // complex [B, T, N] → [B, T, 2 N]
    }

    // λ: its real part and its imaginary part, [N] each
    private Tensor[] Factors()
    {
        Tensor radius = _nu.exp().neg().exp(), angle = _theta.exp();
        return [radius * angle.cos(), radius * angle.sin()];
    }

    private static Tensor Complex(Tensor carried)
    {
        Tensor[] parts = carried.chunk(2, 2);
        return complex(parts[0].contiguous(), parts[1].contiguous());
    }

    private static Tensor Product(Tensor x, Tensor weight, TorchPass pass) => pass.MatrixType is { } type
        ? nn.functional.linear(x.to_type(type), weight.to_type(type)).to_type(x.dtype)
        : nn.functional.linear(x, weight);
}
