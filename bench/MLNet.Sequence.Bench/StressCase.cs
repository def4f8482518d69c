using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Bench;

/// <summary>A training of a fraction of a second, and its result when nothing else ran.</summary>
internal sealed class StressCase
{
    private readonly Func<MLContext, IEstimator<SequenceTransformer>> _trainer;
    private readonly Func<MLContext, IDataView> _rows;
    private readonly string _output;
    private double[] _losses = [];
    private float[] _scores = [];

    private StressCase(string name, string output, Func<MLContext, IDataView> rows, Func<MLContext, IEstimator<SequenceTransformer>> trainer) =>
        (Name, _output, _rows, _trainer) = (name, output, rows, trainer);

    public string Name { get; }

    /// <summary>Architectures, optimisers, schedules, losses, poolings and tasks, each at least once.</summary>
    public static StressCase[] All() =>
    [
        Forecast("Lstm", new Lstm { HiddenSize = 8 }, Epochs),
        Forecast("Lstm with dropout, AdamW", new Lstm { HiddenSize = 8, Layers = 2, Dropout = 0.1 }, Epochs with { Optimizer = new AdamW() }),
        Forecast("StableRnn, Sgd", new StableRnn { HiddenSize = 8 },
            Epochs with { Optimizer = new Sgd { Momentum = 0.9, Nesterov = true }, Schedule = new CosineSchedule() }),
        Forecast("StableLstm, RmsProp", new StableLstm { HiddenSize = 8 }, Epochs with { Optimizer = new RmsProp { WeightDecay = 1e-3 } }),
        Forecast("StableGru, ClipValue", new StableGru { HiddenSize = 8 }, Epochs with { ClipValue = 0.1, Schedule = new OneCycleSchedule() }),
        Forecast("Tcn, accumulated", new Tcn { Channels = 8 }, Epochs with { AccumulationSteps = 2, Optimizer = new Adam { WeightDecay = 1e-3 } }),
        Forecast("Transformer", new Transformer { Channels = 8, Layers = 1, Heads = 2, Window = 8 }, Epochs),
        Forecast("Lru", new Lru { Channels = 8, States = 8, Layers = 1 }, Epochs),
        Forecast("MinGru", new MinGru { HiddenSize = 8, Layers = 1 }, Epochs),
        Forecast("WaveNet", new WaveNet { Channels = 8, SkipChannels = 8, Cycles = 1 }, Epochs),
        Forecast("Patched Gru", new Patched { Inner = new Gru { HiddenSize = 8 }, Length = 4, Stride = 2 }, Epochs),
        Forecast("truncated Rnn", new Rnn { HiddenSize = 8 }, Epochs with { Truncation = 6 }),
        Rows("classes, smoothed", "Score", (ml, options) => ml.MulticlassClassification.Trainers.Sequence(
            new Bidirectional { Inner = new Gru { HiddenSize = 4 } },
            options with { LabelColumnName = "Class", LabelSmoothing = 0.1, Pooling = PoolingKind.Mean })),
        Rows("classes, focal", "Score", (ml, options) => ml.MulticlassClassification.Trainers.Sequence(
            new GatedConv { Channels = 8 }, options with { LabelColumnName = "Class", FocalGamma = 2, ClassWeights = ClassWeights.Balanced })),
        Rows("yes or no, focal", "Probability", (ml, options) => ml.BinaryClassification.Trainers.Sequence(
            new MinLstm { HiddenSize = 8, Layers = 1 }, options with { LabelColumnName = "Yes", FocalGamma = 2, Pooling = PoolingKind.Attention })),
        Rows("a number", "Score", (ml, options) => ml.Regression.Trainers.Sequence(
            new Rnn { HiddenSize = 8 }, options with { LabelColumnName = "Number", Pooling = PoolingKind.LastStep })),
        Rows("tags by a chain", "Scores", (ml, options) => ml.MulticlassClassification.Trainers.SequenceTagger(
            new Lstm { HiddenSize = 8 }, new SequenceTaggerOptions { LabelColumnName = "Tags", Decoding = TagDecoding.Chain, Training = options.Training })),
        Next("next numbers, in chunks", StepKind.Real, "Features", new Gru { HiddenSize = 8 },
            options => options with { Training = Epochs with { BackpropSteps = 6 } }),
        Next("next labels", StepKind.MultiLabel, "Bits", new Lstm { HiddenSize = 8 }, options => options),
        Next("next tokens, adaptive", StepKind.Token, "Tokens", new Lstm { HiddenSize = 8 }, options => options with { AdaptiveSoftmax = [3, 7] }),
        Next("next tokens, tied", StepKind.Token, "Tokens", new Transformer { Channels = 8, Layers = 1, Heads = 2 },
            options => options with { TiedEmbedding = true }),
    ];

