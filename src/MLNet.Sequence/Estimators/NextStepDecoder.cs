using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>The step after a row's last and, behind its values, the row's mean loss per step.</summary>
internal sealed class NextStepDecoder(NextStep task, ChannelScaling scaling) : RowDecoder
{
    private readonly int _features = task.Input.Features;

    public override SequenceInput Input => task.Input;

    public override bool OnlyBits => task.Kind == StepKind.MultiLabel;

    public override int StepOutputs => _features;

    public override float[] Empty { get; } = Unknown(task.Input.Features + 1);

    public override OutputColumn[] Columns => NextStepColumns.Outputs(task);

    public override float[] Decode(ReadOnlySpan<float> network, ReadOnlySpan<float> sequence)
    {
        var output = new float[_features + 1];
        ReadOnlySpan<float> outputs = network[..sequence.Length];
        Span<float> prediction = output.AsSpan(0, _features);
        outputs[^_features..].CopyTo(prediction);
        task.Decode(prediction, scaling);

        // Of a sequence of one step nothing was predicted: 0 / 0 is NaN.
        output[_features] = (float)(Loss(outputs[..^_features], sequence[_features..]) / (sequence.Length / _features - 1));
        return output;
    }

    // The sum over steps; as in NextStepObjective, in double precision.
    private double Loss(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        double sum = 0;
        for (int i = 0; i < outputs.Length; i++)
            sum += task.Kind == StepKind.MultiLabel ? CrossEntropy(outputs[i], targets[i]) : Square(outputs[i] - targets[i]) / _features;
        return sum;
    }

    // −y·ln σ(x) − (1 − y)·ln(1 − σ(x)), in a form that does not overflow.
    private static double CrossEntropy(double x, double y) => Math.Max(x, 0) - x * y + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    private static double Square(double x) => x * x;
}
