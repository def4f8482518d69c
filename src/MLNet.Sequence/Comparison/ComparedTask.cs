using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Comparison;

/// <summary>All in which tasks differ where architectures are compared: training, scoring, and what needs no model.</summary>
internal abstract class ComparedTask
{
    /// <summary>How every model is trained.</summary>
    public abstract TrainingOptions Training { get; }

    /// <summary>Rows that are only validated on; null: a part of the training rows.</summary>
    public abstract IDataView? ValidationSet { get; }

    /// <summary>All columns that are read.</summary>
    public abstract IEnumerable<string> Columns { get; }

    /// <summary>Times whose examples share data with their neighbours; 0: each example is on its own.</summary>
    public virtual int Overlap => 0;

    /// <summary>When each example happens; null: each at a time of its own.</summary>
    public virtual IReadOnlyList<long>? Times => null;

    /// <summary>What is left out of the errors, and why.</summary>
    public virtual IEnumerable<string> Remarks => [];

    /// <summary>Checks an architecture together with the task's options.</summary>
    /// <exception cref="ArgumentException">Lists all problems.</exception>
    public abstract void Check(Architecture architecture);

    /// <summary>The steps of a window; 0: examples have no windows, as where models carry their state.</summary>
    public virtual int Context => 0;

    /// <summary>Steps in a season; 1: none.</summary>
    public virtual int Season => 1;

    /// <summary>
    /// Ways of bringing examples to a common level that an architecture may need, by name, the one that does least first; none: there is one
    /// way, or the user chose. All are measured as this one is.
    /// </summary>
    public virtual IReadOnlyList<(string Name, ComparedTask Task)> Variants => [];

    /// <summary>The numbers of last steps whose worth is asked for, ascending; none: it is not asked.</summary>
    public virtual IReadOnlyList<int> Rungs => Context > 0 ? DataMemory.Rungs(Context, Season) : [];

    /// <summary>Networks that see so many last steps and no more: one that fits any function of them, and the best of all where that is another one.</summary>
    public virtual IEnumerable<(ComparedTask Task, Architecture Architecture)> Within(int steps, Architecture best) => Seeing(steps) is { } shorter
        ? (best is WindowMlp ? [best] : new[] { new WindowMlp(), best }).Where(shorter.Accepts).Select(architecture => (shorter, architecture))
        : [];

    /// <summary>The same task on the same test examples with windows of so many steps; null: examples have no windows.</summary>
    public virtual ComparedTask? Seeing(int steps) => null;

    /// <summary>The same task on the same test examples by models that carry their state from the start of each series; null: not possible.</summary>
    public virtual ComparedTask? Carrying() => null;

    /// <summary>Whether an architecture can be trained with the task's options; asked of the tasks that this one makes of itself.</summary>
    public virtual bool Accepts(Architecture architecture) => true;

    /// <summary>Reads the test rows, so that what is wrong with them is told before anything is trained.</summary>
    /// <returns>A long sequence of them, step by step in the data's units: what a stream is timed on.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, or one cannot be scored; the message names it.</exception>
    public abstract float[] Read(IDataView train, IDataView test);

    /// <summary>Trains an architecture, with options and a validation part of the round's own; several threads may do so at once.</summary>
    public abstract SequenceTransformer Fit(IDataView train, Architecture architecture, TrainingOptions training, int round);

    /// <summary>
    /// The loss of each example, in the units of <see cref="RecurrenceTerms.Metric"/> and of the first model that was asked for: all are
    /// measured in one unit. NaN where the model gives nothing.
    /// </summary>
    public abstract IEnumerable<ExampleLoss> Losses(IDataView scored, SequenceModel model);

    /// <summary>From now on all but these examples are left out.</summary>
    public virtual void Keep(IReadOnlyList<bool> examples)
    {
    }

    /// <summary>What else is usual to measure, by names for JSON.</summary>
    public abstract IReadOnlyDictionary<string, double> Metrics(IDataView train, IDataView scored, SequenceModel model);

    /// <summary>
    /// What needs no model, on the same examples; beside those of <see cref="WithoutModel"/> that <see cref="RecurrenceTerms.Baselines"/>
    /// names.
    /// </summary>
    public virtual IEnumerable<ComparedBaseline> Baselines(IDataView train, IDataView scored, SequenceModel model) => [];

    /// <summary>What needs no training and is a model all the same, simplest first; beside it what was asked for of it.</summary>
    /// <param name="asked">The references among the architectures that are to be compared.</param>
    public virtual IEnumerable<Reference> References(IEnumerable<Reference> asked) => asked;

    /// <summary>What needs no training and is no model, simplest first, on the same examples.</summary>
    public virtual IEnumerable<CountedReference> WithoutModel(IDataView train, IDataView test, SequenceModel model) => [];

    /// <summary>Options of the measurement of memory with the task's columns.</summary>
    public virtual MemoryOptions Measured(MemoryOptions options) => options;

    /// <summary>A validation set that several trainings may read at once.</summary>
    protected IDataView? Kept(SequenceHost host, IDataView? set) => set is null ? null : new KeptRows(set, Columns, host);

    /// <summary>The values of a sequence, with 0 in place of what is missing.</summary>
    protected static float[] Whole(double[] values) => Array.ConvertAll(values, value => double.IsNaN(value) ? 0 : (float)value);
}

/// <summary>The loss of an example.</summary>
/// <param name="Own">What is compared: of a forecast in units of the deviation of its series.</param>
/// <param name="Pooled">Of a forecast in units of the deviation over all series; of all else the same.</param>
internal readonly record struct ExampleLoss(double Own, double Pooled)
{
    public static implicit operator ExampleLoss(double loss) => new(loss, loss);
}
