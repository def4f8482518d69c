using System.Numerics.Tensors;

namespace MLNet.Sequence.Managed;

internal sealed class ManagedActivation(ActivationKind kind, int size) : IManagedLayer
{
    private const int Fewest = 8;

    public int InputSize => size;

    public int OutputSize => size;

    public int StateSize => 0;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time) => Apply(input, output);

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => Apply(input, output);

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedTogether(this, wanted);

    // A few values alone would be computed by another formula than many: they are vectors with what lies behind them.
    private void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        if (input.Length < Fewest && kind != ActivationKind.Relu)
        {
            Span<float> vector = stackalloc float[Fewest];
            vector.Clear();
            input.CopyTo(vector);
            Apply(vector, vector);
            vector[..input.Length].CopyTo(output);
            return;
        }

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
