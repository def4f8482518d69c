using Microsoft.ML;
using MLNet.Sequence.Comparison;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Rows;

namespace MLNet.Sequence;

// Comparisons of architectures.
public sealed partial class SequenceOperations
{
    /// <summary>
    /// Do you need recurrence? Trains architectures under the same options and seeds, compares their errors on test rows in pairs,
    /// measures the cost of each and how many steps it uses, and recommends one. This overload compares forecasters.
    /// </summary>
    /// <param name="train">The training rows; within a series in time order.</param>
    /// <param name="test">Rows after the training rows. Each series starts with its context rows of history.</param>
    /// <param name="task">The columns to forecast, and how models are trained; the same for all.</param>
    /// <param name="architectures">
    /// Feed-forward and recurrent architectures, unconstrained and stable; null: <see cref="Linear"/>, <see cref="Tcn"/>, <see cref="Lstm"/> and
    /// <see cref="StableLstm"/> with default hyper-parameters.
    /// </param>
    /// <param name="options">Rounds, time, and how results are interpreted; null: default options.</param>
    /// <exception cref="ArgumentException">An option or architecture is out of range; the message lists all problems.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">There are too few rows, or training diverged.</exception>
    public RecurrenceReport Compare(
        IDataView train, IDataView test, ForecastingOptions task, IReadOnlyList<Architecture>? architectures = null, CompareOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(task);
        options ??= new CompareOptions();
        // Forecasts are compared, which intervals do not change.
        ForecastingOptions chosen = ContextChoice.In(_host, train, task with { Intervals = null });
        return Compare((train, test), (task.Training, training => new ComparedForecasting(_host, chosen with { Training = training }, options.Seasonality)),
            architectures, options);
    }

    /// <inheritdoc cref="Compare(IDataView, IDataView, ForecastingOptions, IReadOnlyList{Architecture}?, CompareOptions?)" path="/node()[not(self::param)]"/>
    /// <summary>
    /// Do you need recurrence? The same comparison of models that predict a class or numbers for each row. The type of the label decides
    /// the task: a key for multiclass classification, Boolean for binary classification, a number or a vector of numbers for regression. A
    /// row's loss is −ln of the probability of its class, or the squared error in standard deviations of the label.
    /// </summary>
    /// <param name="train">The training rows; a row holds a sequence and its label.</param>
    /// <param name="test">Rows that are not among them, with labels of the same meaning.</param>
    /// <param name="task">The columns to read, and how models are trained; the same for all.</param>
    /// <param name="architectures">As for forecasters; null: the same four.</param>
    /// <param name="options">Rounds, time, and how results are interpreted; null: default options.</param>
    public RecurrenceReport Compare(
        IDataView train, IDataView test, SequenceOptions task, IReadOnlyList<Architecture>? architectures = null, CompareOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(task);
        SequenceGoal goal = ComparedRows.GoalOf(_host, train.Schema, task.LabelColumnName);
        return Compare((train, test), (task.Training, training => new ComparedRows(_host, task with { Training = training }, goal)), architectures, options);
    }

    /// <inheritdoc cref="Compare(IDataView, IDataView, ForecastingOptions, IReadOnlyList{Architecture}?, CompareOptions?)" path="/node()[not(self::param)]"/>
    /// <summary>
    /// Do you need recurrence? The same comparison of taggers. A row's loss is −ln of the probability of the step's tag, averaged over
    /// the steps.
    /// </summary>
    /// <param name="train">The training rows; a row holds a sequence and a tag for each of its steps.</param>
    /// <param name="test">Rows that are not among them, with tags of the same meaning.</param>
    /// <param name="task">The columns to read, and how models are trained; the same for all.</param>
    /// <param name="architectures">As for forecasters; null: the same four.</param>
    /// <param name="options">Rounds, time, and how results are interpreted; null: default options.</param>
    public RecurrenceReport Compare(
        IDataView train, IDataView test, SequenceTaggerOptions task, IReadOnlyList<Architecture>? architectures = null, CompareOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        SequenceOptions rows = task.ToSequenceOptions();
        return Compare((train, test), (task.Training, training => new ComparedRows(_host, rows with { Training = training }, new TaggingGoal(task.Decoding))),
            architectures, options);
    }

