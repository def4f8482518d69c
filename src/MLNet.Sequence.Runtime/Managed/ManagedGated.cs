using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is working space for one step's gates.</summary>
internal sealed class ManagedGated(GateKind kind, int inputSize) : IManagedLayer
{
    public int InputSize => inputSize;

    public int OutputSize => inputSize / 2;

    public int StateSize => OutputSize;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        ReadOnlySpan<float> value = input[..OutputSize];
        TensorPrimitives.Sigmoid(input[OutputSize..], state);
        switch (kind)
        {
            case GateKind.Linear:
                TensorPrimitives.Multiply(value, state, output);
                break;
            case GateKind.Tanh:
                TensorPrimitives.Tanh(value, output);
                TensorPrimitives.Multiply(output, state, output);
                break;
            default:
                throw new NotSupportedException($"The gate {kind} has no form in plain C#.");
        }
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        var gates = new float[StateSize];
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * InputSize, InputSize), output.Slice(t * OutputSize, OutputSize), gates, t);
    }

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedEach(this, wanted);
}
