using System.Numerics.Tensors;

namespace MLNet.Sequence.Managed;

/// <summary>In a stream, a step gives the pool of all steps so far; for a whole sequence, one step remains.</summary>
internal sealed class ManagedPooling(PoolingKind kind, int size, Func<string, float[]> own) : IManagedLayer
{
    private readonly float[] _weight = kind == PoolingKind.Attention ? own("weight") : [];

    public int InputSize => size;

    public int OutputSize => size;

    // The pool so far; for attention, preceded by the largest score and by the sum of shares relative to it.
    public int StateSize => kind switch
    {
        PoolingKind.LastStep => 0,
        PoolingKind.Attention => size + 2,
        _ => size,
    };

    public int OutputSteps(int steps) => 1;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        Span<float> pool = kind == PoolingKind.LastStep ? output : state[^size..];
        if (kind == PoolingKind.Attention)
            Attend(input, pool, state, time);
        else if (time == 0 || kind == PoolingKind.LastStep)
            input.CopyTo(pool);
        else if (kind == PoolingKind.Max)
            TensorPrimitives.Max(pool, input, pool);
        else
            Move(pool, input, 1f / (time + 1));
        pool.CopyTo(output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        using RentedFloats state = RentedFloats.Zeros(StateSize);
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * size, size), output, state.Values, t);
    }

    public ISelectedLayer Select(int[] wanted, int steps) => kind == PoolingKind.LastStep
        ? new SelectedTogether(new ManagedIdentity(size), [steps - 1])
        : new SelectedPrefix(this, wanted, steps);

    // Softmax step by step: shares are relative to the largest score so far, and are scaled down when a larger one comes.
    private void Attend(ReadOnlySpan<float> input, Span<float> pool, Span<float> state, long time)
    {
        float score = TensorPrimitives.Dot(_weight, input);
        float largest = time == 0 ? score : Math.Max(state[0], score);
        float share = MathF.Exp(score - largest), sum = (time == 0 ? 0 : state[1] * MathF.Exp(state[0] - largest)) + share;
        (state[0], state[1]) = (largest, sum);
        Move(pool, input, share / sum);
    }

    private static void Move(Span<float> pool, ReadOnlySpan<float> input, float part)
    {
        for (int i = 0; i < pool.Length; i++)
            pool[i] += part * (input[i] - pool[i]);
    }
}
