using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Turns an allocation failure of libtorch into a message about what was tried and what would fit.</summary>
internal static class MemoryShortage
{
    private static readonly string[] Signs = ["can't allocate memory", "not enough memory", "out of memory"];

    /// <summary>Runs <paramref name="work"/>; when memory runs out, halves the batch until it fits.</summary>
    /// <param name="work">The step.</param>
    /// <param name="attempt">The shape of the batch, and the same work on only its first examples.</param>
    public static T Guard<T>(Func<T> work, Func<(long[] Shape, Action<int> Try)> attempt)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (IsShortage(exception))
        {
            (long[] shape, Action<int> tryOut) = attempt();
            int fits = LargestThatFits((int)shape[0], tryOut);
            string advice = fits > 0
                ? $"A batch of {fits} fits here: set Training.BatchSize to {fits} or less (and Training.AccumulationSteps to keep the step's size)."
                : "Not even one example fits: a shorter context or a smaller architecture is needed.";
            throw new InvalidOperationException($"Memory ran out on a batch of shape [{string.Join(", ", shape)}]. {advice}", exception);
        }
    }

    private static bool IsShortage(Exception exception) => exception is OutOfMemoryException
        || Signs.Any(sign => exception.Message.Contains(sign, StringComparison.OrdinalIgnoreCase));

    private static int LargestThatFits(int batch, Action<int> tryOut)
    {
        for (int size = batch / 2; size >= 1; size /= 2)
        {
            using var scope = NewDisposeScope();
            try
            {
                tryOut(size);
                return size;
            }
            catch (Exception exception) when (IsShortage(exception))
            {
                // This size does not fit either; half of it might.
                continue;
            }
        }

        return 0;
    }
}
