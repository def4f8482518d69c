using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>libtorch's own recurrent modules of one layer, their parameters laid over ours.</summary>
internal static class NativeRecurrence
{
    /// <param name="make">Makes the module; its parameters are named as ours, with PyTorch's suffix.</param>
    /// <param name="prefix">What our names of its parameters begin with.</param>
    /// <param name="parameters">Where ours are; they own the module from now on.</param>
    /// <param name="constraint">What keeps the layer stable while it is trained; null: nothing.</param>
    public static T Make<T>(Func<T> make, string prefix, TorchParameters parameters, ITorchConstraint? constraint) where T : nn.Module
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
        if (constraint is not null)
            parameters.Constraints.Add(constraint);
        return module;
    }
}
