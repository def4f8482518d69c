using Microsoft.ML;
using MLNet.Sequence.ByTask;
using MLNet.Sequence.Comparison;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Memory;
using MLNet.Sequence.NextSteps;
using MLNet.Sequence.Rows;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>What <c>ml.Sequence</c> offers beside the trainers in ML.NET's own catalogs.</summary>
public sealed class SequenceOperations
{
    private readonly SequenceHost _host;

    // The environment of all catalogs: what is said once in a context is said once whoever says it.
    internal SequenceOperations(MLContext context) => _host = new SequenceHost(SequenceHost.EnvironmentOf(context.Transforms), nameof(SequenceOperations));

    /// <summary>Trainers of tasks that ML.NET has no catalog for.</summary>
    public SequenceTrainers Trainers => new(_host.Environment);

    /// <summary>Evaluates predictions of next steps on all rows whose sequences have at least two steps.</summary>
    /// <param name="scored">What a next-step model's <c>Transform</c> returned, with its sequence column.</param>
    /// <param name="lossColumnName">The column of losses. Default "Loss".</param>
    /// <param name="bootstrap">How confidence intervals are found; null, the default: there are none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or is no loss of a next-step model.</exception>
    /// <exception cref="InvalidOperationException">No row has a sequence of two steps or more.</exception>
    public NextStepMetrics EvaluateNextStep(IDataView scored, string lossColumnName = "Loss", BootstrapOptions? bootstrap = null)
    {
        ArgumentNullException.ThrowIfNull(scored);
        return NextStepEvaluation.Run(_host, scored, lossColumnName, bootstrap);
    }

    /// <summary>
    /// Evaluates a model of tokens on rows that are one text in their order (<see cref="NextStepOptions.ContinuousText"/>): every
    /// token but the first is predicted once, from all before it, whatever row they stand in. The model's state is carried from row to
    /// row, which <c>Transform</c> never does: there a row's values are its own, whatever rows come before it. In plain C#, one token
    /// after the other.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="text">
    /// Rows as the model's <c>Transform</c> takes them, in the order of the text. Where the text is cut into rows changes only what
    /// the bootstrap draws, which is rows.
    /// </param>
    /// <param name="bootstrap">How confidence intervals are found; null, the default: there are none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model predicts no tokens or cannot do so one by one, a token is none that it knows, or the text has fewer than two.
    /// </exception>
    public NextStepMetrics EvaluateContinuousText(SequenceModel model, IDataView text, BootstrapOptions? bootstrap = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        return NextStepEvaluation.Run(_host, model, text, bootstrap);
    }

