using System.CommandLine;
using System.Globalization;
using MLNet.Sequence.Samples.Output;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>How models are trained.</summary>
internal sealed class TrainingFlags(TrainingDefaults defaults)
{
    public const string StrideName = "--stride";

    private const string UsualSchedule = "constant";

    private readonly Option<int?> _epochs = NumberOption.WholeOrNone(
        "--epochs", $"Passes over the training rows, at most. [default: {defaults.Epochs}; {defaults.QuickEpochs} with --quick]");
    private readonly Option<int> _batchSize = NumberOption.Whole(
        "--batch-size", defaults.Stride is null ? "Sequences per step." : "Windows per step.", defaults.BatchSize);
    private readonly Option<double?> _learningRate = NumberOption.RealOrNone(
        "--learning-rate", $"The step size. [default: {UsualRate(defaults)}; {Written(defaults.QuickLearningRate)} with --quick]", float.Epsilon);
    private readonly Option<int?> _stride = NumberOption.WholeOrNone(
        StrideName, $"Rows between neighbouring training windows. [default: {defaults.Stride?.Usual}; {defaults.Stride?.Quick} with --quick]");
    private readonly Option<int> _seed = NumberOption.Whole(
        "--seed", "The seed of weights and order: with as many threads, the same seed gives the same results.", 1, least: 0);
    private readonly Option<int> _threads = NumberOption.Whole("--threads", "Threads of libtorch. Small recurrent networks are fastest with 1.", 1);
    private readonly Option<int?> _gpu = NumberOption.WholeOrNone("--gpu", "The number of the CUDA device to train and score on. [default: the CPU]", least: 0);
    private readonly Option<string> _optimizer = Choice("--optimizer", "How gradients become steps.", TrainingPlan.Optimizers.Keys, "adam");
    private readonly Option<string> _schedule = Choice("--schedule", "The step size over time.", TrainingPlan.Schedules.Keys, UsualSchedule);
    private readonly Option<int> _patience = NumberOption.Whole(
        "--patience", "Training stops after so many epochs without a better validation loss; 0: never.", defaults.Patience, least: 0);
    private readonly Option<double?> _clip = NumberOption.RealOrNone("--clip", "The largest norm of the gradient; 0: any. [default: 1]");
    private readonly Option<string?> _checkpoint = new("--checkpoint") { Description = "Where a checkpoint is written after every epoch.", HelpName = "DIR" };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on from the newest checkpoints in --checkpoint." };
    private readonly Option<string?> _tensorBoard = new("--tensorboard") { Description = "Where event files for TensorBoard are written.", HelpName = "DIR" };
    private readonly Option<double?> _maxMinutes = NumberOption.RealOrNone("--max-minutes", "Training time of one model, at most.", 1e-6);
    private readonly Option<bool> _quick = new("--quick") { Description = Quick(defaults) };

    public IEnumerable<Option> All => [_epochs, _learningRate, _schedule, _patience, _checkpoint, _resume, _tensorBoard, _maxMinutes, .. OfSteps];

    /// <summary>Those that change what one step of training does; the others say how many there are, at which rate, and what is told of them.</summary>
    public IEnumerable<Option> OfSteps => [_batchSize, .. defaults.Stride is null ? (Option[])[] : [_stride], _seed, _threads, _gpu, _optimizer, _clip, _quick];

    /// <summary>Those that mean nothing where nothing is trained; a device also scores.</summary>
    public IEnumerable<Option> OfTrainingAlone => All.Where(option => option != _gpu);

    public bool IsQuick(ParseResult parsed) => parsed.GetValue(_quick);

    /// <summary>The learning rates that each model is tried with; null: it has that of the plan.</summary>
    public IReadOnlyList<float>? RatesToTry(ParseResult parsed) =>
        defaults.TriesRates && parsed.GetValue(_learningRate) is null && !IsQuick(parsed) ? Rates(defaults.LearningRate) : null;

    public TrainingPlan Read(ParseResult parsed)
    {
        bool quick = IsQuick(parsed);
        if (parsed.GetValue(_resume) && parsed.GetValue(_checkpoint) is null)
            throw new UserError("--resume needs --checkpoint DIR: the folder of the checkpoints to go on from.");
        if (parsed.GetValue(_checkpoint) is { } checkpoints)
            StagedFiles.MustTake(checkpoints, "--checkpoint");
        return new TrainingPlan
        {
            Quick = quick,
            Epochs = parsed.GetValue(_epochs) ?? (quick ? defaults.QuickEpochs : defaults.Epochs),
            Stride = defaults.Stride is not var (usual, fast) ? 1 : parsed.GetValue(_stride) ?? (quick ? fast : usual),
            BatchSize = parsed.GetValue(_batchSize),
            LearningRate = (float?)parsed.GetValue(_learningRate) ?? (quick ? defaults.QuickLearningRate : defaults.LearningRate),
            Seed = parsed.GetValue(_seed),
            Threads = parsed.GetValue(_threads),
            Gpu = Host.Device(parsed.GetValue(_gpu)),
            Optimizer = parsed.GetValue(_optimizer)!,
            // A command may not have the option.
            Schedule = parsed.GetValue(_schedule) ?? UsualSchedule,
            Patience = parsed.GetValue(_patience) is var patience and > 0 ? patience : null,
            Clip = (float)(parsed.GetValue(_clip) ?? 1) is var clip and > 0 ? clip : null,
            Checkpoints = parsed.GetValue(_checkpoint),
            Resume = parsed.GetValue(_resume),
            TensorBoard = parsed.GetValue(_tensorBoard),
            MaxTime = parsed.GetValue(_maxMinutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        };
    }

    // That of all first: where it is as good it is taken.
    private static string UsualRate(TrainingDefaults defaults) => defaults.TriesRates
        ? $"by a trial of each model {string.Join(", ", Rates(defaults.LearningRate).Select(Written))}"
        : Written(defaults.LearningRate);

    private static string Written(float rate) => rate.ToString(CultureInfo.InvariantCulture);

    private static float[] Rates(float usual) => [usual, 3 * usual, (float)(0.3 * usual)];

    private static string Quick(TrainingDefaults defaults) =>
        defaults.Stride is null ? "A rough result in a few minutes: few epochs." : "A rough result in a minute or two: few epochs, few windows.";

    private static Option<string> Choice(string name, string description, IEnumerable<string> values, string usual)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.AcceptOnlyFromAmong([.. values]);
        return option;
    }
}
