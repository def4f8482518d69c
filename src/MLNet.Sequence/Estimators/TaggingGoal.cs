using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Estimators;

/// <summary>One of several tags for each step, from a vector of keys as long as the sequence.</summary>
/// <param name="decoding">How tags are chosen.</param>
internal sealed class TaggingGoal(TagDecoding decoding) : SequenceGoal
{
    private const string TagValuesKind = "TrainingLabelValues";

    public override bool HasClasses => false;

    public override bool LearnsSteps => true;

    public override MetricInfo Metric => MetricInfo.Accuracy;

    protected override string Expected =>
        $"a vector, as long as the sequence, of keys of known count whose values, if they have any, are {KeyValues.Expected} (ml.Transforms.Conversion.MapValueToKey makes one)";

    // What a chain learns of is a sequence, not a step.
    public override IEnumerable<string> Problems(SequenceOptions options)
    {
        foreach (string problem in Limits.Defined(decoding, nameof(SequenceTaggerOptions.Decoding)))
            yield return problem;
        if (decoding == TagDecoding.Chain && (options.ClassWeights != ClassWeights.None || options.FocalGamma != 0))
            yield return "ClassWeights and FocalGamma weigh steps, and Decoding = TagDecoding.Chain learns whole sequences: use ExampleWeightColumn, or TagDecoding.Steps.";
        if (decoding == TagDecoding.Chain && options.Training.BackpropSteps is { } steps)
            yield return FormattableString.Invariant($"Training.BackpropSteps must be null with Decoding = TagDecoding.Chain, which learns the tags of a whole sequence together; found {steps}. Leave it null, or use TagDecoding.Steps.");
    }

    public override SchemaShape.Column[] Promise(SchemaShape.Column label, SequenceOptions options)
    {
        DataViewType? values = SchemaShapes.KeyValuesOf(label);
        const SchemaShape.Column.VectorKind variable = SchemaShape.Column.VectorKind.VariableVector;
        return
        [
            SchemaShapes.Key(options.PredictedLabelColumn, variable, values is null ? [] : [SchemaShapes.KeyValues(values)]),
            SchemaShapes.VariableVector(options.ScoreColumn, NumberDataViewType.Single, values is null ? [] : [SchemaShapes.TrainingLabelValues(values)]),
        ];
    }

    public override int? LabelSize(DataViewSchema.Column label) => null;

    protected override IEnumerable<string> Outputs(SequenceOptions options) => [options.PredictedLabelColumn, options.ScoreColumn];

    public override VectorReader CreateReader(DataViewRow row, DataViewSchema.Column label)
    {
        // Keys count from 1; 0 is the missing key.
        VectorReader read = ChannelReaders.CreateVector(row, label);
        return () =>
        {
            Span<double> keys = read();
            foreach (ref double key in keys)
                key = key >= 1 ? key - 1 : double.NaN;
            // Missing tags at the end are no tags: rows may be padded to one length.
            return keys[..SequenceGaps.LengthWithoutPadding(keys, 1)];
        };
    }

    public override SequencePlan Plan(LabelledRows rows, SequenceOptions options)
    {
        var key = (KeyDataViewType)((VectorDataViewType)rows.Label.Type).ItemType;
        (string[] Values, string Type)? values = KeyValues.Of(rows.Label);
        string[] names = values?.Values ?? [.. Enumerable.Range(1, (int)key.Count).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        var counts = new ClassCounts(names, rows);
        counts.Check();
        var task = new SequenceTagging
        {
            Input = rows.Input,
            LongestSequence = rows.Set.Longest,
            ScoreColumn = options.ScoreColumn,
            PredictedLabelsColumn = options.PredictedLabelColumn,
            Tags = names.Length,
            TagValues = values?.Values,
            TagValueType = values?.Type,
            Decoding = decoding,
        };
        return new SequencePlan(task,
            new TaggingObjective(task.Tags, task.ChainPath, options.FocalGamma))
        { ClassWeights = counts.Weigh(options.ClassWeights) };
    }

    /// <summary>The columns that a fitted model adds.</summary>
    /// <param name="task">The task.</param>
    /// <param name="chain">What decodes all steps together; null: each is decoded alone.</param>
    public static OutputColumn[] Outputs(SequenceTagging task, TagChain? chain)
    {
        var label = new DataViewSchema.Annotations.Builder();
        var score = new DataViewSchema.Annotations.Builder();
        if (task.TagValues is { } values && task.TagValueType is { } type)
        {
            KeyValues.Add(label, KeyValues.Kind, values, type);
            KeyValues.Add(score, TagValuesKind, values, type);
        }

        return
        [
            OutputColumn.Create(task.PredictedLabelsColumn, new VectorDataViewType(new KeyDataViewType(typeof(uint), task.Tags), 0), label.ToAnnotations(),
                (ReadOnlySpan<float> scores, ref VBuffer<uint> tags) =>
                {
                    VBufferEditor<uint> editor = VBufferEditor.Create(ref tags, scores.Length / task.Tags);
                    int[] best = chain?.Best(scores) ?? TagChain.Likeliest(scores, task.Tags);
                    for (int step = 0; step < best.Length; step++)
                        editor.Values[step] = (uint)best[step] + 1;
                    tags = editor.Commit();
                }),
            OutputColumn.Create(task.ScoreColumn, new VectorDataViewType(NumberDataViewType.Single, 0, task.Tags), score.ToAnnotations(),
                (ReadOnlySpan<float> scores, ref VBuffer<float> probabilities) =>
                {
                    VBufferEditor<float> editor = VBufferEditor.Create(ref probabilities, scores.Length);
                    task.Probabilities(scores, editor.Values, chain);
                    probabilities = editor.Commit();
                }),
        ];
    }

    public override bool Reads(SchemaShape.Column label) => label.IsKey && label.Kind != SchemaShape.Column.VectorKind.Scalar
        && (SchemaShapes.KeyValuesOf(label) is not { } values || KeyValues.Reads(values));

    protected override string Meaning(DataViewSchema.Column label) =>
        $"{((VectorDataViewType)label.Type).ItemType} ({string.Join(", ", KeyValues.Of(label)?.Values ?? ["no values"])})";
}

/// <summary>Of tagging: the scores of the tags of each step, without those of padding.</summary>
internal sealed class TagDecoder(SequenceTagging task, Weights weights) : RowDecoder
{
    private readonly TagChain? _chain = task.Chain(weights);

    public override SequenceInput Input => task.Input;

    public override bool OnlyBits => false;

    public override int StepOutputs => task.Tags;

    public override float[] Empty { get; } = [];

    public override OutputColumn[] Columns => TaggingGoal.Outputs(task, _chain);

    public override float[] Decode(ReadOnlySpan<float> network, ReadOnlySpan<float> sequence) =>
        network[..(sequence.Length / Input.Channels * task.Tags)].ToArray();
}
