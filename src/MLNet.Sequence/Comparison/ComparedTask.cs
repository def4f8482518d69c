using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Comparison;

/// <summary>Everything in which tasks differ in a comparison: training, scoring, and predictions without a model.</summary>
internal abstract class ComparedTask
{
    /// <summary>How every model is trained.</summary>
    public abstract TrainingOptions Training { get; }

    /// <summary>Rows that are only validated on; null: a part of the training rows.</summary>
    public abstract IDataView? ValidationSet { get; }

    /// <summary>All columns that the comparison reads.</summary>
    public abstract IEnumerable<string> Columns { get; }

    /// <summary>The distance in time up to which examples share data; 0: examples are independent.</summary>
    public virtual int Overlap => 0;

    /// <summary>The time of each example; null: each has its own time.</summary>
    public virtual IReadOnlyList<long>? Times => null;

    /// <summary>
    /// The weight of each test example, if the mean loss is a ratio of means, as that per token is: losses are multiplied by it. Null: all equal.
    /// </summary>
    public virtual IReadOnlyList<double>? Weights => null;

    /// <summary>Remarks: what the errors leave out, and why.</summary>
    public virtual IEnumerable<string> Remarks => [];

    /// <summary>Checks an architecture together with the task's options.</summary>
    /// <exception cref="ArgumentException">Lists all problems.</exception>
    public abstract void Check(Architecture architecture);

    /// <summary>The steps of a window; 0: examples have no windows, for example if models carry their state.</summary>
    public virtual int Context => 0;

    /// <summary>The number of steps in a season; 1: none.</summary>
    public virtual int Season => 1;

    /// <summary>
    /// The normalisations to choose from for each architecture, by name, the weakest first; none: there is only one, or the user chose. Errors
    /// of all are measured in the same way.
    /// </summary>
    public virtual IReadOnlyList<(string Name, ComparedTask Task)> Variants => [];

    /// <summary>The numbers of last steps whose value is measured, ascending; none: not measured.</summary>
    public virtual IReadOnlyList<int> Rungs => Context > 0 ? DataMemory.Rungs(Context, Season) : [];

    /// <summary>
    /// Networks that see only this number of last steps: one that fits any function of them, and the best architecture if that is another one.
    /// </summary>
    public virtual IEnumerable<(ComparedTask Task, Architecture Architecture)> Within(int steps, Architecture best) => Seeing(steps) is { } shorter
        ? (best is WindowMlp ? [best] : new[] { new WindowMlp(), best }).Where(shorter.Accepts).Select(architecture => (shorter, architecture))
        : [];

    /// <summary>The same task on the same test examples with windows of this number of steps; null: examples have no windows.</summary>
    public virtual ComparedTask? Seeing(int steps) => null;

    /// <summary>The same task on the same test examples by models that carry their state from the start of each series; null: not possible.</summary>
    public virtual ComparedTask? Carrying() => null;

    /// <summary>Whether an architecture can be trained with the task's options; for the variants that this task makes of itself.</summary>
    public virtual bool Accepts(Architecture architecture) => true;

    /// <summary>Reads the test rows, so that errors in them are found before any training.</summary>
    /// <returns>A long sequence of these rows, step by step in the data's units, for timing a stream.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, or a row cannot be scored; the message names it.</exception>
    public abstract float[] Read(IDataView train, IDataView test);

    /// <summary>Trains an architecture, with the options and validation part of the round; safe for several threads at once.</summary>
    public abstract SequenceTransformer Fit(IDataView train, Architecture architecture, TrainingOptions training, int round);

    /// <summary>
    /// The loss of each example, in the units of <see cref="RecurrenceTerms.Metric"/> and of the first model: all models are
    /// measured in one unit. NaN if the model has no output.
    /// </summary>
    public abstract IEnumerable<ExampleLoss> Losses(IDataView scored, SequenceModel model);

    /// <summary>Leaves out all other examples from now on.</summary>
    public virtual void Keep(IReadOnlyList<bool> examples)
    {
    }

    /// <summary>Further usual metrics, by their names in JSON.</summary>
    public abstract IReadOnlyDictionary<string, double> Metrics(IDataView train, IDataView scored, SequenceModel model);

    /// <summary>
    /// Predictions that need no model, on the same examples; in addition to those of <see cref="WithoutModel"/> that
    /// <see cref="RecurrenceTerms.Baselines"/> names.
    /// </summary>
    public virtual IEnumerable<ComparedBaseline> Baselines(IDataView train, IDataView scored, SequenceModel model) => [];

    /// <summary>The references that are models, simplest first, including the requested ones.</summary>
    /// <param name="asked">The references among the architectures that are to be compared.</param>
    public virtual IEnumerable<Reference> References(IEnumerable<Reference> asked) => asked;

    /// <summary>The references that are not models, simplest first, on the same examples.</summary>
    public virtual IEnumerable<CountedReference> WithoutModel(IDataView train, IDataView test, SequenceModel model) => [];

    /// <summary>Whether it is measured how many steps a model uses.</summary>
    public virtual bool MeasuresMemory => true;

    /// <summary>Options of the measurement of memory with the task's columns.</summary>
    public virtual MemoryOptions Measured(MemoryOptions options) => options;

    /// <summary>A validation set that several trainings may read at once.</summary>
    protected IDataView? Kept(SequenceHost host, IDataView? set) => set is null ? null : new KeptRows(set, Columns, host);

    /// <summary>The values of a sequence, with 0 for missing values.</summary>
    protected static float[] Whole(double[] values) => Array.ConvertAll(values, value => double.IsNaN(value) ? 0 : (float)value);
}

/// <summary>The loss of an example.</summary>
/// <param name="Own">The compared loss: for a forecast in units of the deviation of its series.</param>
/// <param name="Pooled">For a forecast in units of the deviation over all series; for other tasks the same.</param>
internal readonly record struct ExampleLoss(double Own, double Pooled)
{
    public static implicit operator ExampleLoss(double loss) => new(loss, loss);
}
