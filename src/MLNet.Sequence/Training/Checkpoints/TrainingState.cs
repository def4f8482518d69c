using System.Text.Json.Serialization;
using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Training;

/// <summary>All data of a run that is not a tensor; together with the tensors, the content of a checkpoint.</summary>
internal sealed class TrainingState
{
    public required long Seed { get; init; }

    /// <summary>The properties, by name, that must not change between a run and its resumption; empty without checkpoints and resumption.</summary>
    public IReadOnlyDictionary<string, string> Fingerprints { get; set; } = new Dictionary<string, string>();

    /// <summary>The name of the run: checkpoints of other runs in the same folder are not touched.</summary>
    public string Run { get; set; } = "";

    /// <summary>The plan of a schedule that has an end; null if there is none.</summary>
    public string? Plan { get; set; }

    /// <summary>The time of the last write, in UTC ticks.</summary>
    public long Written { get; set; }

    /// <summary>The seed in the options of this run; null: any.</summary>
    [JsonIgnore]
    public long? AskedSeed { get; init; }

    public List<EpochReport> Epochs { get; init; } = [];

    /// <summary>Batches done in the current epoch.</summary>
    public long Batch { get; set; }

    /// <summary>Batches done in total; dropout masks depend on this number.</summary>
    public long TotalBatches { get; set; }

    public long Step { get; set; }

    public double LossSum { get; set; }

    public double WeightSum { get; set; }

    public double EpochExamples { get; set; }

    public double NormSum { get; set; }

    public long EpochSteps { get; set; }

    /// <summary>The gradient's norm in each step of the current epoch.</summary>
    public List<double> Norms { get; init; } = [];

    /// <summary>Steps of the current epoch whose gradient was clipped.</summary>
    public long ClippedSteps { get; set; }

    /// <summary>What Newton's method reached in the current epoch.</summary>
    public NewtonReport Newton { get; set; } = NewtonReport.None;

    /// <summary>The learning rate of the last step.</summary>
    public double Rate { get; set; }

    /// <summary>The gradient's norm in the last step; NaN inside a step.</summary>
    public double Norm { get; set; }

    /// <summary>Seconds of the completed epochs and of the current one so far.</summary>
    public double Seconds { get; set; }

    public double EpochSeconds { get; set; }

    public double EpochDataSeconds { get; set; }

    /// <summary>The best value of the monitored metric; null before the first.</summary>
    public double? Best { get; set; }

    public int BestEpoch { get; set; }

    [JsonIgnore]
    public int Epoch => Epochs.Count + 1;

    [JsonIgnore]
    public double Loss => WeightSum > 0 ? LossSum / WeightSum : 0;

    /// <summary>Training examples per second in the current epoch, without weights; a chunk counts as its share of an example.</summary>
    [JsonIgnore]
    public double SamplesPerSecond => EpochExamples / Math.Max(EpochSeconds, 1e-9);

    /// <summary>
    /// A number for a place in the run, never negative. It depends on the run's own seed, so that a resumed run draws the same numbers as
    /// the original run.
    /// </summary>
    public long Derived(long position) => (long)(RandomStream.Mix((ulong)Seed ^ RandomStream.Mix((ulong)position)) >> 1);

    /// <summary>How the norms of the current epoch are spread; null before its first step, and if not all are known.</summary>
    public GradientNorms? Gradients()
    {
        // A checkpoint of an earlier build has none of its steps.
        if (Norms.Count == 0 || Norms.Count != EpochSteps)
            return null;
        double[] sorted = [.. Norms.Order()];
        return new GradientNorms
        {
            Clipped = (double)ClippedSteps / sorted.Length,
            Low = Bootstrap.Quantile(sorted, 0.1),
            Median = Bootstrap.Quantile(sorted, 0.5),
            High = Bootstrap.Quantile(sorted, 0.9),
            Largest = sorted[^1],
        };
    }

    public void Count(ShardLoss batch)
    {
        EpochExamples += batch.Examples;
        LossSum += batch.Sum;
        WeightSum += batch.Weight;
        Batch++;
        TotalBatches++;
    }

    public void CountStep(NewtonReport newton, bool isClipped)
    {
        Norms.Add(Norm);
        ClippedSteps += isClipped ? 1 : 0;
        Newton = Newton.Plus(newton);
        NormSum += Norm;
        EpochSteps++;
        Step++;
    }

    public void Finish(EpochReport report)
    {
        Epochs.Add(report);
        (Batch, EpochSteps, EpochExamples) = (0, 0, 0);
        Newton = NewtonReport.None;
        Norms.Clear();
        ClippedSteps = 0;
        (LossSum, WeightSum, NormSum, EpochSeconds, EpochDataSeconds) = (0, 0, 0, 0, 0);
    }
}

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainingState))]
internal sealed partial class TrainingJson : JsonSerializerContext;
