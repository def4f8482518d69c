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

    /// <summary>The output of a row whose sequence has no steps.</summary>
    public abstract float[] Empty { get; }

    /// <summary>The columns that are made of them.</summary>
    public abstract OutputColumn[] Columns { get; }

    /// <summary>The decoder of a model's task; null where its rows hold no sequences.</summary>
    public static RowDecoder? Of(SequenceModel model) => model.Task switch
    {
        WholeRowTask task => new WholeRowDecoder(task),
        SequenceTagging task => new TagDecoder(task, model.Weights),
        NextStep { Kind: StepKind.Token } task => new NextTokenDecoder(task),
        NextStep task => new NextStepDecoder(task, model.Scaling.Pooled),
        _ => null,
    };

    /// <summary>The output of a row.</summary>
    /// <param name="network">What the network gave for the row, with what it gave for padding.</param>
    /// <param name="sequence">The sequence as the network saw it, step by step; at least one step.</param>
    public abstract float[] Decode(ReadOnlySpan<float> network, ReadOnlySpan<float> sequence);

    /// <summary>So many values that are unknown.</summary>
    protected static float[] Unknown(int values)
    {
        var unknown = new float[values];
        Array.Fill(unknown, float.NaN);
        return unknown;
    }
}

/// <summary>Of tasks whose network gives one output for a whole row: that output.</summary>
internal sealed class WholeRowDecoder(WholeRowTask task) : RowDecoder
{
    public override SequenceInput Input => task.Input;

    public override bool OnlyBits => false;

    public override int StepOutputs => 0;

    public override float[] Empty { get; } = Unknown(task.OutputSize);

    public override OutputColumn[] Columns => OutputColumn.Of(task);

    public override float[] Decode(ReadOnlySpan<float> network, ReadOnlySpan<float> sequence) => network.ToArray();
}
