using MLNet.Sequence.Columns;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Scoring;

/// <summary>
/// The part of the network's output for a row that columns are made from. If the output is for the row, or for each step, all of it;
/// else that of the last step, followed by the row's mean loss per step.
/// </summary>
/// <exception cref="NotSupportedException">The rows of the model's task hold no sequences.</exception>
internal sealed class RowDecoder(SequenceModel model)
{
    private readonly SequenceTask _task = model.Task;
    private readonly TaskLoss _loss = model.Task.Loss;
    private readonly TagChain? _chain = model.Task.Chain(model.Weights);
    private readonly int _size = model.Network.OutputSize;

    /// <summary>The columns that the sequence of a row is read from.</summary>
    public SequenceInput Input { get; } = model.Task.RowInput ?? throw new NotSupportedException($"The rows of the task {model.Task.GetType().Name} hold "
        + "no sequences.");

    /// <summary>Whether the values of a sequence must be 0 or 1.</summary>
    public bool OnlyBits => _task.NextSteps == StepKind.MultiLabel;

    /// <summary>The number of outputs for a step; 0 if the outputs are only for the row.</summary>
    public int StepOutputs => _task.Answered == Answered.Whole ? 0 : _size;

    /// <summary>The output of a row whose sequence has no steps.</summary>
    public float[] Empty { get; } = model.Task.Answered == Answered.EachStep
        ? []
        : [.. Enumerable.Repeat(float.NaN, model.Network.OutputSize + (model.Task.Answered == Answered.LastStep ? 1 : 0))];

    /// <summary>The columns that are made from it.</summary>
    public OutputColumn[] Columns => [.. _task.Outputs.Select(output => OutputColumn.Of(output, model, _chain))];

    /// <param name="network">The network's output for the row, including padding.</param>
    /// <param name="sequence">The sequence as the network saw it, step by step; at least one step.</param>
    public float[] Decode(ReadOnlySpan<float> network, ReadOnlySpan<float> sequence)
    {
        int steps = sequence.Length / _task.InputSize;
        return _task.Answered switch
        {
            Answered.Whole => network.ToArray(),
            Answered.EachStep => network[..(steps * _size)].ToArray(),
            _ => [.. network.Slice((steps - 1) * _size, _size), Loss(network, sequence, steps)],
        };
    }

    // A sequence of one step has no predictions: 0 / 0 is NaN.
    private float Loss(ReadOnlySpan<float> network, ReadOnlySpan<float> sequence, int steps)
    {
        double sum = 0;
        int channels = _task.InputSize;
        for (int step = 0; step < steps - 1; step++)
            sum += _loss.Of(network.Slice(step * _size, _size), sequence.Slice((step + 1) * channels, Input.Features));
        return (float)(sum / (steps - 1));
    }
}
