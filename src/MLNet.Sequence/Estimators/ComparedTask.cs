using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Estimators;

/// <summary>All in which tasks differ where architectures are compared: training, scoring, and what needs no model.</summary>
internal abstract class ComparedTask
{
    /// <summary>How every model is trained.</summary>
    public abstract TrainingOptions Training { get; }

    /// <summary>All columns that are read.</summary>
    public abstract IEnumerable<string> Columns { get; }

    /// <summary>Examples that overlap with their neighbours; 0: each is on its own.</summary>
    public virtual int Neighbours => 0;

    /// <summary>Checks an architecture together with the task's options.</summary>
    /// <exception cref="ArgumentException">Lists all problems.</exception>
    public abstract void Check(Architecture architecture);

    /// <summary>Reads the test rows, so that what is wrong with them is told before anything is trained.</summary>
    /// <returns>A long sequence of them, step by step in the data's units: what a stream is timed on.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, or one cannot be scored; the message names it.</exception>
    public abstract float[] Read(IDataView train, IDataView test);

    /// <summary>Trains an architecture, with options and a validation part of the round's own.</summary>
    public abstract SequenceTransformer Fit(IDataView train, Architecture architecture, TrainingOptions training, int round);

    /// <summary>The loss of each example that has one, in the units of <see cref="RecurrenceTerms.Metric"/>.</summary>
    public abstract IEnumerable<double> Losses(IDataView scored, SequenceModel model);

    /// <summary>What else is usual to measure, by names for JSON.</summary>
    public abstract IReadOnlyDictionary<string, double> Metrics(IDataView train, IDataView scored, SequenceModel model);

    /// <summary>What needs no model, on the same examples; of <see cref="RecurrenceTerms.Baselines"/> those that there are.</summary>
    public abstract IEnumerable<ComparedBaseline> Baselines(IDataView train, IDataView scored, SequenceModel model);

    /// <summary>Options of the memory horizon with the task's columns.</summary>
    public virtual HorizonOptions Horizon(HorizonOptions options) => options;

    /// <summary>The values of a sequence, with 0 in place of what is missing.</summary>
    protected static float[] Whole(double[] values) => Array.ConvertAll(values, value => double.IsNaN(value) ? 0 : (float)value);
}
