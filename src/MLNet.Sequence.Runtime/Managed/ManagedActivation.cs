using System.Numerics.Tensors;

namespace MLNet.Sequence.Managed;

internal sealed class ManagedActivation(ActivationKind kind, int size) : IManagedLayer
{
    public int InputSize => size;

    public int OutputSize => size;

    public int StateSize => 0;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time) => Apply(input, output);

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => Apply(input, output);

    private void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        switch (kind)
        {
            case ActivationKind.Relu:
                TensorPrimitives.Max(input, 0, output);
                break;
            case ActivationKind.Tanh:
                TensorPrimitives.Tanh(input, output);
                break;
            case ActivationKind.Sigmoid:
                TensorPrimitives.Sigmoid(input, output);
                break;
            default:
                throw new NotSupportedException($"The activation {kind} has no form in plain C#.");
        }
    }
}
