using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchLru(Func<string, Tensor> own, string path) : ITorchLayer
{
    private readonly Tensor _nu = own("nu_log"), _theta = own("theta_log"), _gamma = own("gamma_log");
    private readonly Tensor _in = own("weight_in"), _out = own("weight_out"), _skip = own("skip");

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        long steps = input.shape[1], states = _nu.shape[0];
        Tensor terms = Product(input, _in, pass).view(input.shape[0], steps, 2, states) * _gamma.exp();
        Tensor x = LinearRecurrence.Run(Factors().expand(1, steps, states), complex(terms.select(2, 0), terms.select(2, 1)), Start(pass.State));
        Tensor state = cat([x.real, x.imag], 2); // complex [B, T, N] → [B, T, 2 N]
        pass.State?.Put(path, state.narrow(1, steps - 1, 1));
        return Product(state, _out, pass).Addcmul(input, _skip, 1);
    }

    // λ, complex [N]
    private Tensor Factors()
    {
        Tensor radius = _nu.exp().neg().exp(), angle = _theta.exp();
        return complex(radius * angle.cos(), radius * angle.sin());
    }

    private Tensor? Start(TorchState? state)
    {
        if (state?.Take(path) is not { } carried)
            return null;
        Tensor[] parts = carried.chunk(2, 2);
        return complex(parts[0].contiguous(), parts[1].contiguous());
    }

    private static Tensor Product(Tensor x, Tensor weight, TorchPass pass) => pass.MatrixType is { } type
        ? nn.functional.linear(x.to_type(type), weight.to_type(type)).to_type(x.dtype)
        : nn.functional.linear(x, weight);
}
