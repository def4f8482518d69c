using MLNet.Sequence.Model;

namespace MLNet.Sequence.Comparison;

/// <summary>An architecture and what its trainings gave so far.</summary>
internal sealed class Entrant(string name, Architecture architecture)
{
    /// <summary>In the report.</summary>
    public string Name => name;

    /// <summary>What is trained or solved.</summary>
    public Architecture Architecture => architecture;

    /// <summary>What it is trained on; null: the task of the comparison.</summary>
    public ComparedTask? Task { get; set; }

    /// <summary>The learning rate that it is trained with; null: that of its task.</summary>
    public float? LearningRate { get; set; }

    /// <summary>The seconds of a short training, 0 where none was tried: which trainings take longest.</summary>
    public double Cost { get; set; }

    /// <summary>Of each round.</summary>
    public List<SequenceModel> Models { get; } = [];

    /// <summary>Of each round, the same examples in the same order.</summary>
    public List<ExampleLoss[]> Losses { get; } = [];

    /// <summary>Test examples scored in a second; the fastest round.</summary>
    public double Speed { get; set; }

    /// <summary>Of a reference, the last steps that it reads; null: whole rows.</summary>
    public int? Memory => architecture switch
    {
        Mean => 0,
        LinearOnStatistics => null,
        _ => ((Reference)architecture).Steps(Models[0].Task.ContextLength),
    };

    /// <summary>Whether its receptive field is bounded.</summary>
    public bool IsFeedForward => architecture.Build(Models[0].Task.ContextLength).ReceptiveField is not null;

    /// <summary>The error in the pool's unit, where it is another one.</summary>
    public double? PooledError => Losses.Any(losses => losses.Any(loss => loss.Own != loss.Pooled))
        ? Losses.Average(losses => losses.Average(loss => loss.Pooled))
        : null;

    /// <summary>The mean of the rounds' best validation losses.</summary>
    public double Validation => Models.Average(BestValidation);

    /// <summary>The validation loss of a model's best epoch.</summary>
    public static double BestValidation(SequenceModel model) => model.Report.Epochs.Min(epoch => epoch.ValidationLoss)!.Value;

    /// <summary>Whether a loss, which may be negative, is above another by no more than a part of it.</summary>
    public static bool IsWithin(double margin, double loss, double best) => loss - best <= margin * Math.Abs(best);

    /// <summary>Whether one of its trainings ended while the validation loss still fell.</summary>
    public bool StillLearns(int? patience) => Models.Any(model => LearningCurve.StillFalls(model.Report.Epochs, patience));

    /// <summary>What a decision needs to know of a training with this patience.</summary>
    public RecurrenceCandidate CandidateOf(int? patience) => Candidate with
    {
        StillLearns = StillLearns(patience),
        IsLinear = architecture is Linear,
        Parameters = Models[0].ParameterCount,
    };

    /// <summary>What a comparison of losses needs to know.</summary>
    public RecurrenceCandidate Candidate => new(
        name,
        IsFeedForward,
        !IsFeedForward && Models[0].Certificate.OfNetwork.IsCertified,
        Validation,
        [.. Losses.Select(round => Array.ConvertAll(round, loss => loss.Own))]);

    /// <summary>"lstm", and where there are several, "lstm-2".</summary>
    public static Entrant[] Named(Architecture[] architectures, Func<Architecture, string> name) => [.. architectures.Select((architecture, i) =>
    {
        int before = architectures.Take(i).Count(other => name(other) == name(architecture));
        return new Entrant(before == 0 ? name(architecture) : $"{name(architecture)}-{before + 1}", architecture);
    })];
}
