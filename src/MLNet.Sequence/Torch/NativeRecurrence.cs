using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>libtorch's own recurrent modules of one layer, their parameters laid over ours.</summary>
internal static class NativeRecurrence
{
    /// <param name="make">Makes the module; its parameters are named as ours, with PyTorch's suffix.</param>
    /// <param name="prefix">What our names of its parameters begin with.</param>
    /// <param name="parameters">Where ours are; they own the module from now on.</param>
    public static T Make<T>(Func<T> make, string prefix, TorchParameters parameters) where T : nn.Module
    {
        T module;
        // The module draws first values that we lay ours over: the global random state must not show it.
        using (Tensor state = get_rng_state())
        {
            module = make();
            set_rng_state(state);
        }

        parameters.Own(module);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in module.named_parameters())
            parameters.LayOver(prefix + name[..^"_l0".Length], parameter);
        return module;
    }
}
