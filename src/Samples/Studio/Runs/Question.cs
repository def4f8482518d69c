using System.Text.Json.Serialization;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>What the user asks of a file.</summary>
internal sealed record Question
{
    /// <summary>The name of a <see cref="QuestionKind"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The name of the file in the folder.</summary>
    public string File { get; init; } = "";

    /// <summary>The name that the user gives the run.</summary>
    public string? Name { get; init; }

    /// <summary>The time column; null: found in the file; empty: none, rows are steps in their order.</summary>
    public string? Time { get; init; }

    /// <summary>The column that names the series; null: one series.</summary>
    public string? Series { get; init; }

    /// <summary>The columns to forecast, or whose next step is predicted.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Columns whose values are known for the steps ahead too.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>Further columns that are read, but whose future nobody knows; for tags, all that are read.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>The label of a row that holds a sequence; or the tag of a row that is a step.</summary>
    public string? Label { get; init; }

    /// <summary>Steps to forecast.</summary>
    public int Horizon { get; init; } = 24;

    /// <summary>Past steps that a model reads; for tags and next steps, the steps of a piece: longer sequences are cut.</summary>
    public int Context { get; init; } = 96;

    /// <summary>Steps in a season; 1: none.</summary>
    public int Season { get; init; } = 1;

    /// <summary>How long it may take.</summary>
    public Effort Effort { get; init; }

    /// <summary>The most passes over the training rows; null: by the effort.</summary>
    public int? MaxEpochs { get; init; }

    /// <summary>The saved names of the architectures.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <summary>The seed of weights and order.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The last rows of each series that are steps to come: with columns known ahead they hold the plan.</summary>
    [JsonIgnore]
    public int Planned => Known.Count == 0 ? 0 : Horizon;

    /// <summary>The columns of a step, for tags and next steps.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Steps => Kind == QuestionKind.Tag.Name ? Inputs : Targets;

    /// <summary>Fails, in the words of the page, if something is missing.</summary>
    public void Validate()
    {
        QuestionKind kind = QuestionKind.Of(Kind);
        if (Architectures.Count == 0)
            throw new UserError("Choose at least one model to train.");
        foreach (string name in Architectures)
            Architecture.FromName(name);
        Positive(MaxEpochs ?? 1, "The most passes");
        if (kind == QuestionKind.Classify)
            return;
        if (kind == QuestionKind.Forecast)
            ValidateForecast();
        else
            ValidateSteps(kind);
        Positive(Context, kind == QuestionKind.Forecast ? "The number of past steps" : "The number of rows of a piece");
    }

    private void ValidateForecast()
    {
        if (Targets.Count == 0)
            throw new UserError("Choose at least one column to forecast.");
        MustHaveOneRole([.. Targets, .. Known, .. Inputs, Time, Series]);
        Positive(Horizon, "The number of steps to forecast");
        Positive(Season, "The season");
    }

    private void ValidateSteps(QuestionKind kind)
    {
        if (kind == QuestionKind.Tag && string.IsNullOrEmpty(Label))
            throw new UserError("Choose the column with the tag of each row.");
        if (Steps.Count == 0)
            throw new UserError(kind == QuestionKind.Tag ? "Choose at least one column to read." : "Choose at least one column to predict.");
        MustHaveOneRole([.. Steps, kind == QuestionKind.Tag ? Label : null, Time, Series]);
    }

    private static void MustHaveOneRole(IEnumerable<string?> columns)
    {
        if (columns.Where(name => !string.IsNullOrEmpty(name)).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new UserError($"The column '{twice.Key}' has two roles. Give it one.");
    }

    private static void Positive(int value, string what)
    {
        if (value < 1)
            throw new UserError(FormattableString.Invariant($"{what} must be at least 1; found {value}."));
    }
}

/// <summary>How much training is done.</summary>
internal enum Effort
{
    /// <summary>A rough answer, soon.</summary>
    Look,

    /// <summary>Trained to the end, once.</summary>
    Careful,

    /// <summary>Three times with other seeds, several learning rates.</summary>
    Thorough,
}
