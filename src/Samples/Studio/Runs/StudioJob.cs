using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>The work of a run. Made from a question that fits its file; else making it fails with what is wrong.</summary>
internal abstract class StudioJob(Question question)
{
    // Of the settings that a comparison tries before: an eighth of the epochs each, at least two.
    protected const int TrialPart = 8, LeastTrial = 2;

    protected Question Question => question;

    /// <summary>What is trained on what, in one sentence.</summary>
    public abstract string Description { get; }

    /// <summary>Whether not all rows were read: the job is a look at the question, and cannot run.</summary>
    public abstract bool IsCut { get; }

    /// <param name="folder">The folder of the run, where its files go.</param>
    /// <param name="progress">Told of all progress.</param>
    /// <param name="cancellation">Ends the work; what was trained stays in the folder.</param>
    /// <returns>What the list of runs shows.</returns>
    public abstract RunOutcome Run(string folder, RunProgress progress, CancellationToken cancellation);

    /// <param name="folder">The folder of the studio.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="mostRows">How many rows are read at most: a look at a question need not read all.</param>
    public static StudioJob Of(StudioFolder folder, Question question, int mostRows = int.MaxValue)
    {
        question.Validate();
        string path = folder.Existing(question.File);
        try
        {
            return QuestionKind.Of(question.Kind).Job(path, question, mostRows);
        }
        catch (UserError error)
        {
            throw new UserError(StudioWords.Of(error.Message, path), error);
        }
    }

    /// <summary>A context whose warnings are remarks of the run.</summary>
    protected MLContext Context(ICollection<string> remarks)
    {
        var ml = new MLContext(question.Seed);
        ml.Log += (_, message) =>
        {
            lock (remarks)
            {
                if (message.Kind == ChannelMessageKind.Warning && !remarks.Contains(message.RawMessage))
                    remarks.Add(message.RawMessage);
            }
        };
        return ml;
    }

    protected Architecture[] Architectures => [.. question.Architectures.Select(Architecture.FromName)];

    protected CompareOptions Options(TrainingBudget budget, string folder, RunProgress progress) => new()
    {
        Rounds = budget.Rounds,
        LearningRates = budget.Rates,
        Seasonality = question.Season,
        Directory = Path.Combine(folder, "trainings"),
        Progress = new Output.TrainingDisplay.Listener<CompareProgress>(told =>
        {
            progress.Tell(Stage(told.Model));
            progress.Report(told);
        }),
    };

    private static string Stage(string training) => training.Contains("-with-", StringComparison.Ordinal) ? "Trying settings"
        : training.Contains("-of-", StringComparison.Ordinal) || training.EndsWith("-carried", StringComparison.Ordinal)
            ? "Measuring how much of the past counts"
        : "Training";
}

/// <summary>What a run found, for the list of runs.</summary>
internal sealed record RunOutcome(string Recommended, string Answer, string Metric, double Error, double WithoutModel, string WithoutModelName)
{
    public static RunOutcome Of(Answers.ReportSummary report)
    {
        double error = report.Models.Select(model => new Answers.ReferenceRow(model.Name, model.Error, model.Low, model.High)).Concat(report.References)
            .FirstOrDefault(one => one.Name == report.Recommended)?.Error ?? double.NaN;
        Answers.ReferenceRow? best = report.References.Concat(report.Baselines).Where(one => one.Name.Contains("naive", StringComparison.Ordinal))
            .DefaultIfEmpty(report.Baselines.Concat(report.References).FirstOrDefault()).MinBy(one => one?.Error);
        return new RunOutcome(report.Recommended, report.Answer, report.Metric, error, best?.Error ?? double.NaN, best?.Name ?? "");
    }
}
