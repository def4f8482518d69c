using System.Numerics.Tensors;

namespace MLNet.Sequence.Managed;

/// <summary>The children: inner, and the shortcut if the widths differ. The state is inner's, and a row for the shortcut.</summary>
internal sealed class ManagedResidual(IManagedLayer[] children) : IManagedLayer
{
    private readonly IManagedLayer _inner = children[0];
    private readonly IManagedLayer? _shortcut = children.Length == 2 ? children[1] : null;

    public int InputSize => _inner.InputSize;

    public int OutputSize => _inner.OutputSize;

    public int StateSize => IManagedLayer.Size((long)_inner.StateSize + OutputSize);

    public bool CanStep => _inner.CanStep;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        Span<float> around = state[_inner.StateSize..];
        _inner.Step(input, output, state[.._inner.StateSize], time);
        if (_shortcut is null)
        {
            TensorPrimitives.Add(output, input, output);
            return;
        }

        _shortcut.Step(input, around, default, time);
        TensorPrimitives.Add(output, around, output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => RunMany(input, output, 1, steps);

    public void RunMany(ReadOnlySpan<float> input, Span<float> output, int sequences, int steps)
    {
        _inner.RunMany(input, output, sequences, steps);
        AddShortcut(input, output, sequences * steps);
    }

    public IManagedLayer Remember(ReadOnlySpan<float> memory) => new ManagedResidual(
        _shortcut is null ? [_inner.Remember(memory)] : [_inner.Remember(memory), _shortcut]);

    // A shortcut is a layer that reads each step on its own.
    private void AddShortcut(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        ReadOnlySpan<float> around = input;
        if (_shortcut is not null)
        {
            var rows = new float[output.Length];
            _shortcut.Run(input, rows, steps);
            around = rows;
        }

        TensorPrimitives.Add(output, around, output);
    }
}
