using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Rows;

namespace MLNet.Sequence.NextSteps;

/// <summary>The sequences that a next-step model is trained and validated on.</summary>
/// <param name="Input">The columns that they are read from.</param>
/// <param name="Longest">The largest number of steps that the network sees at once.</param>
/// <param name="Training">The training sequences.</param>
/// <param name="Validation">The validation sequences; empty: no validation.</param>
internal sealed record NextStepRows(SequenceInput Input, int Longest, SequencePart Training, SequencePart Validation)
{
    /// <summary>Reads the sequences from the data.</summary>
    /// <exception cref="InvalidOperationException">The rows cannot be trained on; the message names the place and the cause.</exception>
    public static NextStepRows Read(
        IDataView data, (SequenceBinding Training, SequenceBinding Given) binding, NextStepOptions options, HostRun run, long seed)
    {
        if (options.ValidationSet is { } validation)
            options = options with { ValidationSet = ChainTransforms.Apply(run.Host, data, validation) };
        SequenceInput input = binding.Training.Bind(data.Schema, options.Columns);
        SequenceSet set = SequenceSetReader.Read(data, input, (options.Kind, options.FewestSteps, options.SamplingKeyColumnName), run.Cancellation);
        RowsLeft.Check(set, "data");
        RowsLeft.WarnOfPadding(set, input, run.Channel);
        if (options.AdaptiveSoftmax.Count > 0)
        {
            input = input with { Tokens = TokenOrder.ByFrequency(input.Tokens!, set, options.AdaptiveSoftmax) };
        }

        SequenceSet? given = ReadGiven(binding.Given, input, options, run.Cancellation);
        if (given is not null && options.Kind == StepKind.Real)
        {
            // Of the steps; conditions follow them.
            ChannelScaling Steps(SequenceSet of) => of.FitScaling([.. Enumerable.Range(0, of.Count)]).First(input.Features);
            ForeignRows.Warn(run.Channel, [(input.Columns[0], Steps(set), Steps(given))]);
        }

        if (options.ContinuousText)
            return Streams(input, set, given, options);
        var split = new RowSplit(options.SamplingKeyColumnName);
        if (given is not null)
        {
            split.CheckApart(set, given, "validation set");
            return new NextStepRows(input, set.Longest, SequencePart.All(set), SequencePart.All(given));
        }

        (int[] training, int[] apart) = split.Cut(set, _ => 0, options.Training.ValidationFraction, (seed, run.Channel));
        return new NextStepRows(input, set.Longest, new SequencePart(set, training), new SequencePart(set, apart));
    }

    /// <summary>The scaling of the training rows: of numbers to predict, and of numbers that are known; not of tokens, bits and keys.</summary>
    public ChannelScaling FitScaling(StepKind kind)
    {
        int features = Input.Features, size = Input.RowSize, keys = Input.Conditions?.KeyCount ?? 0;
        if (kind != StepKind.Real && size == features)
            return ChannelScaling.None(features);
        ChannelScaling fitted = Training.Set.FitScaling(Training.Sequences);
        if (size == features)
            return fitted;
        bool IsScaled(int channel) => channel < size - keys && (channel >= features || kind == StepKind.Real);
        return fitted with
        {
            Mean = [.. fitted.Mean.Select((mean, channel) => IsScaled(channel) ? mean : 0)],
            Deviation = [.. fitted.Deviation.Select((deviation, channel) => IsScaled(channel) ? deviation : 1)],
        };
    }

    private static NextStepRows Streams(SequenceInput input, SequenceSet text, SequenceSet? given, NextStepOptions options)
    {
        int chunk = options.Training.BackpropSteps!.Value;
        long training = given is not null ? text.Steps : text.Steps - (long)(text.Steps * options.Training.ValidationFraction);
        SequencePart Cut(SequenceSet of, long first, long count) => count < 2
            ? new SequencePart(of, [])
            : SequencePart.All(of.Streams(first, count, (int)Math.Clamp((count - 1) / chunk, 1, options.Training.BatchSize)));
        return new NextStepRows(
            input, chunk + 1, Cut(text, 0, training), given is null ? Cut(text, training, text.Steps - training) : Cut(given, 0, given.Steps));
    }

    private static SequenceSet? ReadGiven(SequenceBinding binding, SequenceInput input, NextStepOptions options, HostCancellation cancellation)
    {
        if (options.ValidationSet is not { } given)
            return null;
        binding.Check(given.Schema, input);
        binding.CheckSamplingKey(SchemaShapes.Of(given.Schema), options.SamplingKeyColumnName);
        SequenceSet set = SequenceSetReader.Read(given, input, (options.Kind, options.FewestSteps, options.SamplingKeyColumnName), cancellation);
        RowsLeft.Check(set, "validation set");
        return set;
    }
}

/// <summary>Some of the sequences of a set.</summary>
internal sealed record SequencePart(SequenceSet Set, int[] Sequences)
{
    public static SequencePart All(SequenceSet set) => new(set, [.. Enumerable.Range(0, set.Count)]);
}
