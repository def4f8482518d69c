using System.Text.Json.Serialization;

namespace MLNet.Sequence.Training;

/// <summary>Everything about a run that is not a tensor: with the tensors, all that a checkpoint needs.</summary>
internal sealed class TrainingState
{
    public required long Seed { get; init; }

    /// <summary>What must not change between a run and its resumption, by name; empty where there are neither.</summary>
    public IReadOnlyDictionary<string, string> Fingerprints { get; set; } = new Dictionary<string, string>();

    /// <summary>Which run it is: checkpoints of others in the same folder are left alone.</summary>
    public string Run { get; set; } = "";

    /// <summary>What a schedule that has an end was planned by; null where none was.</summary>
    public string? Plan { get; set; }

    /// <summary>When it was last written, in ticks of UTC.</summary>
    public long Written { get; set; }

    /// <summary>The seed that the options of this run ask for; null: any.</summary>
    [JsonIgnore]
    public long? AskedSeed { get; init; }

    public List<EpochReport> Epochs { get; init; } = [];

    /// <summary>Batches done in the epoch that runs.</summary>
    public long Batch { get; set; }

    /// <summary>Batches done in all: the number that dropout masks follow from.</summary>
    public long TotalBatches { get; set; }

    public long Step { get; set; }

    public double LossSum { get; set; }

    public double WeightSum { get; set; }

    public double EpochExamples { get; set; }

    public double NormSum { get; set; }

    public long EpochSteps { get; set; }

    /// <summary>The learning rate of the last step.</summary>
    public double Rate { get; set; }

    /// <summary>The gradient's norm in the last step; NaN inside one.</summary>
    public double Norm { get; set; }

    /// <summary>Seconds of the epochs done, and of the one that runs up to now.</summary>
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

    /// <summary>Training examples per second in the epoch that runs, whatever their weights; of a chunk its part of an example.</summary>
    [JsonIgnore]
    public double SamplesPerSecond => EpochExamples / Math.Max(EpochSeconds, 1e-9);

    /// <summary>
    /// A number for a place in the run, never negative: of the run's own seed, so that a resumed run draws what the first one would have drawn.
    /// </summary>
    public long Derived(long position) => (long)(RandomStream.Mix((ulong)Seed ^ RandomStream.Mix((ulong)position)) >> 1);

    public void Count(double loss, double weight, double examples)
    {
        EpochExamples += examples;
        LossSum += loss * weight;
        WeightSum += weight;
        Batch++;
        TotalBatches++;
    }

    public void CountStep()
    {
        NormSum += Norm;
        EpochSteps++;
        Step++;
    }

    public void Finish(EpochReport report)
    {
        Epochs.Add(report);
        (Batch, EpochSteps, EpochExamples) = (0, 0, 0);
        (LossSum, WeightSum, NormSum, EpochSeconds, EpochDataSeconds) = (0, 0, 0, 0, 0);
    }
}

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainingState))]
internal sealed partial class TrainingJson : JsonSerializerContext;