    private static TrainingOptions Epochs => new() { Epochs = 3, LearningRate = 5e-3 };

    /// <summary>Trains and scores, and keeps the results. The caller owns the model.</summary>
    public SequenceTransformer Learn()
    {
        SequenceTransformer model = Fit();
        (_losses, _scores) = (Losses(model), Scores(model));
        return model;
    }

    /// <summary>Trains again; returns the difference, or null.</summary>
    public string? Refit()
    {
        using SequenceTransformer model = Fit();
        return Different("losses", _losses, Losses(model), BitConverter.DoubleToInt64Bits);
    }

    /// <summary>Scores again; returns the difference, or null.</summary>
    public string? Rescore(SequenceTransformer model) =>
        Different("scores", _scores, Scores(model), value => BitConverter.SingleToInt32Bits(value));

    private static string? Different<T>(string what, T[] alone, T[] now, Func<T, long> bits) => alone.Select(bits).SequenceEqual(now.Select(bits))
        ? null
        : $"{what} differ from a run alone: {string.Join(' ', now.Take(8))} for {string.Join(' ', alone.Take(8))}";

    private SequenceTransformer Fit()
    {
        var ml = new MLContext(seed: 1);
        SequenceTransformer model = _trainer(ml).Fit(_rows(ml));
        model.Backend = ScoringBackend.Torch;
        return model;
    }

    private static double[] Losses(SequenceTransformer model) =>
        [.. model.Model.Report.Epochs.SelectMany(epoch => (double[])[epoch.Loss, epoch.ValidationLoss ?? 0, epoch.GradientNorm, .. epoch.Metrics.Values])];

    private float[] Scores(SequenceTransformer model)
    {
        var ml = new MLContext(seed: 1);
        IDataView scored = ((ITransformer)model).Transform(_rows(ml));
        return scored.Schema[_output].Type is VectorDataViewType
            ? [.. scored.GetColumn<float[]>(_output).SelectMany(values => values)]
            : [.. scored.GetColumn<float>(_output)];
    }

    private static StressCase Forecast(string name, Architecture architecture, TrainingOptions training) => new(
        name, "Forecast", ml => Waves.OneChannel(ml, 200),
        ml => ml.Forecasting.Trainers.Sequence(
            architecture, new ForecastingOptions { Targets = ["Value"], Context = 24, Horizon = 6, Training = training }));

    private static StressCase Rows(string name, string output, Func<MLContext, SequenceOptions, IEstimator<SequenceTransformer>> trainer) => new(
        name, output, StressRow.View, ml => trainer(ml, new SequenceOptions { Training = Epochs }));

    private static StressCase Next(
        string name, StepKind kind, string column, Architecture architecture, Func<NextStepOptions, NextStepOptions> more) => new(
        name, "Loss", StressRow.View,
        ml => ml.Sequence.Trainers.NextStep(architecture, more(new NextStepOptions
        {
            Kind = kind,
            FeatureColumnName = column,
            Features = kind == StepKind.MultiLabel ? StressRow.BitsPerStep : null,
            Tokens = kind == StepKind.Token ? new TokenOptions { Vocabulary = StressRow.Vocabulary } : null,
            Training = Epochs,
        })));
}
