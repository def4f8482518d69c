using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Backward passes through our own kernels. libtorch calls these kernels, and an exception must not cross its native frames, since it would end
/// the process. So a kernel that fails returns gradients of a wrong shape. libtorch refuses them with an error, and the kernel's exception is
/// thrown in place of that error.
/// </summary>
internal static class BackwardPass
{
    private const string Returned = nameof(Returned);

    // On a CPU, libtorch runs the graph on the thread that called it.
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
    /// <param name="ctx">The node's context.</param>
    /// <param name="gradients">A kernel's backward pass.</param>
    /// <param name="tensors">How many arguments of the kernel are always tensors; they come first.</param>
    /// <param name="others">How many other arguments it has; after an exception they have no gradients.</param>
    public static List<Tensor> Kernel(autograd.AutogradContext ctx, Func<List<Tensor?>> gradients, int tensors, int others)
    {
        List<Tensor?> returned;
        try
        {
            if (is_grad_enabled())
                throw new NotSupportedException("This library's kernels have no gradients of gradients; libtorch's have.");
            returned = gradients();
        }
        catch (Exception exception)
        {
            t_failure = exception;
            returned = [.. Enumerable.Repeat(zeros(0), tensors), .. Enumerable.Repeat<Tensor?>(null, others)];
        }

        // TorchSharp passes on bare handles: the tensors must live until libtorch has read them, also without a dispose scope.
        ctx.save_data(Returned, returned);
        return returned!;
    }
}
