using System.Text.Json.Serialization;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>What the user asks of a file.</summary>
internal sealed record Question
{
    /// <summary>"forecast" or "classify".</summary>
    public string Kind { get; init; } = "";

    /// <summary>The name of the file in the folder.</summary>
    public string File { get; init; } = "";

    /// <summary>The name that the user gives the run.</summary>
    public string? Name { get; init; }

    /// <summary>The time column; null: found in the file; empty: none, rows are steps in their order.</summary>
    public string? Time { get; init; }

    /// <summary>The column that names the series; null: one series.</summary>
    public string? Series { get; init; }

    /// <summary>The columns to forecast.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Columns whose values are known for the steps ahead too.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>Further columns that are read, but whose future nobody knows.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>The label of a row that holds a sequence.</summary>
    public string? Label { get; init; }

    /// <summary>Steps to forecast.</summary>
    public int Horizon { get; init; } = 24;

    /// <summary>Past steps that a model reads.</summary>
    public int Context { get; init; } = 96;

    /// <summary>Steps in a season; 1: none.</summary>
    public int Season { get; init; } = 1;

    /// <summary>How long it may take.</summary>
    public Effort Effort { get; init; }

    /// <summary>The saved names of the architectures.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <summary>The seed of weights and order.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The last rows of each series that are steps to come: with columns known ahead they hold the plan.</summary>
    [JsonIgnore]
    public int Planned => Known.Count == 0 ? 0 : Horizon;

    /// <summary>Fails, in the words of the page, if something is missing.</summary>
    public void Validate()
    {
        if (Kind is not ("forecast" or "classify"))
            throw new UserError("Choose what is asked: forecast, or classify.");
        if (Architectures.Count == 0)
            throw new UserError("Choose at least one model to train.");
        foreach (string name in Architectures)
            Architecture.FromName(name);
        if (Kind == "classify")
            return;
        if (Targets.Count == 0)
            throw new UserError("Choose at least one column to forecast.");
        if (Targets.Concat(Known).Concat(Inputs).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new UserError($"The column '{twice.Key}' has two roles. Give it one.");
        Positive(Horizon, "The number of steps to forecast");
        Positive(Context, "The number of past steps");
        Positive(Season, "The season");
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