    /// <inheritdoc cref="Compare(IDataView, IDataView, ForecastingOptions, IReadOnlyList{Architecture}?, CompareOptions?)" path="/node()[not(self::param)]"/>
    /// <summary>
    /// Do you need recurrence? The same comparison of models that predict each step of a row's sequence from those before it. A row's loss
    /// is the mean over its steps of the loss that <see cref="StepKind"/> defines.
    /// </summary>
    /// <param name="train">The training rows; a row holds a sequence.</param>
    /// <param name="test">Rows that are not among them, of at least two steps each.</param>
    /// <param name="task">The kind of the steps, and how models are trained; the same for all.</param>
    /// <param name="architectures">As for forecasters; null: the same four.</param>
    /// <param name="options">Rounds, time, and how results are interpreted; null: default options.</param>
    public RecurrenceReport Compare(
        IDataView train, IDataView test, NextStepOptions task, IReadOnlyList<Architecture>? architectures = null, CompareOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Compare((train, test), (task.Training, training => new ComparedNextStep(_host, task with { Training = training })), architectures, options);
    }

    /// <inheritdoc cref="Compare(IDataView, IDataView, ForecastingOptions, IReadOnlyList{Architecture}?, CompareOptions?)" path="/node()[not(self::param)]"/>
    /// <summary>
    /// Does it need recurrence to predict a sequence from another, such as a translation? The same comparison of encoder–decoders. A pair's
    /// loss is −ln of the probabilities of the tokens of its target and of its end, or the squared error of its numbers in standard deviations;
    /// the error is the mean over all steps of targets, each predicted from the source and the actual steps before it. For the first round it also gives
    /// BLEU and chrF of the targets that a search finds (<see cref="ComparedModel.Metrics"/>). Memory is not measured: attention sees all of a source.
    /// </summary>
    /// <param name="train">The training rows; a row holds a source and its target.</param>
    /// <param name="test">Rows that are not among them, with targets.</param>
    /// <param name="task">The columns to read, and how models are trained; the same for all.</param>
    /// <param name="architectures">
    /// Recurrent encoder–decoders and those of convolutions or attention; null: <see cref="ConvSeq2Seq"/>,
    /// <see cref="EncoderDecoderTransformer"/> and <see cref="AttentionRnn"/> with default hyper-parameters.
    /// </param>
    /// <param name="options">Rounds, time, and how results are interpreted; null: default options.</param>
    public RecurrenceReport Compare(
        IDataView train, IDataView test, SequenceToSequenceOptions task, IReadOnlyList<EncoderDecoder>? architectures = null, CompareOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Compare((train, test), (task.Training, training => new ComparedPairs(_host, task with { Training = training })),
            architectures ?? [new ConvSeq2Seq(), new EncoderDecoderTransformer(), new AttentionRnn()], options);
    }

    private RecurrenceReport Compare((IDataView Train, IDataView Test) rows, (TrainingOptions Training, Func<TrainingOptions, ComparedTask> Task) made,
        IReadOnlyList<Architecture>? architectures, CompareOptions? options)
    {
        ArgumentNullException.ThrowIfNull(rows.Train, "train");
        ArgumentNullException.ThrowIfNull(rows.Test, "test");
        options ??= new CompareOptions();
        using HostCancellation cancellation = _host.LinkCancellation(made.Training.CancellationToken, options.CancellationToken);
        ComparedTask task = made.Task(made.Training with { CancellationToken = cancellation.Token });
        options = options with { Memory = options.Memory with { CancellationToken = cancellation.Token } };
        RecurrenceReport report = new RecurrenceComparison(_host, task, options)
            .Run(rows.Train, rows.Test, architectures ?? [new Linear(), new Tcn(), new Lstm(), new StableLstm()]);
        using HostChannel channel = _host.Start("Comparison");
        channel.Info($"Recommended: {report.Recommendation.Architecture}.");
        return report;
    }
}
