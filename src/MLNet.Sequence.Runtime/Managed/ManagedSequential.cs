using System.Buffers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is that of the children, one after the other, and two rows for the values between them.</summary>
internal sealed class ManagedSequential : IManagedLayer
{
    private readonly IManagedLayer[] _children;
    private readonly int _width;

    public ManagedSequential(IManagedLayer[] children, int inputSize)
    {
        // A layer that does nothing need not run; if all do nothing, one remains to copy.
        IManagedLayer[] working = [.. children.Where(child => child is not ManagedIdentity)];
        _children = working.Length > 0 ? working : [new ManagedIdentity(inputSize)];
        _width = _children.Max(child => child.OutputSize);
        (InputSize, OutputSize) = (inputSize, _children[^1].OutputSize);
        StateSize = IManagedLayer.Size(_children.Sum(child => (long)child.StateSize) + 2L * _width);
    }

    public int InputSize { get; }

    public int OutputSize { get; }

    public int StateSize { get; }

    public bool CanStep => _children.All(child => child.CanStep);

    public int OutputSteps(int steps) => _children.Aggregate(steps, (count, child) => child.OutputSteps(count));

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        Span<float> here = state[^_width..], there = state[^(2 * _width)..^_width];
        ReadOnlySpan<float> value = input;
        for (int i = 0; i < _children.Length; i++)
        {
            IManagedLayer child = _children[i];
            Span<float> next = i == _children.Length - 1 ? output[..OutputSize] : here[..child.OutputSize];
            child.Step(value, next, state[..child.StateSize], time);
            state = state[child.StateSize..];
            value = next;
            Span<float> other = there;
            there = here;
            here = other;
        }
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => RunMany(input, output, 1, steps);

    public void RunMany(ReadOnlySpan<float> input, Span<float> output, int sequences, int steps)
    {
        float[]? before = null;
        ReadOnlySpan<float> value = input;
        for (int i = 0; i < _children.Length; i++)
        {
            IManagedLayer child = _children[i];
            int after = child.OutputSteps(steps), size = sequences * after * child.OutputSize;
            float[]? rented = i == _children.Length - 1 ? null : ArrayPool<float>.Shared.Rent(size);
            Span<float> next = rented is null ? output[..size] : rented.AsSpan(0, size);
            child.RunMany(value, next, sequences, steps);
            if (before is not null)
                ArrayPool<float>.Shared.Return(before);
            value = next;
            (before, steps) = (rented, after);
        }
    }

    public IManagedLayer Remember(ReadOnlySpan<float> memory, AttentionTrace? trace = null)
    {
        var children = new IManagedLayer[_children.Length];
        for (int i = 0; i < children.Length; i++)
            children[i] = _children[i].Remember(memory, trace);
        return new ManagedSequential(children, InputSize);
    }

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedSequence(_children, wanted, steps);
}
