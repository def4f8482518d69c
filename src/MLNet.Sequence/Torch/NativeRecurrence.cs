using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>A recurrent layer: from [B, T, C] and the first state, null for zeros, to [B, T, H] and the last state, each [1, B, H].</summary>
internal delegate (Tensor Output, Tensor[] State) RecurrentCall(Tensor input, Tensor[]? start);

/// <summary>libtorch's own recurrent modules of one layer, with parameters that share memory with ours.</summary>
internal static class NativeRecurrence
{
    // cuDNN refuses 65,536 steps (CUDNN_STATUS_NOT_SUPPORTED).
    private const int LongestOnCuda = 16_384;

    /// <param name="make">Creates the module; its parameters have our names, with PyTorch's suffix.</param>
    /// <param name="prefix">The prefix of our names of its parameters.</param>
    /// <param name="parameters">Our parameters; they own the module from now on.</param>
    /// <param name="constraint">The stability constraint during training; null: none.</param>
    public static T Make<T>(Func<T> make, string prefix, TorchParameters parameters, ITorchConstraint? constraint) where T : nn.Module
    {
        T module;
        // The module draws initial values, which ours replace: the global random state must not change.
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

    /// <summary>The weights of a layer.</summary>
    /// <param name="prefix">The prefix of their names.</param>
    /// <param name="parameters">Our parameters.</param>
    public static RecurrentWeights Weights(string prefix, TorchParameters parameters) => new(
        parameters[prefix + "weight_ih"], parameters[prefix + "weight_hh"], parameters[prefix + "bias_ih"], parameters[prefix + "bias_hh"]);

    /// <summary>What a layer for all steps at once is given (<see cref="ISweptCell"/>): the input's part of the gates, and the recurrent weights.</summary>
    public static Tensor[] Given(Tensor input, RecurrentWeights weights) =>
        [nn.functional.linear(input, weights.Input, weights.InputBias), weights.Recurrent, weights.RecurrentBias];

    /// <summary>
    /// Runs a module over a sequence. A longer sequence is cut into parts of <see cref="TorchPass.Longest"/> steps, and each part starts
    /// from the state of the previous one. Gradients flow through all parts.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="call">Calls the module, or kernels in its place.</param>
    /// <param name="input">[B, T, C].</param>
    /// <param name="start">The state before the first step; null: zeros.</param>
    /// <param name="pass">The pass of the layer.</param>
    public static (Tensor Output, Tensor[] State) Run(
        nn.Module module, RecurrentCall call, Tensor input, Tensor[]? start, TorchPass pass)
    {
        // In training mode cuDNN keeps the values for a backward pass; without them it refuses that pass.
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
