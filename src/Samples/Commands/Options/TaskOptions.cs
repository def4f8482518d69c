using System.CommandLine;
using MLNet.Sequence.Samples.Output;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>What a command trains on rows that hold sequences, and where its results go.</summary>
/// <param name="Command">Its name.</param>
/// <param name="Architectures">What is trained.</param>
/// <param name="Training">How.</param>
/// <param name="Folder">Of models and all else that is to be looked at.</param>
/// <param name="Json">The file of results; null: none.</param>
internal sealed record TaskPlan(string Command, IReadOnlyList<Architecture> Architectures, TrainingPlan Training, string Folder, string? Json);

/// <summary>The options that commands on rows that hold sequences share.</summary>
/// <param name="architectures">What is trained where none is named.</param>
/// <param name="defaults">How.</param>
/// <param name="causal">Whether each step is to be predicted from those before it.</param>
internal sealed class TaskOptions(string architectures, TrainingDefaults defaults, bool causal = false)
{
    private readonly ArchitecturesOption _architectures = new(architectures, causal);
    private readonly TrainingFlags _training = new(defaults);
    private readonly Option<string> _out =
        new("--out") { Description = "The folder of models and of what is to be looked at.", HelpName = "DIR", DefaultValueFactory = _ => "out" };
    private readonly Option<string?> _json = new("--json") { Description = "Where the results are written as JSON.", HelpName = "FILE" };

    public IEnumerable<Option> All => [.. _architectures.All, .. _training.All, _out, _json];

    public TaskPlan Read(ParseResult parsed)
    {
        var plan = new TaskPlan(
            parsed.CommandResult.Command.Name, _architectures.Read(parsed), _training.Read(parsed), parsed.GetValue(_out)!, parsed.GetValue(_json));
        StagedFiles.MustTake(plan.Folder, "--out");
        StagedFiles.MustTakeFile(plan.Json, "--json");
        return plan;
    }
}
