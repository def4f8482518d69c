using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Comparison;

/// <summary>An architecture and the results of its trainings so far.</summary>
internal sealed class Entrant(string name, Architecture architecture)
{
    /// <summary>Its name in the report.</summary>
    public string Name => name;

    /// <summary>The architecture to train or solve.</summary>
    public Architecture Architecture => architecture;

    /// <summary>The task that it is trained on; null: that of the comparison.</summary>
    public ComparedTask? Task { get; set; }

    /// <summary>The learning rate of its trainings; null: that of its task.</summary>
    public double? LearningRate { get; set; }

    /// <summary>The seconds of a short training, 0 if none was tried: shows which trainings take longest.</summary>
    public double Cost { get; set; }

    /// <summary>The state of the trial that the first round continues; null: it starts.</summary>
    public byte[]? Begun { get; set; }

    /// <summary>When and why its trainings were stopped early; null: they were not.</summary>
    public StoppedModel? Stopped { get; set; }

    /// <summary>The model of each round.</summary>
    public List<SequenceModel> Models { get; } = [];

    /// <summary>The losses of each round, for the same examples in the same order.</summary>
    public List<ExampleLoss[]> Losses { get; } = [];

    /// <summary>Test examples scored in a second; the fastest round.</summary>
    public double Speed { get; set; }

    /// <summary>For a reference, the number of last steps that it reads; null: whole rows.</summary>
    public int? Memory => architecture switch
    {
        Mean => 0,
        LinearOnStatistics => null,
        _ => ((Reference)architecture).Steps(Models[0].Task.ContextLength),
    };

    /// <summary>Whether its receptive field is bounded; a pair's attention sees all steps, so there: whether no layer is recurrent.</summary>
    public bool IsFeedForward => architecture is EncoderDecoder
        ? Models[0].Network is var network && !network.Nodes.Any(node => IsRecurrent(node.Layer, network.InputSizeOf(node)))
        : architecture.Build(Models[0].Task.ContextLength).ReceptiveField is not null;

    /// <summary>The error in units of the deviation over all series; null if it is the same.</summary>
    public double? PooledError => Losses.Any(losses => losses.Any(loss => loss.Own != loss.Pooled))
        ? Losses.Average(losses => losses.Average(loss => loss.Pooled))
        : null;

    /// <summary>The mean of the rounds' best validation losses.</summary>
    public double Validation => Models.Average(BestValidation);

    /// <summary>The validation loss of a model's best epoch.</summary>
    public static double BestValidation(SequenceModel model) => model.Report.Epochs.Min(epoch => epoch.ValidationLoss)!.Value;

    /// <summary>Whether a loss, which may be negative, exceeds the best one by at most the margin, relative to the best.</summary>
    public static bool IsWithin(double margin, double loss, double best) => loss - best <= margin * Math.Abs(best);

    /// <summary>Whether one of its trainings ended while the validation loss still fell, although it had all its epochs.</summary>
    public bool StillLearns(int? patience) => Stopped is null && Models.Any(model => LearningCurve.StillFalls(model.Report.Epochs, patience));

    /// <summary>The data that a decision needs, for training with this patience.</summary>
    public RecurrenceCandidate CandidateOf(int? patience) => Candidate with
    {
        StillLearns = StillLearns(patience),
        IsStopped = Stopped is not null,
        IsLinear = architecture is Linear,
        Parameters = Models[0].ParameterCount,
    };

    /// <summary>The data that a comparison of losses needs.</summary>
    public RecurrenceCandidate Candidate => new(
        name,
        IsFeedForward,
        !IsFeedForward && Models[0].Certificate.OfNetwork.IsCertified,
        Validation,
        [.. Losses.Select(round => Array.ConvertAll(round, loss => loss.Own))]);

    // A leaf whose state goes on from step to step. The attention in a decoder's loop is one, although it cannot be cut into parts.
    private static bool IsRecurrent(Layer layer, int inputSize) => layer is AttentionGru || (layer.Children(inputSize).ToArray() is { Length: > 0 } children
        ? children.Any(child => IsRecurrent(child.Layer, child.InputSize))
        : layer.ReceptiveField is null && layer.GoesOnByState(inputSize));

    /// <summary>"lstm", and if there are several, "lstm-2".</summary>
    public static Entrant[] Named(Architecture[] architectures, Func<Architecture, string> name) => [.. architectures.Select((architecture, i) =>
    {
        int before = architectures.Take(i).Count(other => name(other) == name(architecture));
        return new Entrant(before == 0 ? name(architecture) : $"{name(architecture)}-{before + 1}", architecture);
    })];
}
