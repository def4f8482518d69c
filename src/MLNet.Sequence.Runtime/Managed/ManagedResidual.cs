using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The children: inner, and the shortcut if the widths differ. The state is inner's, and a row for the shortcut.</summary>
internal sealed class ManagedResidual(Residual layer, IManagedLayer[] children, int inputSize) : IManagedLayer
{
    private readonly IManagedLayer _inner = children[0];
    private readonly float _scale = (float)layer.Scale;

    public int InputSize => inputSize;

    /// <summary>What brings the input to the width of the sum; null: it has that width.</summary>
    public IManagedLayer? Shortcut { get; } = children.Length == 2 ? children[1] : null;

    public int OutputSize => Width + layer.Conditions;

    public int StateSize => IManagedLayer.Size((long)_inner.StateSize + Width);

    public bool CanStep => _inner.CanStep;

    /// <summary>Channels of the sum.</summary>
    public int Width => _inner.OutputSize;

    /// <summary>Channels of the input that go into the sum.</summary>
    public int Around => inputSize - layer.Conditions;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        Span<float> sum = output[..Width], work = state.Slice(_inner.StateSize, Width);
        _inner.Step(input, sum, state[.._inner.StateSize], time);
        ReadOnlySpan<float> around = input[..Around];
        if (Shortcut is not null)
        {
            Shortcut.Step(around, work, default, time);
            around = work;
        }

        AddScaled(around, sum);
        input[Around..].CopyTo(output[Width..]);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => RunMany(input, output, 1, steps);

    public void RunMany(ReadOnlySpan<float> input, Span<float> output, int sequences, int steps)
    {
        int rows = sequences * steps;
        if (layer.Conditions == 0)
        {
            _inner.RunMany(input, output, sequences, steps);
            AddScaled(Projected(input, rows), output);
            return;
        }

        float[] sums = new float[rows * Width], around = new float[rows * Around];
        for (int row = 0; row < rows; row++)
            input.Slice(row * inputSize, Around).CopyTo(around.AsSpan(row * Around));
        _inner.RunMany(input, sums, sequences, steps);
        AddScaled(Projected(around, rows), sums);
        for (int row = 0; row < rows; row++)
        {
            sums.AsSpan(row * Width, Width).CopyTo(output[(row * OutputSize)..]);
            input.Slice(row * inputSize + Around, layer.Conditions).CopyTo(output[(row * OutputSize + Width)..]);
        }
    }

    public IManagedLayer Remember(ReadOnlySpan<float> memory, AttentionTrace? trace = null)
    {
        IManagedLayer inner = _inner.Remember(memory, trace);
        return new ManagedResidual(layer, Shortcut is null ? [inner] : [inner, Shortcut], inputSize);
    }

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedResidual(this, _inner.Select(wanted, steps), wanted);

    // A shortcut is a layer that reads each step on its own.
    private ReadOnlySpan<float> Projected(ReadOnlySpan<float> around, int rows)
    {
        if (Shortcut is null)
            return around;
        var projected = new float[rows * Width];
        Shortcut.Run(around, projected, rows);
        return projected;
    }

    /// <summary>The sum of what came through and what went around, times the scale.</summary>
    public void AddScaled(ReadOnlySpan<float> around, Span<float> sum)
    {
        TensorPrimitives.Add(sum, around, sum);
        if (_scale != 1)
            TensorPrimitives.Multiply(sum, _scale, sum);
    }
}
