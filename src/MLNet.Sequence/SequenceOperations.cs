using Microsoft.ML;
using MLNet.Sequence.ByTask;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Memory;
using MLNet.Sequence.NextSteps;
using MLNet.Sequence.Pairs;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>Operations of <c>ml.Sequence</c>: all but the trainers in ML.NET's own catalogs.</summary>
public sealed partial class SequenceOperations
{
    private readonly SequenceHost _host;

    // The environment that all catalogs share: a message that is shown once per context is shown once for all of them.
    internal SequenceOperations(MLContext context) => _host = new SequenceHost(SequenceHost.EnvironmentOf(context.Transforms), nameof(SequenceOperations));

    /// <summary>Trainers of tasks that ML.NET has no catalog for.</summary>
    public SequenceTrainers Trainers => new(_host.Environment);

    /// <summary>Evaluates predictions of next steps on all rows whose sequences have at least two steps.</summary>
    /// <param name="scored">The output of a next-step model's <c>Transform</c>, with its sequence column.</param>
    /// <param name="lossColumnName">The column of losses. Default "Loss".</param>
    /// <param name="bootstrap">How confidence intervals are computed; null, the default: there are none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or is not the loss of a next-step model.</exception>
    /// <exception cref="InvalidOperationException">No row has a sequence of at least two steps.</exception>
    public NextStepMetrics EvaluateNextStep(IDataView scored, string lossColumnName = "Loss", BootstrapOptions? bootstrap = null)
    {
        ArgumentNullException.ThrowIfNull(scored);
        return NextStepEvaluation.Run(_host, scored, lossColumnName, bootstrap);
    }

    /// <summary>
    /// Evaluates a model of tokens on rows that form one text in their order (<see cref="NextStepOptions.ContinuousText"/>): every
    /// token except the first is predicted once, from all tokens before it, also those of earlier rows. The model's state is carried from
    /// row to row. <c>Transform</c> never does this: it scores each row independently of the rows before it. Runs in plain C#, one token
    /// after the other.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="text">
    /// Rows in the form that the model's <c>Transform</c> accepts, in the order of the text. The split of the text into rows affects
    /// only the bootstrap, which draws rows.
    /// </param>
    /// <param name="bootstrap">How confidence intervals are computed; null, the default: there are none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model does not predict tokens or cannot predict them one by one, a token is unknown to it, or the text has fewer than two tokens.
    /// </exception>
    public NextStepMetrics EvaluateContinuousText(SequenceModel model, IDataView text, BootstrapOptions? bootstrap = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        return NextStepEvaluation.Run(_host, model, text, bootstrap);
    }

