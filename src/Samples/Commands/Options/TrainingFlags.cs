using System.CommandLine;
using System.Globalization;
using MLNet.Sequence.Samples.Output;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>The options of training.</summary>
internal sealed class TrainingFlags(TrainingDefaults defaults)
{
    public const string StrideName = "--stride";

    private const string UsualSchedule = "constant";

    private readonly Option<int?> _epochs = NumberOption.WholeOrNone(
        "--epochs", $"Maximum number of passes over the training rows. [default: {defaults.Epochs}; {defaults.QuickEpochs} with --quick]");
    private readonly Option<int> _batchSize = NumberOption.Whole(
        "--batch-size", defaults.Stride is null ? "Sequences per step." : "Windows per step.", defaults.BatchSize);
    private readonly Option<double?> _learningRate = NumberOption.RealOrNone(
        "--learning-rate", $"The learning rate. [default: {UsualRate(defaults)}; {Written(defaults.QuickLearningRate)} with --quick]", float.Epsilon);
    private readonly Option<int?> _stride = NumberOption.WholeOrNone(
        StrideName, $"Rows between the starts of neighbouring training windows. [default: {defaults.Stride?.Usual}; {defaults.Stride?.Quick} with --quick]");
    private readonly Option<int> _seed = NumberOption.Whole(
        "--seed", "The seed of weights and order. The same seed gives the same results.", 1, least: 0);
    private readonly Option<int?> _threads = NumberOption.WholeOrNone(
        "--threads", "Maximum number of threads. It changes the duration, not the results. [default: one for each core]");
    private readonly Option<int?> _gpu = Gpu();
    private readonly Option<string> _optimizer = Choice("--optimizer", "The optimiser.", TrainingPlan.Optimizers.Keys, "adam");
    private readonly Option<string> _schedule = Choice("--schedule", "The learning rate over time.", TrainingPlan.Schedules.Keys, UsualSchedule);
    private readonly Option<int> _patience = NumberOption.Whole(
        "--patience", "Training stops after this many epochs without a better validation loss; 0: never.", defaults.Patience, least: 0);
    private readonly Option<double?> _clip = NumberOption.RealOrNone("--clip", "The maximum norm of the gradient; 0: no limit. [default: 1]");
    private readonly Option<string?> _checkpoint = new("--checkpoint") { Description = "Where to write a checkpoint after every epoch.", HelpName = "DIR" };
    private readonly Option<bool> _resume = new("--resume") { Description = "Continue from the newest checkpoints in --checkpoint." };
    private readonly Option<string?> _tensorBoard = new("--tensorboard") { Description = "The folder for TensorBoard event files.", HelpName = "DIR" };
    private readonly Option<double?> _maxMinutes = NumberOption.RealOrNone("--max-minutes", "Maximum training time per model, in minutes.", 1e-6);
    private readonly Option<bool> _quick = new("--quick") { Description = Quick(defaults) };

    /// <summary>The option for the device.</summary>
    public static Option<int?> Gpu() =>
        NumberOption.WholeOrNone("--gpu", "The number of the CUDA device to train and score on. [default: the CPU]", least: 0);

    public IEnumerable<Option> All => [_epochs, _learningRate, _schedule, _patience, _checkpoint, _resume, _tensorBoard, _maxMinutes, .. OfSteps];

    /// <summary>The options that change a single training step. The others set the number of steps, the rate and what is reported.</summary>
    public IEnumerable<Option> OfSteps => [_batchSize, .. defaults.Stride is null ? (Option[])[] : [_stride], _seed, _threads, _gpu, _optimizer, _clip, _quick];

    /// <summary>The options of several trainings at the same time, which share no folder.</summary>
    public IEnumerable<Option> OfFolds => [_epochs, _learningRate, _schedule, _patience, _maxMinutes, .. OfSteps];

    /// <summary>The options without a meaning if nothing is trained. A device is also used for scoring.</summary>
    public IEnumerable<Option> OfTrainingAlone => All.Where(option => option != _gpu);

    public bool IsQuick(ParseResult parsed) => parsed.GetValue(_quick);

    /// <summary>The learning rates that each model is tried with; null: the one of the plan.</summary>
    public IReadOnlyList<double>? RatesToTry(ParseResult parsed) =>
        defaults.TriesRates && parsed.GetValue(_learningRate) is null && !IsQuick(parsed) ? Rates(defaults.LearningRate) : null;

    public TrainingPlan Read(ParseResult parsed)
    {
        bool quick = IsQuick(parsed);
        if (parsed.GetValue(_resume) && parsed.GetValue(_checkpoint) is null)
            throw new UserError("--resume needs --checkpoint DIR: the folder of the checkpoints to continue from.");
        if (parsed.GetValue(_checkpoint) is { } checkpoints)
            StagedFiles.MustTake(checkpoints, "--checkpoint");
        return new TrainingPlan
        {
            Quick = quick,
            Epochs = parsed.GetValue(_epochs) ?? (quick ? defaults.QuickEpochs : defaults.Epochs),
            Stride = defaults.Stride is not var (usual, fast) ? 1 : parsed.GetValue(_stride) ?? (quick ? fast : usual),
            BatchSize = parsed.GetValue(_batchSize),
            LearningRate = parsed.GetValue(_learningRate) ?? (quick ? defaults.QuickLearningRate : defaults.LearningRate),
            Seed = parsed.GetValue(_seed),
            Threads = parsed.GetValue(_threads),
            Gpu = Host.Device(parsed.GetValue(_gpu)),
            Optimizer = parsed.GetValue(_optimizer)!,
            // Some commands do not have the option.
            Schedule = parsed.GetValue(_schedule) ?? UsualSchedule,
            Patience = parsed.GetValue(_patience) is var patience and > 0 ? patience : null,
            Clip = (parsed.GetValue(_clip) ?? 1) is var clip and > 0 ? clip : null,
            Checkpoints = parsed.GetValue(_checkpoint),
            Resume = parsed.GetValue(_resume),
            TensorBoard = parsed.GetValue(_tensorBoard),
            MaxTime = parsed.GetValue(_maxMinutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        };
    }

    // The usual rate is first: it wins ties.
    private static string UsualRate(TrainingDefaults defaults) => defaults.TriesRates
        ? $"for each model the best of {string.Join(", ", Rates(defaults.LearningRate).Select(Written))}"
        : Written(defaults.LearningRate);

    private static string Written(double rate) => rate.ToString(CultureInfo.InvariantCulture);

    private static double[] Rates(double usual) => [usual, 3 * usual, 0.3 * usual];

    private static string Quick(TrainingDefaults defaults) =>
        defaults.Stride is null ? "A rough result in a few minutes: few epochs." : "A rough result in a minute or two: few epochs, few windows.";

    private static Option<string> Choice(string name, string description, IEnumerable<string> values, string usual)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.AcceptOnlyFromAmong([.. values]);
        return option;
    }
}
