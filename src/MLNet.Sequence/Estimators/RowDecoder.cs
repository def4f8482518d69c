using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// Makes the output of a row of what the network gives for its sequence: all in which tasks whose rows hold a sequence each
/// differ in scoring.
/// </summary>
internal abstract class RowDecoder
{
    /// <summary>Where the sequence of a row is read from.</summary>
    public abstract SequenceInput Input { get; }

    /// <summary>Whether the values of a sequence must be 0 or 1.</summary>
    public abstract bool OnlyBits { get; }

    /// <summary>Values that the network gives for a step; 0 where it gives some for the row alone.</summary>
    public abstract int StepOutputs { get; }

    /// <summary>Values of a row's output.</summary>
    public abstract int OutputSize { get; }

    /// <summary>The columns that are made of them.</summary>
    public abstract OutputColumn[] Columns { get; }

    /// <summary>The decoder of a model's task; null where its rows hold no sequences.</summary>
    public static RowDecoder? Of(SequenceModel model) => model.Task switch
    {
        SequenceRowTask task => new WholeRowDecoder(task),
        NextStep { Kind: StepKind.Token } task => new NextTokenDecoder(task),
        NextStep task => new NextStepDecoder(task, model.Scaling.Pooled),
        _ => null,
    };

    /// <param name="network">What the network gave for the row, with what it gave for padding.</param>
    /// <param name="sequence">The sequence as the network saw it, step by step; at least one step.</param>
    /// <param name="output"><see cref="OutputSize"/> values to fill.</param>
    public abstract void Decode(ReadOnlySpan<float> network, ReadOnlySpan<float> sequence, Span<float> output);
}

/// <summary>Of tasks whose network gives one output for a whole row: that output.</summary>
internal sealed class WholeRowDecoder(SequenceRowTask task) : RowDecoder
{
    public override SequenceInput Input => task.Input;

    public override bool OnlyBits => false;

    public override int StepOutputs => 0;

    public override int OutputSize => task.OutputSize;

    public override OutputColumn[] Columns => OutputColumn.Of(task);

    public override void Decode(ReadOnlySpan<float> network, ReadOnlySpan<float> sequence, Span<float> output) => network.CopyTo(output);
}