    /// <summary>Compares predicted sequences with the actual ones: BLEU, chrF, exact matches and the accuracy of tokens.</summary>
    /// <param name="scored">The output of a <see cref="SequenceToSequenceTransformer"/>, with the column of targets; or any rows with both columns.</param>
    /// <param name="targetColumnName">The column of actual sequences: vectors of keys or of text. Default "Target".</param>
    /// <param name="predictedSequenceColumnName">The column of predicted sequences, likewise. Default "PredictedSequence".</param>
    /// <param name="words">How words are found for BLEU. Default: by the rules 13a of sacreBLEU.</param>
    /// <param name="bootstrap">How confidence intervals are computed; null, the default: there are none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    public SequenceToSequenceMetrics EvaluateSequences(
        IDataView scored, string targetColumnName = "Target", string predictedSequenceColumnName = "PredictedSequence",
        BleuTokens words = BleuTokens.Rules13a, BootstrapOptions? bootstrap = null)
    {
        ArgumentNullException.ThrowIfNull(scored);
        return PairEvaluation.Run(_host, scored, new SequenceColumns(targetColumnName, predictedSequenceColumnName, words), bootstrap);
    }

    /// <summary>
    /// How much a model of classification or regression relies on each feature of its sequences: the change of a metric when
    /// all steps of that feature are taken from another row. ML.NET's own method permutes a vector slot by slot: in a sequence these are
    /// single steps. It does not accept vectors of variable length.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Rows in the form that its <c>Transform</c> accepts, with labels. They are read once, with all columns, and held in memory.</param>
    /// <param name="measure">
    /// Computes the metric from scored rows, for example <c>scored => ml.Regression.Evaluate(scored).RSquared</c>.
    /// </param>
    /// <param name="permutations">How often each feature is permuted; at least 1. Default 1.</param>
    /// <returns>One result for each feature, in the order of the features.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type, or <paramref name="permutations"/> is below 1.</exception>
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
    /// <param name="model">The model, as returned by <see cref="SequenceModel.Load(string, bool)"/>.</param>
    /// <returns>The transformer that <c>Fit</c> returned when the model was trained: for a forecaster a <see cref="ForecastingTransformer"/>.</returns>
    public SequenceTransformer CreateTransformer(SequenceModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return TransformerFactory.Create(_host.Environment, model);
    }

    /// <summary>
    /// Measures how much memory a model uses on data: its metric and outputs when only the last 1, 2, 4, … steps are shown, the
    /// influence of past inputs, and how fast its state forgets. <see cref="MemoryReport"/> describes what each task measures.
    /// </summary>
    /// <param name="model">The model, of any architecture.</param>
    /// <param name="data">Rows that it was not trained on; for a forecaster at least context + horizon + 1 rows in each series.</param>
    /// <param name="options">How it is measured; null: default options.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">There are fewer rows than needed, or a value is missing.</exception>
    public MemoryReport MeasureMemory(SequenceModel model, IDataView data, MemoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new MemoryOptions();
        using HostCancellation cancellation = _host.LinkCancellation(options.CancellationToken);
        return Log(MemoryRun.Of(_host, model, data, options with { CancellationToken = cancellation.Token }));
    }

    /// <summary>
    /// Shortens the model to as few last steps as a tolerance allows. The number of steps is proven for all data where the memory of the
    /// model is certified, else measured on this data; the report names which. In both cases the error on the data is measured: the largest
    /// over at most 10,000 evenly spaced examples.
    /// </summary>
    /// <param name="model">The model, of any causal architecture.</param>
    /// <param name="data">Rows of the model's task.</param>
    /// <param name="tolerance">The largest error allowed, in the units of the model's output; above 0.</param>
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

    /// <inheritdoc cref="MeasureMemory(SequenceModel, IDataView, MemoryOptions?)" path="/node()[not(self::param)]"/>
    /// <param name="transformer">The result of <c>Fit</c>: a forecaster, a classifier, a regressor or a predictor of next steps.</param>
    /// <param name="data">Rows that it was not trained on.</param>
    /// <param name="options">How it is measured; null: default options.</param>
    public MemoryReport MeasureMemory(SequenceTransformer transformer, IDataView data, MemoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        return MeasureMemory(transformer.Model, data, options);
    }

    /// <summary>Measures how much memory a function of the last steps of a sequence uses. Any function is allowed.</summary>
    /// <param name="function">Takes the last k steps, oldest first, <paramref name="features"/> values each; returns its output.</param>
    /// <param name="examples">At least two sequences with their targets; in time order where they overlap.</param>
    /// <param name="features">The number of values in a step; at least 1. Default 1.</param>
    /// <param name="options">How it is measured; null: default options. All examples are measured.</param>
    /// <param name="loss">The loss of an output and its target, lower is better; null: the mean squared error.</param>
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
        return Log(new MemoryMeasurement(MemorySubject.Of(function, examples, loss ?? ((output, target) => TaskLoss.MeanSquare(output, target)), form),
            options).Run());
    }

    /// <summary>
    /// Looks for a good learning rate: a range test. The rate rises exponentially from step to step, on fresh weights
    /// (Smith, arXiv 1506.01186, section 3.3).
    /// </summary>
    /// <param name="forecaster">The forecaster, with its architecture, optimiser and batch size; it is not changed.</param>
    /// <param name="train">The training rows.</param>
    /// <param name="steps">The number of steps from the lowest rate, 1e-6, to the highest, 1; at least 10. Default 100.</param>
    /// <param name="cancellationToken">Ends the test. Default: never.</param>
    /// <returns>A suggestion and the curve of losses over rates.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are too few steps, or a column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows cannot be trained on, or the loss diverged at once.</exception>
    /// <exception cref="OperationCanceledException">The test was cancelled.</exception>
    public LearningRateCurve FindLearningRate(SequenceForecaster forecaster, IDataView train, int steps = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(forecaster);
        ArgumentNullException.ThrowIfNull(train);
        return FindLearningRate(forecaster.FindLearningRate, train, steps, cancellationToken);
    }

    /// <inheritdoc cref="FindLearningRate(SequenceForecaster, IDataView, int, CancellationToken)" path="/node()[not(self::param)]"/>
    /// <param name="trainer">The trainer, with its architecture, optimiser and batch size; it is not changed.</param>
    /// <param name="train">The training rows.</param>
    /// <param name="steps">The number of steps from the lowest rate, 1e-6, to the highest, 1; at least 10. Default 100.</param>
    /// <param name="cancellationToken">Ends the test. Default: never.</param>
    public LearningRateCurve FindLearningRate(SequenceTrainer trainer, IDataView train, int steps = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(train);
        return FindLearningRate(trainer.FindLearningRate, train, steps, cancellationToken);
    }

    /// <inheritdoc cref="FindLearningRate(SequenceForecaster, IDataView, int, CancellationToken)" path="/node()[not(self::param)]"/>
    /// <param name="trainer">The trainer, with its architecture, optimiser and batch size; it is not changed.</param>
    /// <param name="train">The training rows.</param>
    /// <param name="steps">The number of steps from the lowest rate, 1e-6, to the highest, 1; at least 10. Default 100.</param>
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

    private MemoryReport Log(MemoryReport found)
    {
        using HostChannel channel = _host.Start("Memory");
        channel.Info(FormattableString.Invariant(
            $"{found.Steps} of {found.LongestExample} steps keep the {found.Metric} within {100 * found.Tolerance:G3} %."));
        return found;
    }
}
