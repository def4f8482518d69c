using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>libtorch's own recurrent modules of one layer, their parameters laid over ours.</summary>
internal static class NativeRecurrence
{
    // cuDNN refuses 65,536 steps (CUDNN_STATUS_NOT_SUPPORTED).
    private const int LongestOnCuda = 16_384;

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
        parameters.LayOver([.. module.named_parameters().Select(own => (prefix + own.name[..^"_l0".Length], (Tensor)own.parameter))]);
        if (constraint is not null)
            parameters.Constraints.Add(constraint);
        return module;
    }

    /// <summary>
    /// Runs a module over a sequence, in parts of <see cref="TorchPass.Longest"/> steps where it is longer, each from the state that the
    /// one before it left. Gradients flow through all parts.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="call">Calls it: from [B, T, C] and the state before it, null for zeros, to [B, T, H] and the state after it.</param>
    /// <param name="input">[B, T, C].</param>
    /// <param name="start">The state before the first step; null: zeros.</param>
    /// <param name="pass">What the layer was given.</param>
    public static (Tensor Output, Tensor[] State) Run(
        nn.Module module, Func<Tensor, Tensor[]?, (Tensor Output, Tensor[] State)> call, Tensor input, Tensor[]? start, TorchPass pass)
    {
        // In training cuDNN keeps what a backward pass needs, and refuses that pass without it.
        if (module.training != is_grad_enabled())
            module.train(is_grad_enabled());
        int? longest = pass.Longest ?? (input.device_type == DeviceType.CUDA ? LongestOnCuda : null);
        if (longest is not { } steps || input.shape[1] <= steps)
            return call(input, start);
        var outputs = new List<Tensor>();
        foreach (Tensor part in input.split(steps, 1))
        {
            (Tensor output, start) = call(part, start);
            outputs.Add(output);
        }

        return (cat(outputs, 1), start!);
    }
}
