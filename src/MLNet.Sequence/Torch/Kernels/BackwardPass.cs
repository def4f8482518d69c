using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Backward passes through kernels of ours. libtorch calls them, and an exception must not pass through its frames: a kernel that fails
/// returns a gradient of an impossible shape, at which libtorch gives up, and the exception is thrown here instead of libtorch's.
/// </summary>
internal static class BackwardPass
{
    // libtorch runs the graph of a CPU on the thread that called it.
    [ThreadStatic]
    private static Exception? t_failure;

    /// <summary>The gradients of a loss, added to those of its parameters.</summary>
    public static void Run(Tensor loss) => Run(() => loss.backward());

    /// <summary>Runs libtorch's backward pass.</summary>
    public static void Run(Action backward)
    {
        t_failure = null;
        try
        {
            backward();
        }
        catch (ExternalException) when (t_failure is not null)
        {
            ExceptionDispatchInfo.Throw(t_failure);
        }
    }

    /// <summary>Returns what <paramref name="gradients"/> returns; after an exception, gradients that libtorch refuses.</summary>
    /// <param name="gradients">A kernel's backward pass.</param>
    /// <param name="tensors">The number of the kernel's first arguments that are always tensors.</param>
    /// <param name="others">The number of its other arguments, which have no gradient then.</param>
    public static List<Tensor?> Kernel(Func<List<Tensor?>> gradients, int tensors, int others)
    {
        try
        {
            return gradients();
        }
        catch (Exception exception)
        {
            t_failure = exception;
            return [.. Enumerable.Repeat(zeros(0), tensors), .. Enumerable.Repeat<Tensor?>(null, others)];
        }
    }
}
