namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>A kind of question, and what belongs to it.</summary>
/// <param name="Name">Its name in the page and in files.</param>
/// <param name="Folder">The folder of the program in a generated project.</param>
/// <param name="Suffix">The end of the name of a generated project.</param>
/// <param name="Job">Makes the work of a question; reads at most so many rows.</param>
internal sealed record QuestionKind(string Name, string Folder, string Suffix, Func<string, Question, int, StudioJob> Job)
{
    /// <summary>Rows follow each other in time: what are the next values?</summary>
    public static QuestionKind Forecast { get; } = new("forecast", "Forecast", "Forecast", (path, question, rows) => new ForecastJob(path, question, rows));

    /// <summary>A row is a whole sequence: which class has it?</summary>
    public static QuestionKind Classify { get; } = new("classify", "Classify", "Classifier", (path, question, rows) => new ClassifyJob(path, question, rows));

    /// <summary>Rows are the steps of sequences: which tag has each?</summary>
    public static QuestionKind Tag { get; } = new("tag", "Tag", "Tagger", (path, question, rows) => new TagJob(path, question, rows));

    /// <summary>Rows are the steps of sequences: which one comes next?</summary>
    public static QuestionKind Next { get; } = new("next", "Next", "NextStep", (path, question, rows) => new NextStepJob(path, question, rows));

    /// <summary>The least rows of a sequence from which something is learned; a next step needs one before it.</summary>
    public int LeastRows => this == Next ? 2 : 1;

    public static IReadOnlyList<QuestionKind> All { get; } = [Forecast, Classify, Tag, Next];

    /// <exception cref="UserError">There is no such kind.</exception>
    public static QuestionKind Of(string name) => All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new UserError($"Choose what is asked: {string.Join(", ", All.SkipLast(1).Select(kind => kind.Name))}, or {All[^1].Name}.");
}