    /// <summary>
    /// How much a model of classification or regression rests on each feature of its sequences: the change of a measure when
    /// that feature, with all its steps, is taken from other rows. ML.NET's own permutes a vector slot by slot, which for a
    /// sequence would be single steps, and takes no vectors of variable length.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Rows as its <c>Transform</c> takes them, with their labels. They are read once, with all their columns, and held in memory.</param>
    /// <param name="measure">
    /// Of scored rows, as <c>scored => ml.Regression.Evaluate(scored).RSquared</c>.
    /// </param>
    /// <param name="permutations">How often each feature is permuted; at least 1. Default 1.</param>
    /// <returns>One for each feature, in their order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type, or there are no permutations.</exception>
    public IReadOnlyList<FeatureImportance> PermutationFeatureImportance(
        SequencePredictionTransformer model, IDataView data, Func<IDataView, double> measure, int permutations = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);
        return FeatureImportances.Run(_host, model, data, measure, permutations);
    }

    /// <summary>The transformer of a model that was saved without ML.NET, by <see cref="SequenceModel.Save(string)"/>.</summary>
    /// <param name="model">The model, as <see cref="SequenceModel.Load(string)"/> gives it.</param>
    /// <returns>What <c>Fit</c> returned when the model was trained: for a forecaster a <see cref="ForecastingTransformer"/>.</returns>
    public SequenceTransformer CreateTransformer(SequenceModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return TransformerFactory.Create(_host.Environment, model);
    }

    /// <summary>
    /// Measures how much memory a model uses on data: its metric and outputs when only the last 1, 2, 4, … steps are shown, the
    /// influence of past inputs, and how fast its state forgets. <see cref="MemoryReport"/> says what is shown in each task.
    /// </summary>
    /// <param name="model">The model, of any architecture.</param>
    /// <param name="data">Rows that it was not trained on: of a forecaster at least context + horizon + 1 of a series.</param>
    /// <param name="options">How it is measured; null: by default.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">There are fewer rows than needed, or a value is missing.</exception>
    public MemoryReport MeasureMemory(SequenceModel model, IDataView data, MemoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new MemoryOptions();
        using HostCancellation cancellation = _host.LinkCancellation(options.CancellationToken);
        return Tell(MemoryRun.Of(_host, model, data, options with { CancellationToken = cancellation.Token }));
    }

    /// <summary>
    /// The model over as few last steps as a tolerance allows: proved for all data where its memory is certified, else measured on
    /// this data, and the report says which. The error on the data, its largest over at most 10,000 examples evenly spread, is
    /// measured in either case.
    /// </summary>
    /// <param name="model">The model, of any causal architecture.</param>
    /// <param name="data">Rows of the model's task.</param>
    /// <param name="tolerance">The largest error allowed, in the units of what the model gives; above 0.</param>
    /// <param name="cancellationToken">Ends the measurement. Default: never.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance is not above 0, or a column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">There are fewer rows than needed, or a value is missing.</exception>
    /// <exception cref="OperationCanceledException">The measurement was cancelled.</exception>
    public TruncationReport Truncate(SequenceModel model, IDataView data, double tolerance, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        if (!(tolerance > 0))
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "A tolerance must be above 0.");
        using HostCancellation cancellation = _host.LinkCancellation(cancellationToken);
        var options = new MemoryOptions { Examples = 10_000, CancellationToken = cancellation.Token };
        IReadOnlyList<MemoryExample> examples = TaskRoom.Of(model.Task).Examples(new MeasuredModel(_host, model, options), data);
        return new TruncationError(model, examples, cancellation.Token).Truncate(tolerance);
    }

    /// <inheritdoc cref="MeasureMemory(SequenceModel, IDataView, MemoryOptions?)"/>
    /// <param name="transformer">What <c>Fit</c> returned: a forecaster, a classifier, a regressor or a predictor of next steps.</param>
    /// <param name="data">Rows that it was not trained on.</param>
    /// <param name="options">How it is measured; null: by default.</param>
    public MemoryReport MeasureMemory(SequenceTransformer transformer, IDataView data, MemoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        return MeasureMemory(transformer.Model, data, options);
    }

    /// <summary>Measures how much memory any function of the last steps of a sequence uses, whatever is inside it.</summary>
    /// <param name="function">Gets the last k steps, oldest first, <paramref name="features"/> values each; gives its output.</param>
    /// <param name="examples">At least two sequences with what should come out; in time order where they overlap.</param>
    /// <param name="features">Values of a step; at least 1. Default 1.</param>
    /// <param name="options">How it is measured; null: by default. All examples are measured.</param>
    /// <param name="loss">The loss of an output beside its target, lower is better; null: the mean squared error.</param>
    /// <exception cref="ArgumentException">There are fewer than two examples, or sizes do not fit.</exception>
    public MemoryReport MeasureMemory(
        Func<float[], float[]> function, IReadOnlyList<MemoryExample> examples, int features = 1, MemoryOptions? options = null,
            Func<float[], float[], double>? loss = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(examples);
        options ??= new MemoryOptions();
        options.Validate();
        (int, string) form = (features, loss is null ? "mean squared error" : "loss");
        return Tell(new MemoryMeasurement(MemorySubject.Of(function, examples, loss ?? ((output, target) => TaskLoss.MeanSquare(output, target)), form),
            options).Run());
    }

    /// <summary>
    /// Do you need recurrence? Trains architectures under the same options and seeds, compares their errors on test rows in pairs,
    /// measures what each costs and how many steps it uses, and recommends one. Here as forecasters.
    /// </summary>
    /// <param name="train">The training rows; within a series in time order.</param>
    /// <param name="test">Rows after them, each series with its context rows of history first.</param>
    /// <param name="task">What is forecast, and how models are trained; the same for all.</param>
    /// <param name="architectures">
    /// Feed-forward and recurrent ones, unconstrained and stable; null: <see cref="Linear"/>, <see cref="Tcn"/>, <see cref="Lstm"/> and
    /// <see cref="StableLstm"/> with default hyper-parameters.
    /// </param>
    /// <param name="options">Rounds, time, and how results are read; null: by default.</param>
    /// <exception cref="ArgumentException">An option or architecture is out of range; the message lists all problems.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows are too few, or training diverged.</exception>
    public RecurrenceReport Compare(
        IDataView train, IDataView test, ForecastingOptions task, IReadOnlyList<Architecture>? architectures = null, CompareOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        options ??= new CompareOptions();
        return Compare((train, test), (task.Training, training => new ComparedForecasting(_host, task with { Training = training }, options.Seasonality)),
            architectures, options);
    }

    /// <inheritdoc cref="Compare(IDataView, IDataView, ForecastingOptions, IReadOnlyList{Architecture}?, CompareOptions?)"/>
    /// <summary>
    /// Do you need recurrence? The same comparison of models that classify rows or give them numbers: the label's type says which.
    /// A key is a class, Boolean yes or no, a number or a vector of numbers a regression. A row's loss is −ln of the probability that its
    /// class was given, or the squared error in deviations of the label.
    /// </summary>
    /// <param name="train">The training rows; a row holds a sequence and its label.</param>
    /// <param name="test">Rows that are not among them, with labels of the same meaning.</param>
    /// <param name="task">What is learnt, and how models are trained; the same for all.</param>
    /// <param name="architectures">As of forecasters; null: the same four.</param>
    /// <param name="options">Rounds, time, and how results are read; null: by default.</param>
    public RecurrenceReport Compare(
        IDataView train, IDataView test, SequenceOptions task, IReadOnlyList<Architecture>? architectures = null, CompareOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(task);
        SequenceGoal goal = ComparedRows.GoalOf(_host, train.Schema, task.LabelColumnName);
        return Compare((train, test), (task.Training, training => new ComparedRows(_host, task with { Training = training }, goal)), architectures, options);
    }

    /// <inheritdoc cref="Compare(IDataView, IDataView, ForecastingOptions, IReadOnlyList{Architecture}?, CompareOptions?)"/>
    /// <summary>
    /// Do you need recurrence? The same comparison of taggers. A row's loss is the mean over its steps of −ln of the probability that
    /// the step's tag was given.
    /// </summary>
    /// <param name="train">The training rows; a row holds a sequence and a tag for each of its steps.</param>
    /// <param name="test">Rows that are not among them, with tags of the same meaning.</param>
    /// <param name="task">What is tagged, and how models are trained; the same for all.</param>
    /// <param name="architectures">As of forecasters; null: the same four.</param>
    /// <param name="options">Rounds, time, and how results are read; null: by default.</param>
    public RecurrenceReport Compare(
        IDataView train, IDataView test, SequenceTaggerOptions task, IReadOnlyList<Architecture>? architectures = null, CompareOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        SequenceOptions rows = task.ToSequenceOptions();
        return Compare((train, test), (task.Training, training => new ComparedRows(_host, rows with { Training = training }, new TaggingGoal(task.Decoding))),
            architectures, options);
    }

    /// <inheritdoc cref="Compare(IDataView, IDataView, ForecastingOptions, IReadOnlyList{Architecture}?, CompareOptions?)"/>
    /// <summary>
    /// Do you need recurrence? The same comparison of models that predict each step of a row's sequence from those before it. A row's loss
    /// is the mean over its steps of what <see cref="StepKind"/> defines.
    /// </summary>
    /// <param name="train">The training rows; a row holds a sequence.</param>
    /// <param name="test">Rows that are not among them, of at least two steps each.</param>
    /// <param name="task">What the steps are made of, and how models are trained; the same for all.</param>
    /// <param name="architectures">As of forecasters; null: the same four.</param>
    /// <param name="options">Rounds, time, and how results are read; null: by default.</param>
    public RecurrenceReport Compare(
        IDataView train, IDataView test, NextStepOptions task, IReadOnlyList<Architecture>? architectures = null, CompareOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Compare((train, test), (task.Training, training => new ComparedNextStep(_host, task with { Training = training })), architectures, options);
    }

    /// <summary>
    /// Looks for a good learning rate: a range test, in which the rate rises exponentially from step to step on fresh weights
    /// (Smith, arXiv 1506.01186, section 3.3).
    /// </summary>
    /// <param name="forecaster">The forecaster, with its architecture, optimiser and batch size; it is not changed.</param>
    /// <param name="train">The training rows.</param>
    /// <param name="steps">Steps from the lowest rate, 1e-6, to the highest, 1; at least 10. Default 100.</param>
    /// <param name="cancellationToken">Ends the test. Default: never.</param>
    /// <returns>A suggestion and the curve of losses over rates.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Too few steps, or a column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows cannot be trained on, or the loss diverged at once.</exception>
    /// <exception cref="OperationCanceledException">The test was cancelled.</exception>
    public LearningRateCurve FindLearningRate(SequenceForecaster forecaster, IDataView train, int steps = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(forecaster);
        ArgumentNullException.ThrowIfNull(train);
        return FindLearningRate(forecaster.FindLearningRate, train, steps, cancellationToken);
    }

    /// <inheritdoc cref="FindLearningRate(SequenceForecaster, IDataView, int, CancellationToken)"/>
    /// <param name="trainer">The trainer, with its architecture, optimiser and batch size; it is not changed.</param>
    /// <param name="train">The training rows.</param>
    /// <param name="steps">Steps from the lowest rate, 1e-6, to the highest, 1; at least 10. Default 100.</param>
    /// <param name="cancellationToken">Ends the test. Default: never.</param>
    public LearningRateCurve FindLearningRate(SequenceTrainer trainer, IDataView train, int steps = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(train);
        return FindLearningRate(trainer.FindLearningRate, train, steps, cancellationToken);
    }

    /// <inheritdoc cref="FindLearningRate(SequenceForecaster, IDataView, int, CancellationToken)"/>
    /// <param name="trainer">The trainer, with its architecture, optimiser and batch size; it is not changed.</param>
    /// <param name="train">The training rows.</param>
    /// <param name="steps">Steps from the lowest rate, 1e-6, to the highest, 1; at least 10. Default 100.</param>
    /// <param name="cancellationToken">Ends the test. Default: never.</param>
    public LearningRateCurve FindLearningRate(NextStepTrainer trainer, IDataView train, int steps = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(train);
        return FindLearningRate(trainer.FindLearningRate, train, steps, cancellationToken);
    }

    private LearningRateCurve FindLearningRate(
        Func<IDataView, int, CancellationToken, LearningRateCurve> find, IDataView train, int steps, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 10);
        LearningRateCurve found = find(train, steps, cancellationToken);
        using HostChannel channel = _host.Start("Learning rate");
        channel.Info(FormattableString.Invariant($"A learning rate of {found.Suggestion:G3} is suggested, from {found.Curve.Count} steps."));
        return found;
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

    private MemoryReport Tell(MemoryReport found)
    {
        using HostChannel channel = _host.Start("Memory");
        channel.Info(FormattableString.Invariant(
            $"{found.Steps} of {found.LongestExample} steps keep the {found.Metric} within {100 * found.Tolerance:G3} %."));
        return found;
    }
}
