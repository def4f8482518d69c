using TorchSharp;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>Counts the tensors that nobody has disposed.</summary>
internal static class LiveTensors
{
    /// <summary>As many tensors are alive after <paramref name="action"/> as before it, without help from finalisers.</summary>
    public static void AssertNoneLeft(Action action, string what)
    {
        // The first run creates the tensors that are created once per process.
        action();
        // Tensors that earlier tests left to finalisers must not be freed meanwhile.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = torch.Tensor.TotalCount;
        action();
        Assert.AreEqual(before, torch.Tensor.TotalCount, what);
    }
}
